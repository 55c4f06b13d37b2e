"""How does each instance stand? One script an instance, which lives in one slot, and many of them in a round trip."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from redis.exceptions import ResponseError

from admin.streams.targets import Target, targets
from shared.streams import keys
from shared.streams.scripts import Scripts

AT_ONCE = 500  # instances: about 10 ms of Redis's time, in two round trips
LANES = ("sender", "responder")
_ABOUT, _A_STREAM = 12, 5  # values of `measure.lua` before the streams, and of each


class StreamReading(msgspec.Struct, frozen=True, kw_only=True):
    """One work stream and its group."""

    depth: int
    """Entries that are not done with."""
    pending: int
    """Those of them that were handed to a worker."""
    lag: int | None
    """Entries that the group was not given yet; None when Redis cannot tell."""
    last_delivered_id: str
    oldest_ms: int | None
    """Age of the oldest entry; None when there is none."""


@dataclass(frozen=True, slots=True)
class ViewsReading:
    """How far the views of an instance are."""

    version: int = 0
    position: str = "0-0"
    behind: int = 0
    """Facts that they do not hold yet."""
    missed: int = 0
    """Facts that left the log before they were folded in."""
    rebuilt: int | None = None
    """Facts that a running rebuild has read; None: none runs."""
    connection: bytes = b""
    """What the gateway last said of the instance, as `connection_of` reads it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One instance."""

    instance: str
    streams: dict[str, StreamReading]
    parked: int
    dead: int
    log_length: int
    leases: dict[str, str]
    """`<fence>:<replica>` by lane."""
    views: ViewsReading = ViewsReading()
    paused_until: int = 0
    """Until when the bot is paused on all of it, ms."""
    trouble: str = ""
    """Why it cannot be read: a key of another type."""


async def read(scripts: Scripts, instances: Sequence[str]) -> list[Reading]:
    """A reading of each instance, in their order. What is missing reads as zero."""
    readings: list[Reading] = []
    for start in range(0, len(instances), AT_ONCE):
        readings += await _some(scripts, instances[start : start + AT_ONCE])
    return readings


async def read_one(scripts: Scripts, instance: str) -> Reading:
    """A reading of one instance. Raises ResponseError when one of its keys is of another type."""
    (found,) = await _some(scripts, [instance])
    if found.trouble:
        raise ResponseError(found.trouble)
    return found


async def _some(scripts: Scripts, instances: Sequence[str]) -> list[Reading]:
    seconds, microseconds = await scripts.call("TIME")
    now_ms = int(seconds) * 1000 + int(microseconds) // 1000
    wanted = [targets(instance) for instance in instances]
    calls = [
        (_keys(instance, work), [target.group for target in work])
        for instance, work in zip(instances, wanted, strict=True)
    ]
    replies = await scripts.run_each("measure", calls)
    return [
        _reading(instance, work, reply, now_ms)
        for instance, work, reply in zip(instances, wanted, replies, strict=True)
    ]


def _keys(instance: str, work: Sequence[Target]) -> list[str]:
    i = instance
    leases = [keys.lease(i, lane) for lane in LANES]
    about = [keys.due(i), keys.dead_letters(i), keys.events(i), keys.view_head(i), keys.bot(i), *leases]
    return about + [target.key for target in work]


def _reading(instance: str, work: Sequence[Target], reply: Any, now_ms: int) -> Reading:
    if isinstance(reply, ResponseError):
        nothing = StreamReading(depth=0, pending=0, lag=0, last_delivered_id="0-0", oldest_ms=None)
        return Reading(instance, {target.name: nothing for target in work}, 0, 0, 0, {}, trouble=str(reply))
    parked, dead, length, version, position, behind, missed, rebuilt, connection, paused, *leases = reply[:_ABOUT]
    streams = {
        target.name: _stream(reply[_ABOUT + _A_STREAM * at : _ABOUT + _A_STREAM * (at + 1)], now_ms)
        for at, target in enumerate(work)
    }
    views = ViewsReading(
        version, position.decode(), behind, missed, None if rebuilt < 0 else rebuilt, bytes(connection)
    )  # fmt: skip
    held = {lane: lease.decode() for lane, lease in zip(LANES, leases, strict=True)}
    until = int(paused) if paused.isdigit() else 0
    return Reading(instance, streams, parked, dead, length, held, views, until)


def _stream(values: Sequence[Any], now_ms: int) -> StreamReading:
    depth, pending, lag, delivered, oldest = values
    return StreamReading(
        depth=depth, pending=pending, lag=None if lag < 0 else lag, last_delivered_id=delivered.decode(),
        oldest_ms=max(0, now_ms - int(oldest.partition(b"-")[0])) if oldest else None,
    )  # fmt: skip
