"""Where does a message wait: in the queue, for its time, or nowhere any more?"""

from typing import Literal

from admin.views.folding.state import MessageState

Place = Literal["queue", "scheduled"]
_QUEUED = frozenset({"queued", "attempted", "unknown"})


def place(state: MessageState | None) -> tuple[Place, int] | None:
    """Where it waits, and its place in the order there: since when, or until when (ms)."""
    if state is None or not state.own or not state.listed:
        return None
    progress = state.progress
    if progress == "scheduled":
        return "scheduled", state.due_at
    return ("queue", state.requested_at) if progress in _QUEUED else None
