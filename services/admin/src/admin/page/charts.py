"""Where do the bars of a chart go? Geometry alone: the template draws it as SVG, without a script or a style."""

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from admin.views.model import Day

STAGES = ("think", "queue", "send", "deliver", "reply")
SHARES = ("p50", "p95", "p99")
SLOWEST_MS = 300_000  # the last bound of the views' counts
FASTEST_MS = 5
WIDTH = 330
BAR, STEP = 16, 20  # of a picture that a phone shows at three fifths of its size, with its words as large as ever
STAGE_HEIGHT = len(SHARES) * STEP
DAYS = 14
DAY_WIDTH, DAY_HEIGHT = 44, 120


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar."""

    kind: str
    x: float
    y: float
    width: float
    height: float
    value: int | None
    """None: longer than the views count."""


@dataclass(frozen=True, slots=True)
class Stage:
    """The bars of one stage of a reply."""

    name: str
    count: int
    y: int
    bars: Sequence[Bar]


def stages(took: Mapping[str, Any]) -> list[Stage]:
    """A row for each stage that something went through; the scale is logarithmic, from 5 ms to 5 min."""
    rows: list[Stage] = []
    for name in [name for name in STAGES if name in took and took[name].count]:
        y = len(rows) * (STAGE_HEIGHT + 12)
        bars = [
            Bar(share, 0, y + at * STEP, _length(getattr(took[name], share)), BAR, getattr(took[name], share))
            for at, share in enumerate(SHARES)
        ]
        rows.append(Stage(name, took[name].count, y, bars))
    return rows


def _length(ms: int | None) -> float:
    if ms is None:
        return WIDTH
    reach = math.log(SLOWEST_MS / FASTEST_MS)
    return round(max(6.0, WIDTH * math.log(max(ms, FASTEST_MS) / FASTEST_MS) / reach), 1)


@dataclass(frozen=True, slots=True)
class Column:
    """One day."""

    day: str
    x: int
    sent: int
    failed: int
    bars: Sequence[Bar]


def columns(days: Sequence[Day], until: dt.date) -> list[Column]:
    """A column for each of the last days: what was sent, and on top of it what failed."""
    dates = [(until - dt.timedelta(days=back)).isoformat() for back in reversed(range(DAYS))]
    sent = {date: sum(day.accepted for day in days if day.day == date) for date in dates}
    failed = {date: sum(day.failed + day.dead + day.expired for day in days if day.day == date) for date in dates}
    most = max([1, *(sent[date] + failed[date] for date in dates)])
    return [_column(date, at, sent[date], failed[date], most) for at, date in enumerate(dates)]


def _column(date: str, at: int, sent: int, failed: int, most: int) -> Column:
    x, bars, top = at * DAY_WIDTH, [], float(DAY_HEIGHT)
    for kind, value in (("sent", sent), ("failed", failed)):
        if value:
            height = round(max(2.0, value / most * (DAY_HEIGHT - 8)), 1)
            top = round(top - height, 1)
            bars.append(Bar(kind, x + 8, top, DAY_WIDTH - 16, height, value))
    return Column(date, x, sent, failed, bars)
