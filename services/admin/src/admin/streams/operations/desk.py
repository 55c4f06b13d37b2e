"""Who takes the orders? One handler a route; the answers of all have one shape."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal, Protocol

import msgspec

from admin.access.principal import Role
from admin.http.endpoint import Asked, Endpoint
from admin.instances import Instances
from admin.streams.operations.assign import assign, check_worker
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


class _Counted(Protocol):
    @property
    def touched(self) -> int: ...


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

    async def reset_to_latest(self, asked: Asked[Confirmed, OrderBody]) -> Operated[SetAside]:
        """Skip the backlog. What nobody works on goes to the dead letters; the group goes on behind it."""
        order = await ordered("reset-to-latest", asked.who, asked.query, asked.body, self._instances)
        streams = await Skipper(self._platform, order).run()
        return Operated(**_common(order, streams.values()), streams=streams)

    async def reset_to_begin(self, asked: Asked[FromBegin, OrderBody]) -> Operated[Regrouped]:
        """Deliver everything again that is still in the streams. Pending entries stay pending and keep their tries.

        What the log shows as sent is taken out instead, unless `resend` is true.
        """
        order = await ordered("reset-to-begin", asked.who, asked.query, asked.body, self._instances)
        return await self._regrouped(order, "setid", resend=asked.query.resend)

    async def destroy_recreate(self, asked: Asked[Recreate, OrderBody]) -> Operated[Regrouped]:
        """Make the group anew, with no pending entries. Everything is delivered again, as `reset-to-begin` does it."""
        order = await ordered("destroy-recreate", asked.who, asked.query, asked.body, self._instances)
        return await self._regrouped(order, "recreate", resend=asked.query.resend)

    async def claim_pending_to_worker(self, asked: Asked[ToWorker, OrderBody]) -> Reassigned:
        """Give a lane, and all that is pending in it, to one replica."""
        action, worker = "claim-pending-to-worker", asked.query.worker
        order = await ordered(action, asked.who, asked.query, asked.body, self._instances, worker)
        await check_worker(order, self._workers)
        p = self._platform
        streams, lane = await assign(p.scripts, p.clock, order, p.streams.log_maxlen, p.streams.lease_ms)
        return Reassigned(**_common(order, streams.values()), streams=streams, lane=lane)

    async def _regrouped(self, order: Order, how: Literal["setid", "recreate"], *, resend: bool) -> Operated[Regrouped]:
        streams = await Regrouping(self._platform, order, how, resend=resend).run()
        return Operated(**_common(order, streams.values()), streams=streams)


def _common(order: Order, streams: Iterable[_Counted]) -> dict[str, Any]:
    touched = sum(stream.touched for stream in streams)
    if not order.dry_run:
        _log.info("admin_acted", action=order.action, instance=order.instance, touched=touched, why=order.reason)
    return {"action": order.action, "instance": order.instance, "dry_run": order.dry_run, "touched": touched}
