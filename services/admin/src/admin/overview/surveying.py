"""How does everything stand? Read from every instance's streams and views; of many, the lines that matter are told."""

import asyncio
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from admin.overview.figures import of_days
from admin.overview.figuring import Figuring
from admin.overview.keeping import Kept
from admin.overview.standing import InstanceStanding, Standing, Waiting, all_waiting, summed, today_of, waiting_in
from admin.streams import durability, health, readings
from admin.streams.health import Surroundings
from admin.streams.readings import Reading, ViewsReading
from admin.streams.workers import Workers
from admin.views.figures import day_of
from admin.views.folding.state import connection_of
from admin.views.model import Connection, Figures, Lag
from admin.views.views import Views
from shared.service import Platform

SHOWN = 200  # instances of an overview


@dataclass(frozen=True, slots=True)
class Seen:
    """What was read of one instance."""

    reading: Reading
    figures: Figures
    waiting: Waiting
    connection: Connection
    reasons: list[str]

    @property
    def urgency(self) -> tuple[bool, int]:
        """For sorting: what is wrong first, then where most waits."""
        return not self.reasons, -(self.waiting.depth + self.waiting.inbound)


class Surveyor:
    """Reads how things stand."""

    def __init__(self, platform: Platform, workers: Workers, views: Views) -> None:
        self._redis, self._scripts, self._clock = platform.redis, platform.scripts, platform.clock
        self._bound, self._workers, self._figuring = platform.streams.stream_maxlen, workers, Figuring(views)
        self._standings, self._calls = Kept(self._survey), Kept(self._count_calls)

    async def standing(self, names: Sequence[str]) -> Standing:
        """Of these instances. Of many it may be some seconds old."""
        return await (self._survey(names) if len(names) <= SHOWN else self._standings.of(names))

    async def calls(self, names: Sequence[str]) -> dict[str, int]:
        """How many chats want a person, of those instances that have any. Of many it may be some seconds old."""
        return await (self._count_calls(names) if len(names) <= SHOWN else self._calls.of(names))

    async def _count_calls(self, names: Sequence[str]) -> dict[str, int]:
        found = await readings.read(self._scripts, names)
        figures = await self._figuring.of(found, _date(self._clock.now_ms()))
        pairs = zip(found, figures, strict=True)
        return {one.instance: wanted for one, about in pairs if (wanted := about.chats.get("wanted", 0))}

    async def _survey(self, names: Sequence[str]) -> Standing:
        now = self._clock.now_ms()
        alive, server = await asyncio.gather(self._workers.lately(), durability.server(self._redis))
        around = Surroundings(alive, server, self._bound)
        found = await readings.read(self._scripts, names)
        figures = await self._figuring.of(found, _date(now))
        every = [_seen(reading, about, around) for reading, about in zip(found, figures, strict=True)]
        shown = sorted(sorted(every, key=lambda one: one.urgency)[:SHOWN], key=lambda one: one.reading.instance)
        reasons = around.reasons + [f"{one.reading.instance}: {why}" for one in every for why in one.reasons]
        days = [one.figures.day for one in every if one.figures.day is not None]
        return Standing(
            at=now, status="degraded" if reasons else "ok", reasons=health.first(reasons),
            consumers={service: list(replicas) for service, replicas in alive.items()},
            waiting=all_waiting([one.waiting for one in every]), chats=summed([one.figures.chats for one in every]),
            today=today_of(days), took=dict(of_days(days or [_NO_DAY])), instances=[_line(one, now) for one in shown],
            not_shown=len(every) - len(shown),
        )  # fmt: skip


def _date(now: int) -> dt.date:
    return dt.datetime.fromtimestamp(now / 1000, dt.UTC).date()


def _seen(reading: Reading, figures: Figures, around: Surroundings) -> Seen:
    data, i = reading.views.connection, reading.instance
    connection = connection_of(data).shown(i) if data else Connection(instance=i)
    reasons = health.why_degraded(reading, around)
    if figures.trouble and not reading.trouble:
        reasons.append(health.unreadable(figures.trouble))
    if connection.state and connection.state not in ("open", "connecting"):
        reasons.append(f"the number is not connected: {connection.state}")
    return Seen(reading, figures, waiting_in(reading), connection, reasons)


def _line(one: Seen, now: int) -> InstanceStanding:
    reading, days = one.reading, [one.figures.day or _NO_DAY]
    return InstanceStanding(
        instance=reading.instance, status="degraded" if one.reasons else "ok", reasons=one.reasons,
        waiting=one.waiting, chats=one.figures.chats, today=today_of(days), took=dict(of_days(days)),
        connection=one.connection, bot_paused_until=reading.paused_until if reading.paused_until > now else None,
        views=_lag(reading.instance, reading.views),
    )  # fmt: skip


def _lag(instance: str, views: ViewsReading) -> Lag:
    return Lag(
        instance=instance, version=views.version, position=views.position, behind=views.behind, missed=views.missed,
        rebuilding=views.rebuilt is not None, rebuilt=views.rebuilt or 0,
    )  # fmt: skip


_NO_DAY = day_of("", 0, {})
