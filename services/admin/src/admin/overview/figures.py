"""How long do things take? Percentiles of a day's counts, which are kept by bounds."""

from collections.abc import Mapping, Sequence
from itertools import accumulate

import msgspec

from admin.views.model import REPLY_BOUNDS_MS, Day


class Percentiles(msgspec.Struct, frozen=True, kw_only=True):
    """Milliseconds within which so many of a hundred were done; null: there were none, or it took longer than told."""

    count: int
    p50: int | None = None
    p95: int | None = None
    p99: int | None = None


def percentiles(counts: Sequence[int], bounds: Sequence[int]) -> Percentiles:
    """The upper bound that holds 50, 95 and 99 of a hundred; None beyond the last bound."""
    total = sum(counts)
    if not total:
        return Percentiles(count=0)
    p50, p95, p99 = (_at(counts, bounds, total * share / 100) for share in (50, 95, 99))
    return Percentiles(count=total, p50=p50, p95=p95, p99=p99)


def of_days(days: Sequence[Day]) -> Mapping[str, Percentiles]:
    """By stage, over all the days."""
    return {"reply": percentiles(_sum([day.reply_ms for day in days]), REPLY_BOUNDS_MS)}


def _at(counts: Sequence[int], bounds: Sequence[int], wanted: float) -> int | None:
    reached = next((at for at, so_far in enumerate(accumulate(counts)) if so_far >= wanted), len(bounds))
    return bounds[reached] if reached < len(bounds) else None


def _sum(rows: Sequence[Sequence[int]]) -> list[int]:
    longest = max((len(row) for row in rows), default=0)
    return [sum(row[at] for row in rows if at < len(row)) for at in range(longest)]
