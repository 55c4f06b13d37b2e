"""What was done today in each instance? Asked anew only where its views moved since the last time."""

import asyncio
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from admin.streams.readings import Reading
from admin.views.model import Day
from admin.views.views import Views

AT_ONCE = 50  # instances: some 300 commands, in a few round trips


@dataclass(frozen=True, slots=True)
class Figures:
    """One instance's."""

    chats: Mapping[str, int]
    """How many chats have each status."""
    day: Day | None
    """None: nothing happened."""


class Figuring:
    """Keeps the figures of every instance for as long as they hold."""

    def __init__(self, views: Views) -> None:
        self._views = views
        self._kept: dict[str, tuple[tuple[int, str, dt.date], Figures]] = {}

    async def of(self, found: Sequence[Reading], day: dt.date) -> list[Figures]:
        """In their order."""
        stale = [reading for reading in found if not self._holds(reading, day)]
        for start in range(0, len(stale), AT_ONCE):
            some = stale[start : start + AT_ONCE]
            asked = await asyncio.gather(*(self._ask(reading, day) for reading in some))
            self._kept |= {one.instance: (_state(one, day), new) for one, new in zip(some, asked, strict=True)}
        if len(self._kept) > 2 * len(found) > 2:  # many are gone
            self._kept = {reading.instance: self._kept[reading.instance] for reading in found}
        return [self._kept[reading.instance][1] for reading in found]

    def _holds(self, reading: Reading, day: dt.date) -> bool:
        """A pause may end without any fact."""
        state, figures = self._kept.get(reading.instance, (None, None))
        return state == _state(reading, day) and figures is not None and not figures.chats.get("paused")

    async def _ask(self, reading: Reading, day: dt.date) -> Figures:
        counts = self._views.counts(reading.instance)
        newest_s = int(reading.views.position.partition("-")[0]) / 1000
        if newest_s < dt.datetime.combine(day, dt.time(), dt.UTC).timestamp():
            return Figures(dict((await counts).items()), None)
        text = day.isoformat()
        chats, days = await asyncio.gather(counts, self._views.days(reading.instance, text, text))
        return Figures(dict(chats.items()), days[0] if days else None)


def _state(reading: Reading, day: dt.date) -> tuple[int, str, dt.date]:
    return reading.views.version, reading.views.position, day
