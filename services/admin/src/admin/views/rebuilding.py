"""How are the views made anew? Somebody orders it; the projector folds the log from its start while the old serve."""

from typing import Literal

import msgspec

from admin.access.principal import Role
from admin.http.endpoint import Asked, Endpoint, Reply
from admin.instances import Instances
from admin.views.projecting.head import Head, read_head
from shared import ids
from shared.events import AdminActed, encode
from shared.service import Platform
from shared.streams import keys
from shared.streams.roster import views_hint

REASON_MAX = 500


class OfInstance(msgspec.Struct, frozen=True, kw_only=True):
    """Which instance."""

    instance: str


class Why(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why it is asked for."""

    reason: str = ""


class Rebuild(msgspec.Struct, frozen=True, kw_only=True):
    """How a rebuild stands."""

    instance: str
    id: str
    """Of the order; empty when nobody ever ordered one."""
    state: Literal["none", "waiting", "running", "done"]
    version: int
    """The version of the views that serves now."""
    done: int
    """Facts that it has read."""
    total: int
    """Facts that the log has."""
    took_s: float | None = None
    """From its beginning to its serving, once it serves."""


class Rebuilds:
    """Takes orders to rebuild, and tells how they stand."""

    def __init__(self, platform: Platform, instances: Instances) -> None:
        self._platform = platform
        self._instances = instances
        self.endpoints = [
            Endpoint("POST", "/admin/rebuild", Role.OPERATOR, self.order, "views", status=202),
            Endpoint("GET", "/admin/rebuild", Role.VIEWER, self.read, "views"),
        ]

    async def order(self, asked: Asked[OfInstance, Why]) -> Reply[Rebuild]:
        """Make the views anew from the log. The present ones serve until the new ones have caught up."""
        instance, p, now = (
            await self._instances.require(asked.query.instance),
            self._platform,
            self._platform.clock.now_ms(),
        )
        fact = AdminActed(
            id=ids.new(p.clock), instance=instance, occurred_at=now, recorded_at=now, actor=asked.who.name,
            action="rebuild", reason=asked.body.reason[:REASON_MAX],
        )  # fmt: skip
        await order_rebuild(p, instance, fact.id, encode(fact))
        return Reply(await self._read(instance), 202)

    async def read(self, asked: Asked[OfInstance, None]) -> Rebuild:
        """How the last rebuild that was ordered stands."""
        return await self._read(await self._instances.require(asked.query.instance))

    async def _read(self, instance: str) -> Rebuild:
        head = await read_head(self._platform.scripts, instance)
        total = int(await self._platform.scripts.call("XLEN", keys.events(instance)))
        state = _state(head)
        done = {"running": head.read(head.building), "done": head.number("facts")}.get(state, 0)
        took = (head.number("served") - head.number("began")) / 1000 if state == "done" else None
        return Rebuild(
            instance=instance, id=head.wanted, state=state, version=head.version, done=done, total=max(total, done),
            took_s=took,
        )  # fmt: skip


async def order_rebuild(platform: Platform, instance: str, order: str, fact: bytes, *, anew: bool = False) -> None:
    """Order a rebuild; `fact` is the audit's, or nothing. `anew`: one that is under way does not suffice."""
    names, bound = [keys.view_head(instance), keys.events(instance)], platform.streams.log_maxlen
    await platform.scripts.run(
        "order_rebuild", names, [order, bound, fact, int(anew)], then=[views_hint(instance)]
    )  # fmt: skip


def _state(head: Head) -> Literal["none", "waiting", "running", "done"]:
    if not head.wanted:
        return "none"
    if head.is_done:
        return "done"
    return "waiting" if head.waits else "running"
