"""What does a batch of facts change? Facts in, states out; what must be known beforehand is asked for by `needs`."""

from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple

from msgspec.structs import replace

from admin.views.folding import connection, conversations, days, delivery, messages, stories, usage
from admin.views.folding.names import kept
from admin.views.folding.rules import CHANGED, EARLY, OF_CHAT, OF_MESSAGE, OF_SEND, about
from admin.views.folding.state import ChatState, ConnectionState, MessageState
from shared import events as e

_RECEIVED, _DRAFTED, _REQUESTED = ("received_at",), ("drafted_at",), ("requested_at", "asked_at")


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
        self.tally: days.Tally = Counter()
        self.connection_before = self.connection

    def fold(self, entry: str, event: Any) -> None:
        """Fold one fact in. A type that is not known here changes nothing."""
        if (todo := _TODO.get(type(event))) is None:
            return
        if todo.step is not None:
            self._step_of(event.send_id, event, *todo.step)
        elif todo.rule is not None:
            todo.rule(self, event)
        if todo.is_told:
            self._note(entry, event.correlation_id or event.id)
        if todo.of_chat is not None and event.chat:
            self._keep_chat(todo.of_chat(self._chat(event.chat), event))
        if todo.is_change:
            message = self.messages.get(self.aliases.get(event.message_id, ""))
            self._note(entry, message.story if message else "")

    # ── one kind of fact each ──────────────────────────────────────────────────────────────────────────────────────
    def _received(self, event: e.MessageReceived) -> None:
        before = self._message(event.id)
        after = messages.received(before, event)
        if (told := self.messages.get(EARLY + event.message_id)) is not None and not before.listed:
            after = messages.early(after, told)
        if event.message_id:
            self._alias(event.message_id, event.id)
        self._step(before, after, _RECEIVED)
        if event.chat:
            self._keep_chat(conversations.called(self._chat(event.chat), event.chat))

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

    def _told(self, event: Any) -> None:
        for id_ in about(event):
            self._step_of(id_, event, *OF_MESSAGE[type(event)])

    def _step_of(
        self, id_: str, event: Any, rule: Callable[[MessageState, Any], MessageState], stamps: tuple[str, ...]
    ) -> None:
        before = self._message(id_)
        after = rule(before, event)
        if not after.chat and event.chat:
            after = replace(after, chat=event.chat)
        if after.message_id != before.message_id:
            self._alias(after.message_id, id_)
        self._step(before, after, stamps)

    def _connected(self, event: e.ConnectionChanged) -> None:
        self.connection = connection.fold(self.connection, event)

    def _changed(self, event: Any) -> None:
        rule = messages.edited if type(event) is e.MessageEdited else messages.revoked
        id_ = self.aliases.get(event.message_id) or EARLY + event.message_id
        before = self._message(id_)
        self._step(before, rule(before, event), ())

    def _wanted(self, event: e.HandoffRequested) -> None:
        state = self._chat(event.chat)
        if state.handoff != event.id:
            self.tally[event.recorded_at // days.DAY_MS, "handoffs"] += 1
            self._keep_chat(conversations.wanted(state, event))

    def _note(self, entry: str, story: str) -> None:
        """Write it down in its story."""
        if story:
            self.stories[story] = stories.with_step(self.stories.get(story, ""), entry)
            self.new_stories.add(story)

    # ── states ─────────────────────────────────────────────────────────────────────────────────────────────────────
    def _message(self, id_: str) -> MessageState:
        return self.messages.get(id_) or MessageState(id_)

    def _chat(self, name: str) -> ChatState:
        chat = kept(name)
        return self.chats.get(chat) or ChatState(chat, called="" if name == chat else name)

    def _alias(self, message_id: str, id_: str) -> None:
        if self.aliases.get(message_id) != id_:
            self.aliases[message_id] = self.new_aliases[message_id] = id_

    def _step(self, before: MessageState, after: MessageState, stamps: tuple[str, ...]) -> None:
        if after is before:
            return
        if after.chat != before.chat and after.chat != (chat := kept(after.chat)):
            after = replace(after, chat=chat, called=after.chat)
        id_ = after.id
        if id_ not in self.messages_before:
            self.messages_before[id_] = self.messages.get(id_)
        self.messages[id_] = after
        days.count(self.tally, before, after, stamps)
        if name := after.chat:
            state = self.chats.get(name) or ChatState(name, called=after.called)
            self._keep_chat(conversations.heard(state, before, after))

    def _keep_chat(self, state: ChatState) -> None:
        chat = state.chat
        known = self.chats.get(chat)
        if state is not known and chat:
            if chat not in self.chats_before:
                self.chats_before[chat] = known
            self.chats[chat] = state


class _Todo(NamedTuple):
    """What a type of fact does to the states."""

    step: tuple[Callable[[MessageState, Any], MessageState], tuple[str, ...]] | None
    """Of the message that its `send_id` names: a rule, and the stamps that it may set."""
    rule: Callable[[Working, Any], None] | None
    of_chat: Callable[[ChatState, Any], ChatState] | None
    is_told: bool
    """Whether it is a step of a story."""
    is_change: bool
    """Whether its author changed a message."""


_RULES: dict[type[Any], Callable[[Working, Any], None]] = {
    **dict.fromkeys(OF_MESSAGE, Working._told),
    e.MessageReceived: Working._received,
    e.SendRequested: Working._requested,
    e.ReplyDrafted: Working._drafted,
    e.MessageEdited: Working._changed,
    e.MessageRevoked: Working._changed,
    e.HandoffRequested: Working._wanted,
    e.ConnectionChanged: Working._connected,
}
_TODO = {
    kind: _Todo(
        OF_MESSAGE[kind] if kind in OF_SEND else None,
        _RULES.get(kind), OF_CHAT.get(kind), kind in stories.TOLD, kind in CHANGED,
    )
    for kind in {*_RULES, *OF_CHAT, *stories.TOLD}
}  # fmt: skip
IGNORED = frozenset(e.TYPES.values()) - _TODO.keys()
"""Types of facts that change nothing here."""
