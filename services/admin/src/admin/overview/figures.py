"""How long do things take? Percentiles of some days' counts, by stage."""

from collections.abc import Mapping, Sequence

import msgspec

from admin.views.figures import percentile
from admin.views.model import Day


class Percentiles(msgspec.Struct, frozen=True, kw_only=True):
    """Milliseconds within which so many of a hundred were done; null: there were none."""

    count: int
    p50: float | None = None
    p95: float | None = None
    p99: float | None = None


def percentiles(counts: Sequence[int]) -> Percentiles:
    """Of counts by the bounds of `STAGE_BOUNDS_MS`."""
    p50, p95, p99 = (percentile(counts, share) for share in (0.50, 0.95, 0.99))
    return Percentiles(count=sum(counts), p50=p50, p95=p95, p99=p99)


def of_days(days: Sequence[Day]) -> Mapping[str, Percentiles]:
    """By stage (think, queue, send, deliver, reply), over all the days."""
    stages = dict.fromkeys(stage for day in days for stage in day.stages)
    return {stage: percentiles(_sum([day.stages.get(stage, []) for day in days])) for stage in stages}


def _sum(rows: Sequence[Sequence[int]]) -> list[int]:
    longest = max((len(row) for row in rows), default=0)
    return [sum(row[at] for row in rows if at < len(row)) for at in range(longest)]
