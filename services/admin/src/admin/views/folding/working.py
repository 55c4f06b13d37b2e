"""What does a batch of facts change? Facts in, states out; what must be known beforehand is asked for by `needs`."""

from collections import Counter
from collections.abc import Callable
from typing import Any

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
        self._rules: dict[type[Any], Callable[[Any], None]] = {
            **dict.fromkeys(OF_MESSAGE, self._told),
            e.MessageReceived: self._received,
            e.SendRequested: self._requested,
            e.ReplyDrafted: self._drafted,
            e.MessageEdited: self._changed,
            e.MessageRevoked: self._changed,
            e.HandoffRequested: self._wanted,
            e.ConnectionChanged: self._connected,
        }
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
        if kind in OF_SEND:
            self._step_of(event.send_id, event, *OF_MESSAGE[kind])
        elif (rule := self._rules.get(kind)) is not None:
            rule(event)
        if kind in stories.TOLD:
            self._note(entry, event.correlation_id or event.id)
        if event.chat and (of_chat := OF_CHAT.get(kind)) is not None:
            self._keep_chat(of_chat(self._chat(event.chat), event))
        if kind in CHANGED:
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
            self.tally[f"{event.recorded_at // days.DAY_MS} handoffs"] += 1
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
        if after.chat != (chat := kept(after.chat)):
            after = replace(after, chat=chat, called=after.chat)
        self.messages_before.setdefault(after.id, self.messages.get(after.id))
        self.messages[after.id] = after
        days.count(self.tally, before, after, stamps)
        if after.chat:
            state = self._chat(after.called or after.chat)
            self._keep_chat(conversations.heard(state, before, after))

    def _keep_chat(self, state: ChatState) -> None:
        chat = state.chat
        known = self.chats.get(chat)
        if state is not known and chat:
            self.chats_before.setdefault(chat, known)
            self.chats[chat] = state
