"""Which rule folds which fact, and into what? A type that has none changes nothing."""

from collections.abc import Callable, Iterable
from typing import Any

from admin.views.folding import conversations, delivery, messages
from admin.views.folding.state import ChatState, MessageState
from shared import events as e

EARLY = "~"
"""Before WhatsApp's id: what is known of a message that has not come yet."""

_BY_NAME: dict[str, tuple[Callable[[MessageState, Any], MessageState], tuple[str, ...]]] = {
    "reply.suppressed.v1": (messages.suppressed, ("suppressed_at",)),
    "entry.dead_lettered.v1": (messages.dead, ("dead_at",)),
    "send.scheduled.v1": (delivery.scheduled, ()),
    "send.attempted.v1": (delivery.attempted, ("attempted_at",)),
    "send.accepted.v1": (delivery.accepted, ("accepted_at",)),
    "send.delivered.v1": (delivery.delivered, ("delivered_at",)),
    "send.read.v1": (delivery.read, ("read_at",)),
    "send.unconfirmed.v1": (delivery.unconfirmed, ("unconfirmed_at",)),
    "send.failed.v1": (delivery.failed, ("failed_at",)),
    "send.expired.v1": (delivery.expired, ("expired_at",)),
    "send.outcome_unknown.v1": (delivery.unknown, ("unknown_at",)),
    "send.dead_lettered.v1": (delivery.dead, ("dead_at",)),
    "send.replayed.v1": (delivery.replayed, ()),
    "send.cancelled.v1": (delivery.cancelled, ()),
}
OF_CHAT: dict[type[Any], Callable[[ChatState, Any], ChatState]] = {
    e.ReplyDrafted: conversations.drafted,
    e.ReplySuppressed: conversations.suppressed,
    e.HandoffTaken: conversations.taken,
    e.HandoffEnded: conversations.given_back,
    e.BotPaused: conversations.paused,
    e.BotResumed: conversations.resumed,
    e.ContactChanged: conversations.changed,
    e.OptoutRecorded: conversations.opted,
}
OF_MESSAGE = {e.TYPES[name]: rule for name, rule in _BY_NAME.items() if name in e.TYPES}
OF_SEND = frozenset(kind for kind in OF_MESSAGE if "send_id" in kind.__struct_fields__)
CHANGED = frozenset({e.MessageEdited, e.MessageRevoked})


def about(event: Any) -> Iterable[str]:
    """The ids of the messages that a fact is about."""
    kind = type(event)
    if kind is e.MessageReceived or kind is e.SendRequested:
        return (event.id,)
    if kind is e.ReplyDrafted or kind is e.ReplySuppressed:
        return event.answers or ((event.causation_id or event.id),)
    if kind is e.EntryDeadLettered:
        return (event.causation_id,) if event.causation_id else ()
    send = getattr(event, "send_id", None)
    return (send,) if send else ()
