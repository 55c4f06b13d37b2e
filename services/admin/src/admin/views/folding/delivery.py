"""What becomes of a message that we send: queued, tried, accepted, delivered, read, or none of it?

Facts may come in any order and several times. A receipt proves more than the queue's own word, and a first stamp stays.
"""

from typing import Any

from msgspec.structs import replace

from admin.views.folding.state import MessageState
from admin.views.model import Author
from shared.events import (
    Buttons,
    Content,
    Listing,
    Location,
    Media,
    Reaction,
    SendAccepted,
    SendAttempted,
    SendDeadLettered,
    SendDelivered,
    SendExpired,
    SendFailed,
    SendOutcomeUnknown,
    SendRead,
    SendReplayed,
    SendRequested,
    SendScheduled,
    SendUnconfirmed,
    Text,
)

AUTHORS: dict[str, Author] = {"reply": "bot", "staff": "staff", "reminder": "clinic", "broadcast": "clinic"}


def requested(state: MessageState, event: SendRequested) -> MessageState:
    """It is to be sent."""
    if state.listed:
        return state
    kind, text = said(event.content)
    return replace(
        state, chat=event.chat, story=event.correlation_id or event.id, listed=True, own=True, at=event.recorded_at,
        author=AUTHORS.get(event.send_class, "clinic"), kind=kind, text=text, by=event.by,
        send_class=event.send_class, broadcast_id=event.broadcast_id, due_at=state.due_at or event.not_before or 0,
        asked_at=event.asked_at or 0, requested_at=event.recorded_at,
        last="queued" if state.last == "received" else state.last,
    )  # fmt: skip


def said(content: Content) -> tuple[str, str]:
    """The kind of a content, and its words."""
    match content:
        case Text(text=text):
            return "text", text
        case Media(mediatype=mediatype, caption=caption, file_name=name):
            return mediatype, caption or name
        case Buttons(title=title, description=description) | Listing(title=title, description=description):
            return ("buttons" if isinstance(content, Buttons) else "list"), f"{title}\n{description}".strip()
        case Reaction(emoji=emoji):
            return "reaction", emoji
        case Location(name=name, address=address):
            return "location", f"{name}\n{address}".strip()
    return str(getattr(type(content).__struct_config__, "tag", "text")), ""


def scheduled(state: MessageState, event: SendScheduled) -> MessageState:
    """It waits for its time."""
    return replace(state, own=True, last="scheduled", due_at=event.until, reason=event.why)


def attempted(state: MessageState, event: SendAttempted) -> MessageState:
    """The gateway is called."""
    return replace(
        state, own=True, last="attempted", due_at=0, attempts=max(state.attempts, event.attempt), reason="",
        attempted_at=state.attempted_at or event.recorded_at,
    )  # fmt: skip


def accepted(state: MessageState, event: SendAccepted) -> MessageState:
    """The gateway took it."""
    return replace(
        state, own=True, last="accepted" if event.confirmed else "unconfirmed", due_at=0, reason="",
        message_id=event.message_id or state.message_id, accepted_at=state.accepted_at or event.recorded_at,
        attempts=max(state.attempts, event.attempt),
    )  # fmt: skip


def delivered(state: MessageState, event: SendDelivered) -> MessageState:
    """It arrived."""
    return replace(
        state, own=True, delivered_at=state.delivered_at or event.recorded_at, reason="",
        message_id=event.message_id or state.message_id,
    )  # fmt: skip


def read(state: MessageState, event: SendRead) -> MessageState:
    """The patient read it."""
    return replace(
        state, own=True, read_at=state.read_at or event.recorded_at, message_id=event.message_id or state.message_id
    )


def unconfirmed(state: MessageState, event: SendUnconfirmed) -> MessageState:
    """It was accepted, and nothing was heard of it."""
    return replace(
        state, own=True, last="unconfirmed", unconfirmed_at=state.unconfirmed_at or event.recorded_at,
        message_id=event.message_id or state.message_id,
    )  # fmt: skip


def failed(state: MessageState, event: SendFailed) -> MessageState:
    """A try failed: for good, or until the next one."""
    if not event.final:
        return replace(state, own=True, last="queued", reason=event.reason)
    return replace(state, own=True, last="failed", failed_at=state.failed_at or event.recorded_at, reason=event.reason)


def expired(state: MessageState, event: SendExpired) -> MessageState:
    """It was too late for it."""
    return replace(
        state, own=True, last="expired", due_at=0, expired_at=state.expired_at or event.recorded_at,
        reason="its time was over",
    )  # fmt: skip


def unknown(state: MessageState, event: SendOutcomeUnknown) -> MessageState:
    """Nobody knows yet whether WhatsApp has it."""
    return replace(
        state, own=True, last="unknown", unknown_at=state.unknown_at or event.recorded_at, reason=event.reason
    )


def dead(state: MessageState, event: SendDeadLettered) -> MessageState:
    """It was set aside."""
    return replace(
        state, own=True, last="dead", due_at=0, dead_at=state.dead_at or event.recorded_at, reason=event.reason
    )


def replayed(state: MessageState, _event: SendReplayed) -> MessageState:
    """It was put to work again."""
    return replace(state, own=True, last="queued", reason="")


def cancelled(state: MessageState, event: Any) -> MessageState:
    """Somebody took it back before it went out."""
    return replace(state, own=True, last="cancelled", due_at=0, reason=str(getattr(event, "reason", "")))
