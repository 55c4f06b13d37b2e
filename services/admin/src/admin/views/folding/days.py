"""What is counted, and on which day? Steps that a message makes for the first time, so no fact counts twice.

A count goes to the day (UTC) on which its step was recorded; a stage's duration to the day on which it ended. Neither
depends on the order in which the facts come.
"""

from bisect import bisect_left
from collections import Counter

from admin.views.folding.state import MessageState
from admin.views.model import STAGE_BOUNDS_MS

DAY_MS = 86_400_000
STAMPS = {
    "suppressed_at": "suppressed", "drafted_at": "answered", "requested_at": "requested", "accepted_at": "accepted",
    "delivered_at": "delivered", "read_at": "read", "failed_at": "failed", "expired_at": "expired",
    "unknown_at": "unknown", "unconfirmed_at": "unconfirmed", "dead_at": "dead",
}  # fmt: skip
STAGES = {
    "think": ("received_at", "drafted_at"),
    "queue": ("requested_at", "attempted_at"),
    "send": ("attempted_at", "accepted_at"),
    "deliver": ("accepted_at", "delivered_at"),
    "reply": ("asked_at", "accepted_at"),
}
Tally = Counter[tuple[int, str]]
"""How much is added to which counter of which day: (days since 1970, name)."""

_OF_STAMP = {
    stamp: [
        (first, last, [f"{stage}/{bucket}" for bucket in range(len(STAGE_BOUNDS_MS) + 1)])
        for stage, (first, last) in STAGES.items() if stamp in (first, last)
    ]
    for stamp in {*STAMPS, *(end for ends in STAGES.values() for end in ends)}
}  # fmt: skip


def count(tally: Tally, before: MessageState, after: MessageState, stamps: tuple[str, ...]) -> None:
    """Add what `after` has over `before` in these stamps."""
    for stamp in stamps:
        at = getattr(after, stamp)
        if not at or getattr(before, stamp):
            continue
        if name := STAMPS.get(stamp):
            tally[at // DAY_MS, name] += 1
        elif stamp == "received_at" and after.author == "patient":
            tally[at // DAY_MS, "received"] += 1
        for first, last, buckets in _OF_STAMP[stamp]:
            began, ended = getattr(after, first), getattr(after, last)
            if began and ended and (stamp == last or getattr(before, last)):
                bucket = bisect_left(STAGE_BOUNDS_MS, max(0, ended - began))
                tally[ended // DAY_MS, buckets[bucket]] += 1
