"""What becomes of a message that came in: thought about, answered, kept silent about, changed by its author?"""

from msgspec.structs import replace

from admin.views.folding.state import MessageState
from shared.events import (
    EntryDeadLettered,
    MessageEdited,
    MessageReceived,
    MessageRevoked,
    ReplyDrafted,
    ReplySuppressed,
)

SECOND_MS = 1_000


def received(state: MessageState, event: MessageReceived) -> MessageState:
    """It came. What was told of it before (an edit that overtook it) stays."""
    if state.listed:
        return state
    # WhatsApp tells whole seconds. Within one, what came is placed by its arrival: behind what we said before it.
    written_at = event.occurred_at + (SECOND_MS - 1 if event.occurred_at % SECOND_MS == 0 else 0)
    return replace(
        state, chat=event.chat, story=event.correlation_id or event.id, listed=True, author=event.author,
        at=min(written_at, event.recorded_at), kind=event.kind, text=state.text if state.edited else event.text,
        by=event.sender_name, message_id=event.message_id, received_at=event.recorded_at,
    )  # fmt: skip


def early(state: MessageState, told: MessageState) -> MessageState:
    """With what its author changed before it came."""
    return replace(state, edited=told.edited, revoked=told.revoked, text=told.text if told.edited else state.text)


def edited(state: MessageState, event: MessageEdited) -> MessageState:
    """Its author changed the words."""
    return replace(state, text=event.text, edited=True)


def revoked(state: MessageState, _event: MessageRevoked) -> MessageState:
    """Its author took it back: its words are not kept."""
    return replace(state, revoked=True, text="", edited=False)


def drafted(state: MessageState, event: ReplyDrafted) -> MessageState:
    """An answer to it was found."""
    return replace(
        state, drafted_at=state.drafted_at or event.recorded_at, draft=event.id, answerer=event.answered_by,
        last="answered", reason=event.decision, chat=state.chat or event.chat,
    )  # fmt: skip


def suppressed(state: MessageState, event: ReplySuppressed) -> MessageState:
    """It gets no answer, on purpose."""
    last = "answered" if state.drafted_at else "suppressed"
    return replace(
        state, suppressed_at=state.suppressed_at or event.recorded_at, last=last, reason=event.why,
        chat=state.chat or event.chat,
    )  # fmt: skip


def dead(state: MessageState, event: EntryDeadLettered) -> MessageState:
    """It could not be handled."""
    return replace(state, dead_at=state.dead_at or event.recorded_at, last="dead", reason=event.reason)
