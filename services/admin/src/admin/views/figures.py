"""How do the counts of the days become figures, and buckets percentiles?"""

import datetime as dt
from collections.abc import Mapping, Sequence

from admin.views.folding.days import STAGES
from admin.views.model import REPLY_BOUNDS_MS, STAGE_BOUNDS_MS, Day

_COUNTS = (
    "received", "answered", "suppressed", "by_model", "handoffs", "requested", "accepted", "delivered", "read",
    "failed", "expired", "unknown", "unconfirmed", "dead", "tokens",
)  # fmt: skip
_BUCKETS = len(STAGE_BOUNDS_MS) + 1
_FINER = len(STAGE_BOUNDS_MS) - len(REPLY_BOUNDS_MS)
COUNTED = (_BUCKETS, " ".join(STAGES), " ".join((*_COUNTS, "micro_usd")))
"""All that may be counted of a day, as `figures.lua` takes it."""
_EPOCH = dt.date(1970, 1, 1)


def number_of(day: str) -> int:
    """A day (YYYY-MM-DD) by its number since 1970-01-01. Raises ValueError."""
    return (dt.date.fromisoformat(day) - _EPOCH).days


def fields_of(number: int) -> list[str]:
    """All that may be counted of a day."""
    stages = [f"{stage}/{bucket}" for stage in STAGES for bucket in range(_BUCKETS)]
    return [f"{number} {name}" for name in (*_COUNTS, "micro_usd", *stages)]


def day_of(instance: str, number: int, counts: Mapping[str, int]) -> Day:
    """One day's figures; `counts` are by the names of `fields_of`."""
    stages = {stage: [counts.get(f"{number} {stage}/{n}", 0) for n in range(_BUCKETS)] for stage in STAGES}
    reply = stages["reply"]
    return Day(
        instance=instance, day=(_EPOCH + dt.timedelta(days=number)).isoformat(),
        cost_usd=counts.get(f"{number} micro_usd", 0) / 1_000_000, stages=stages,
        reply_ms=[sum(reply[: _FINER + 1]), *reply[_FINER + 1 :]],
        **{name: counts.get(f"{number} {name}", 0) for name in _COUNTS},
    )  # fmt: skip


def percentile(counts: Sequence[int], share: float, bounds: Sequence[int] = STAGE_BOUNDS_MS) -> float | None:
    """Milliseconds within which `share` of them were, read between the bounds; None without any.

    What is beyond the last bound counts as the last bound.
    """
    wanted, seen = sum(counts) * share, 0
    if not wanted:
        return None
    for at, count in enumerate(counts):
        if count and seen + count >= wanted:
            low = bounds[at - 1] if at else 0
            high = bounds[at] if at < len(bounds) else bounds[-1]
            return low + (high - low) * (wanted - seen) / count
        seen += count
    return float(bounds[-1])
