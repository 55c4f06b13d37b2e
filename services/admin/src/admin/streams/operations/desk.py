"""Who takes the orders? One handler a route; the answers of all have one shape."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal, Protocol, TypeVar

import msgspec

from admin.access.principal import Role
from admin.http.endpoint import Asked, Endpoint, Reply
from admin.instances import Instances
from admin.streams.operations.assign import assign, check_worker
from admin.streams.operations.counted import Counted
from admin.streams.operations.order import Confirmed, Order, OrderBody, OrderQuery, ordered
from admin.streams.operations.regroup import Regrouping
from admin.streams.operations.set_aside import Skipper
from admin.streams.operations.told import Operated, Reassigned, Regrouped, SetAside
from admin.streams.workers import Workers
from shared.service import Platform
from shared.telemetry import logs

Resend = Annotated[bool, msgspec.Meta(description="Deliver again even what the log shows as sent.")]
_log = logs.get(__name__)


class FromBegin(OrderQuery, frozen=True, kw_only=True):
    resend: Resend = False


class Recreate(Confirmed, frozen=True, kw_only=True):
    resend: Resend = False


class ToWorker(OrderQuery, frozen=True, kw_only=True):
    worker: Annotated[str, msgspec.Meta(description="The replica that is to have them.", examples=["sender-1"])]


class _Touching(Protocol):
    @property
    def touched(self) -> int: ...


A = TypeVar("A", bound=_Touching)


class Desk:
    """The four operations on the streams."""

    def __init__(self, platform: Platform, instances: Instances, workers: Workers) -> None:
        self._platform = platform
        self._instances = instances
        self._workers = workers
        role, tag, path = Role.OPERATOR, "streams", "/admin/streams"
        self.endpoints = [
            Endpoint("POST", f"{path}/reset-to-latest", role, self.reset_to_latest, tag),
            Endpoint("POST", f"{path}/reset-to-begin", role, self.reset_to_begin, tag, again=True),
            Endpoint("DELETE", f"{path}/destroy-recreate", role, self.destroy_recreate, tag),
            Endpoint("POST", f"{path}/claim-pending-to-worker", role, self.claim_pending_to_worker, tag, again=True),
        ]

    async def reset_to_latest(self, asked: Asked[Confirmed, OrderBody]) -> Reply[Operated[SetAside]]:
        """Skip the backlog. What nobody works on goes to the dead letters; the group goes on behind it.

        A dry run's ETag in `If-Match` leaves what came in since, and refuses (412) to touch more than it counted.
        """
        order = await ordered("reset-to-latest", asked, self._instances)
        skipper = Skipper(self._platform, order)
        streams = await skipper.run()
        return _told(order, Operated(**_common(order, streams.values()), streams=streams), ends=skipper.ends)

    async def reset_to_begin(self, asked: Asked[FromBegin, OrderBody]) -> Reply[Operated[Regrouped]]:
        """Deliver everything again that is still in the streams. Pending entries stay pending and keep their tries.

        What the log shows as sent is taken out instead, unless `resend` is true. A dry run's ETag in `If-Match`
        refuses (412) to touch more than it counted.
        """
        order = await ordered("reset-to-begin", asked, self._instances, resend=asked.query.resend)
        return await self._regrouped(order, "setid")

    async def destroy_recreate(self, asked: Asked[Recreate, OrderBody]) -> Reply[Operated[Regrouped]]:
        """Make the group anew, with no pending entries. Everything is delivered again, as `reset-to-begin` does it."""
        order = await ordered("destroy-recreate", asked, self._instances, resend=asked.query.resend)
        return await self._regrouped(order, "recreate")

    async def claim_pending_to_worker(self, asked: Asked[ToWorker, OrderBody]) -> Reply[Reassigned]:
        """Give a lane, and all that is pending in it, to one replica.

        A dry run's ETag in `If-Match` refuses (412) when more is pending than it counted, or another has the lane.
        """
        order = await ordered("claim-pending-to-worker", asked, self._instances, worker=asked.query.worker)
        await check_worker(order, self._workers)
        p = self._platform
        streams, lane = await assign(p.scripts, p.clock, order, p.streams.log_maxlen, p.streams.lease_ms)
        told = Reassigned(**_common(order, streams.values()), streams=streams, lane=lane)
        return _told(order, told, holder=lane.holder or "")

    async def _regrouped(self, order: Order, how: Literal["setid", "recreate"]) -> Reply[Operated[Regrouped]]:
        streams = await Regrouping(self._platform, order, how).run()
        return _told(order, Operated(**_common(order, streams.values()), streams=streams))


def _told(order: Order, told: A, *, holder: str = "", ends: dict[str, str] | None = None) -> Reply[A]:
    """The answer; that of a dry run with what `If-Match` of the real one may hold."""
    if not order.dry_run:
        return Reply(told)
    return Reply(told, headers={"ETag": Counted(order.what, told.touched, holder, ends or {}).etag})


def _common(order: Order, streams: Iterable[_Touching]) -> dict[str, Any]:
    touched = sum(stream.touched for stream in streams)
    if not order.dry_run:
        _log.info("admin_acted", action=order.action, instance=order.instance, touched=touched, why=order.reason)
    return {"action": order.action, "instance": order.instance, "dry_run": order.dry_run, "touched": touched}
