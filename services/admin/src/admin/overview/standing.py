"""How does everything stand? Streams, chats, today's figures, the connection and the views of each instance."""

import asyncio
import datetime as dt
from collections.abc import Sequence
from typing import Any

import msgspec

from admin.overview.figures import Percentiles, of_days
from admin.prometheus import Alert
from admin.streams import durability, health, readings
from admin.streams.health import Surroundings
from admin.streams.readings import Reading
from admin.streams.workers import Workers
from admin.views.model import Connection, Day, Lag
from admin.views.views import Views
from shared.service import Platform
from shared.streams import keys


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """What waits."""

    depth: int = 0
    """Messages to be sent."""
    inbound: int = 0
    """Messages of patients for the responder."""
    pending: int = 0
    """Of both, those that are being worked on."""
    parked: int = 0
    """Those that wait for a time."""
    dead: int = 0
    oldest_ms: int | None = None
    """Age of the oldest that waits now."""


class Today(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of this day (UTC)."""

    received: int = 0
    answered: int = 0
    handoffs: int = 0
    requested: int = 0
    accepted: int = 0
    delivered: int = 0
    read: int = 0
    failed: int = 0
    expired: int = 0
    unconfirmed: int = 0
    dead: int = 0
    tokens: int = 0
    cost_usd: float = 0.0


class InstanceStanding(msgspec.Struct, frozen=True, kw_only=True):
    """One instance."""

    instance: str
    status: str
    """ok or degraded"""
    reasons: list[str]
    waiting: Waiting
    chats: dict[str, int]
    """How many chats have each status."""
    today: Today
    took: dict[str, Percentiles]
    """How long today's replies took, by stage."""
    connection: Connection
    bot_paused_until: int | None
    """Null: the bot answers."""
    views: Lag


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Everything: the sums, and each instance."""

    at: int
    status: str
    reasons: list[str]
    consumers: dict[str, list[str]]
    """Live replicas by service."""
    waiting: Waiting
    chats: dict[str, int]
    today: Today
    took: dict[str, Percentiles]
    instances: list[InstanceStanding]
    not_shown: int = 0
    """Instances beyond those that are shown; name one to see it."""
    alerts: list[Alert] | None = None
    """Null when no Prometheus is set, or it does not answer."""
    alerts_problem: str = ""


class Surveyor:
    """Reads how things stand."""

    def __init__(self, platform: Platform, workers: Workers, views: Views) -> None:
        self._redis, self._clock, self._bound = platform.redis, platform.clock, platform.streams.stream_maxlen
        self._workers, self._views = workers, views

    async def standing(self, names: Sequence[str], not_shown: int = 0) -> Standing:
        """Of these instances."""
        now = self._clock.now_ms()
        alive, server = await asyncio.gather(self._workers.lately(), durability.server(self._redis))
        around = Surroundings(alive, server, self._bound)
        found = await readings.read(self._redis, names)
        day = dt.datetime.fromtimestamp(now / 1000, dt.UTC).date().isoformat()
        told = await asyncio.gather(*(self._instance(reading, around, day) for reading in found))
        lines, days = [line for line, _ in told], [one for _, those in told for one in those]
        reasons = around.reasons + [f"{line.instance}: {why}" for line in lines for why in line.reasons]
        return Standing(
            at=now, status="degraded" if reasons else "ok", reasons=reasons[: health.REASONS_TOLD], not_shown=not_shown,
            consumers={service: list(replicas) for service, replicas in alive.items()},
            waiting=_all_waiting([line.waiting for line in lines]), chats=_summed([line.chats for line in lines]),
            today=_today(days), took=dict(of_days(days)), instances=lines,
        )  # fmt: skip

    async def _instance(self, reading: Reading, around: Surroundings, day: str) -> tuple[InstanceStanding, list[Day]]:
        i, views = reading.instance, self._views
        days, chats, connection, lag, paused = await asyncio.gather(
            views.days(i, day, day), views.counts(i), views.connection(i), views.lag(i), self._paused_until(i)
        )
        reasons = health.why_degraded(reading, around)
        if connection.state and connection.state not in ("open", "connecting"):
            reasons.append(f"the number is not connected: {connection.state}")
        line = InstanceStanding(
            instance=i, status="degraded" if reasons else "ok", reasons=reasons, waiting=_waiting(reading),
            chats=dict(chats.items()), today=_today(days), took=dict(of_days(days)),
            connection=connection, bot_paused_until=paused, views=lag,
        )  # fmt: skip
        return line, list(days)

    async def _paused_until(self, instance: str) -> int | None:
        found: Any = await self._redis.hget(keys.bot(instance), "paused_until")
        until = int(found) if found and found.isdigit() else 0
        return until if until > self._clock.now_ms() else None


def _waiting(reading: Reading) -> Waiting:
    streams = reading.streams
    ages = [stream.oldest_ms for stream in streams.values() if stream.oldest_ms is not None]
    return Waiting(
        depth=streams["stream"].depth + streams["vip"].depth, inbound=streams["inbound"].depth,
        pending=sum(stream.pending for stream in streams.values()), parked=reading.parked, dead=reading.dead,
        oldest_ms=max(ages, default=None),
    )  # fmt: skip


def _all_waiting(lines: Sequence[Waiting]) -> Waiting:
    names = ("depth", "inbound", "pending", "parked", "dead")
    ages = [line.oldest_ms for line in lines if line.oldest_ms is not None]
    sums = {name: sum(getattr(line, name) for line in lines) for name in names}
    return Waiting(**sums, oldest_ms=max(ages, default=None))


def _today(days: Sequence[Day]) -> Today:
    return Today(**{name: sum(getattr(day, name) for day in days) for name in Today.__struct_fields__})


def _summed(counts: Sequence[dict[str, int]]) -> dict[str, int]:
    names = dict.fromkeys(name for one in counts for name in one)
    return {name: sum(one.get(name, 0) for one in counts) for name in names}
