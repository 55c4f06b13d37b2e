"""What does a batch of facts change? Facts in, states out; what must be known beforehand is asked for by `needs`."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from admin.views.folding import connection, conversations, days, delivery, messages, stories, usage
from admin.views.folding.state import ChatState, ConnectionState, MessageState
from shared import events as e

EARLY = "~"
"""Before WhatsApp's id: what is known of a message that has not come yet."""

_MESSAGE: dict[str, tuple[Callable[[MessageState, Any], MessageState], tuple[str, ...]]] = {
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
_CHAT: dict[type[Any], Callable[[ChatState, Any], ChatState]] = {
    e.ReplyDrafted: conversations.drafted,
    e.ReplySuppressed: conversations.suppressed,
    e.HandoffTaken: conversations.taken,
    e.HandoffEnded: conversations.given_back,
    e.BotPaused: conversations.paused,
    e.BotResumed: conversations.resumed,
    e.ContactChanged: conversations.changed,
    e.OptoutRecorded: conversations.opted,
}
_OF_MESSAGE = {e.TYPES[name]: rule for name, rule in _MESSAGE.items() if name in e.TYPES}
_CHANGED = (e.MessageEdited, e.MessageRevoked)
_RECEIVED, _DRAFTED, _REQUESTED = ("received_at",), ("drafted_at",), ("requested_at", "asked_at")


@dataclass(slots=True)
class Needs:
    """What must be loaded before a batch is folded."""

    messages: set[str] = field(default_factory=set)
    chats: set[str] = field(default_factory=set)
    stories: set[str] = field(default_factory=set)
    aliases: set[str] = field(default_factory=set)


def needs(batch: Iterable[tuple[str, Any]]) -> Needs:
    """What a batch of (entry id, fact) is about."""
    found = Needs()
    for _, event in batch:
        kind = type(event)
        if event.chat:
            found.chats.add(event.chat)
        found.messages.update(about(event))
        if kind is e.MessageReceived:
            found.messages.add(EARLY + event.message_id)
        elif kind is e.SendRequested and event.causation_id:
            found.messages.add(event.causation_id)
        elif kind in _CHANGED:
            found.aliases.add(event.message_id)
            found.messages.add(EARLY + event.message_id)
        if (story := stories.of(event)) is not None:
            found.stories.add(story)
    return found


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


class Working:
    """The states that a batch needs, and what it changes of them. None: it was looked for, and there is none."""

    def __init__(self) -> None:
        self.messages: dict[str, MessageState | None] = {}
        self.chats: dict[str, ChatState | None] = {}
        self.stories: dict[str, str] = {}
        self.aliases: dict[str, str] = {}
        self.connection = ConnectionState()
        self.begin()

    def begin(self) -> None:
        """What was changed is written: the next batch begins."""
        self.messages_before: dict[str, MessageState | None] = {}
        self.chats_before: dict[str, ChatState | None] = {}
        self.new_aliases: dict[str, str] = {}
        self.new_stories: set[str] = set()
        self.tally: Counter[str] = Counter()
        self.connection_before = self.connection

    def fold(self, entry: str, event: Any) -> None:
        """Fold one fact in. A type that is not known here changes nothing."""
        kind = type(event)
        if kind is e.MessageReceived:
            self._received(event)
        elif kind is e.SendRequested:
            self._requested(event)
        elif kind is e.ReplyDrafted:
            self._drafted(event)
        elif kind in _CHANGED:
            self._changed(event, messages.edited if kind is e.MessageEdited else messages.revoked)
        elif (rule := _OF_MESSAGE.get(kind)) is not None:
            self._told(event, *rule)
        elif kind is e.HandoffRequested:
            self._wanted(event)
        elif kind is e.ConnectionChanged:
            self.connection = connection.fold(self.connection, event)
        if event.chat and (of_chat := _CHAT.get(kind)) is not None:
            self._keep_chat(event.chat, of_chat(self._chat(event.chat), event))
        self._note(entry, event)

    # ── one kind of fact each ──────────────────────────────────────────────────────────────────────────────────────
    def _received(self, event: e.MessageReceived) -> None:
        before = self._message(event.id)
        after = messages.received(before, event)
        if (told := self.messages.get(EARLY + event.message_id)) is not None and not before.listed:
            after = messages.early(after, told)
        if event.message_id:
            self._alias(event.message_id, event.id)
        self._step(before, after, _RECEIVED)

    def _requested(self, event: e.SendRequested) -> None:
        before = self._message(event.id)
        after = delivery.requested(before, event)
        cause = self.messages.get(event.causation_id or "")
        if cause is not None and cause.answerer and not after.by:
            after = replace(after, by=cause.answerer)
        self._step(before, after, _REQUESTED)

    def _drafted(self, event: e.ReplyDrafted) -> None:
        for at, id_ in enumerate(about(event)):
            before = self._message(id_)
            if at == 0:
                usage.count(self.tally, before, event)
            self._step(before, messages.drafted(before, event), _DRAFTED)

    def _told(self, event: Any, rule: Callable[[MessageState, Any], MessageState], stamps: tuple[str, ...]) -> None:
        for id_ in about(event):
            before = self._message(id_)
            after = rule(before, event)
            if not after.chat and event.chat:
                after = replace(after, chat=event.chat)
            if after.message_id != before.message_id:
                self._alias(after.message_id, id_)
            self._step(before, after, stamps)

    def _changed(self, event: Any, rule: Callable[[MessageState, Any], MessageState]) -> None:
        id_ = self.aliases.get(event.message_id) or EARLY + event.message_id
        before = self._message(id_)
        self._step(before, rule(before, event), ())

    def _wanted(self, event: e.HandoffRequested) -> None:
        state = self._chat(event.chat)
        if state.handoff != event.id:
            self.tally[f"{event.recorded_at // days.DAY_MS} handoffs"] += 1
            self._keep_chat(event.chat, conversations.wanted(state, event))

    def _note(self, entry: str, event: Any) -> None:
        """Write it down in its story."""
        story = stories.of(event)
        if story is None and type(event) in _CHANGED:
            message = self.messages.get(self.aliases.get(event.message_id, ""))
            story = message.story if message else None
        if story:
            self.stories[story] = stories.with_step(self.stories.get(story, ""), entry)
            self.new_stories.add(story)

    # ── states ─────────────────────────────────────────────────────────────────────────────────────────────────────
    def _message(self, id_: str) -> MessageState:
        return self.messages.get(id_) or MessageState(id_)

    def _chat(self, chat: str) -> ChatState:
        return self.chats.get(chat) or ChatState(chat)

    def _alias(self, message_id: str, id_: str) -> None:
        if self.aliases.get(message_id) != id_:
            self.aliases[message_id] = self.new_aliases[message_id] = id_

    def _step(self, before: MessageState, after: MessageState, stamps: tuple[str, ...]) -> None:
        if after is before:
            return
        self.messages_before.setdefault(after.id, self.messages.get(after.id))
        self.messages[after.id] = after
        days.count(self.tally, before, after, stamps)
        if after.chat:
            self._keep_chat(after.chat, conversations.heard(self._chat(after.chat), before, after))

    def _keep_chat(self, chat: str, state: ChatState) -> None:
        known = self.chats.get(chat)
        if state is not known and chat:
            self.chats_before.setdefault(chat, known)
            self.chats[chat] = state
