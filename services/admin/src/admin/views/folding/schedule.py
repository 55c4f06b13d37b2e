"""In which list does a message of ours stand: the queue, what waits for its time, what failed for good, or none?"""

from typing import Literal

from admin.views.folding.state import MessageState

Place = Literal["queue", "scheduled", "failed"]
_QUEUED = frozenset({"queued", "attempted", "unknown"})


def place(state: MessageState | None) -> tuple[Place, int] | None:
    """Its list, and its place in the order there (ms): waiting since, waiting until, failed at."""
    if state is None or not state.own or not state.listed:
        return None
    progress = state.progress
    if progress == "scheduled":
        return "scheduled", state.due_at
    if failed_at := state.failed_for_good_at:
        return "failed", failed_at
    return ("queue", state.requested_at) if progress in _QUEUED else None
