"""What is written down when a turn is answered, or is not?"""

from collections.abc import Sequence

import msgspec

from responder import model as models
from responder.answering import Found
from responder.chat import ChatState, Turn, interrupted, stored
from responder.model import ToolCall
from shared.events import (
    AppointmentRequested,
    Event,
    HandoffRequested,
    MessageHeard,
    MessageReceived,
    OptoutRecorded,
    ReplyDrafted,
    ReplySuppressed,
    SendRequested,
    Text,
    following,
    split_text,
)
from shared.streams import keys
from shared.streams.delivery import Done, Mark, Work

OPTOUT_LIFE_MS = 10 * 365 * 86_400_000  # longer than any chat is remembered: a no is a no


class Replying:
    """Makes the events that follow from one turn, at one moment."""

    def __init__(self, turn: Turn, now_ms: int, traceparent: str) -> None:
        self._turn = turn
        self._now = now_ms
        self._trace = traceparent

    def suppressed(self, why: str, *, interrupts: bool = False) -> Done:
        """No reply, and why. What `interrupts` is remembered to have been said after the last reply."""
        cause = (*self._turn.messages, *self._turn.revoked)[0]
        ids = self._turn.ids
        fact = following(ReplySuppressed, cause, "suppressed", self._now, self._trace, answers=ids, why=why)
        marks = (interrupted(cause.instance, cause.chat, self._now),) if interrupts else ()
        return Done((fact,), marks=marks, turn=True)

    def reply(
        self,
        found: Found,
        state: ChatState,
        *,
        vip: bool,
        ttl_s: int,
        facts: Sequence[Event] = (),
        work: Sequence[Work] = (),
    ) -> Done:
        """The draft, the sends that carry it out, and the chat's new state, in one commit."""
        cause, said = self._turn.messages[0], found.answer
        draft = following(
            ReplyDrafted, cause, "reply", self._now, self._trace,
            answers=self._turn.ids, text=said.text, language=said.language, decision=said.kind,
            sources=said.sources, confidence=said.confidence, answered_by=found.by,
            tokens=found.tokens, cost_usd=found.cost_usd,
        )  # fmt: skip
        sends = self._sends(said.text, vip=vip, ttl_s=ttl_s)
        stream = (keys.outbound_vip if vip else keys.outbound)(cause.instance)
        kept = msgspec.structs.replace(
            state.said(self._turn.text, said.text, self._now),
            spoke_at=self._now,
            language=said.language,
            read_back=found.read_back,
        )
        states = (stored(cause.instance, cause.chat, kept),) if cause.chat else ()
        sent = tuple(Work(stream, send) for send in sends)
        return Done((draft, *sends, *facts), work=(*sent, *work), states=states, turn=True)

    def _sends(self, text: str, *, vip: bool, ttl_s: int) -> list[SendRequested]:
        """One send; more, in order, for a text that is too long for one message."""
        last = self._turn.last
        return [
            following(
                SendRequested, self._turn.messages[0], f"send/{n}" if n else "send", self._now, self._trace,
                to=last.reply_to, content=Text(text=part), send_class="reply", vip=vip,
                expires_at=self._now + ttl_s * 1000, asked_at=None if n else last.recorded_at,
            )
            for n, part in enumerate(split_text(text))
        ]  # fmt: skip

    def heard(self, message: MessageReceived, text: str, by: str) -> MessageHeard:
        """What a file says, for the record and for staff."""
        return following(
            MessageHeard, message, "heard", self._now, self._trace,
            message_id=message.message_id, medium=message.kind, text=text, by=by,
        )  # fmt: skip

    def handoff(self, why: str, *, urgent: bool = False) -> HandoffRequested:
        """A person is asked to take over."""
        return following(
            HandoffRequested, self._turn.messages[0], "handoff", self._now, self._trace, why=why, urgent=urgent
        )

    def of_tool(self, tool: ToolCall) -> Event | None:
        """The event that carries out what the model asked for in this chat; None when the hand-off says it all."""
        cause = self._turn.messages[0]
        match tool:
            case models.AppointmentRequested():
                return following(
                    AppointmentRequested, cause, "appointment", self._now, self._trace,
                    service=tool.service, day=tool.day.isoformat(), period=tool.period, name=tool.name,
                    service_id=tool.service_id,
                )  # fmt: skip
            case models.ReminderChange():
                why = f"{tool.action} the appointment"
                return following(HandoffRequested, cause, "reminder", self._now, self._trace, why=why)
            case _:
                return None

    def optout(self, opted_out: bool) -> OptoutRecorded:
        """The patient's word on proactive messages."""
        cause = self._turn.messages[0]
        words = self._turn.text[:200]
        return following(OptoutRecorded, cause, "optout", self._now, self._trace, opted_out=opted_out, words=words)

    def optout_marks(self, opted_out: bool) -> tuple[Mark, ...]:
        """The same, where the sender looks before it sends what nobody asked for. It goes before all earlier words."""
        i, chat = self._turn.messages[0].instance, self._turn.messages[0].chat
        word = Mark(keys.opted_out(i, chat), "1" if opted_out else "0", OPTOUT_LIFE_MS)
        return (word, *(Mark(key, "", 0) for key in keys.opted_out_by_spelling(i, chat)))
