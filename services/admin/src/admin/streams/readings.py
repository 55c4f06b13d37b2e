"""How do the streams stand? Read in a few round trips, however many instances there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import redis.asyncio as aioredis
from redis.exceptions import ResponseError

from admin.streams.targets import Target, targets
from shared.streams import keys

INSTANCES_A_TRIP = 200  # some 3,000 commands: a few milliseconds of Redis's time


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
class Reading:
    """One instance."""

    instance: str
    streams: dict[str, StreamReading]
    parked: int
    dead: int
    log_length: int
    leases: dict[str, str]
    """`<fence>:<replica>` by lane."""


async def read(client: aioredis.Redis, instances: Sequence[str]) -> list[Reading]:
    """A reading of each instance, in their order. What is missing reads as zero."""
    readings: list[Reading] = []
    for start in range(0, len(instances), INSTANCES_A_TRIP):
        readings += await _trip(client, instances[start : start + INSTANCES_A_TRIP])
    return readings


async def _trip(client: aioredis.Redis, instances: Sequence[str]) -> list[Reading]:
    pipe: Any = client.pipeline(transaction=False)
    pipe.time()
    for instance in instances:
        _ask(pipe, instance)
    replies = iter(await pipe.execute(raise_on_error=False))
    seconds, microseconds = next(replies)
    now_ms = seconds * 1000 + microseconds // 1000
    return [_reading(instance, replies, now_ms) for instance in instances]


def _ask(pipe: Any, instance: str) -> None:
    for target in targets(instance):
        pipe.xlen(target.key)
        pipe.xinfo_groups(target.key)
        pipe.xrange(target.key, count=1)
    pipe.zcard(keys.due(instance))
    pipe.xlen(keys.dead_letters(instance))
    pipe.xlen(keys.events(instance))
    for lane in ("sender", "responder"):
        pipe.get(keys.lease(instance, lane))


def _reading(instance: str, replies: Any, now_ms: int) -> Reading:
    streams = {target.name: _stream(target, replies, now_ms) for target in targets(instance)}
    parked, dead, log_length = (_or(next(replies), 0) for _ in range(3))
    leases = {lane: _or(next(replies), b"").decode() for lane in ("sender", "responder")}
    return Reading(instance, streams, parked, dead, log_length, leases)


def _stream(target: Target, replies: Any, now_ms: int) -> StreamReading:
    depth, groups, oldest = _or(next(replies), 0), _or(next(replies), []), _or(next(replies), [])
    group: dict[str, Any] = next((g for g in groups if g["name"] == target.group.encode()), {})
    return StreamReading(
        depth=depth,
        pending=group.get("pending", 0),
        lag=group.get("lag") if group else depth,
        last_delivered_id=group.get("last-delivered-id", b"0-0").decode(),
        oldest_ms=max(0, now_ms - int(oldest[0][0].partition(b"-")[0])) if oldest else None,
    )


def _or(reply: Any, default: Any) -> Any:
    """The reply, or the default when the stream or its group is missing. Raises every other error."""
    if isinstance(reply, ResponseError) and ("NOGROUP" in str(reply) or "no such key" in str(reply)):
        return default
    if isinstance(reply, Exception):
        raise reply
    return default if reply is None else reply
