"""What is written down when a turn is answered, or is not?"""

from collections.abc import Sequence

import msgspec

from responder.answerer import Answer
from responder.chat import ChatState, Turn, stored
from shared.events import (
    Event,
    HandoffRequested,
    OptoutRecorded,
    ReplyDrafted,
    ReplySuppressed,
    SendRequested,
    Text,
    following,
)
from shared.streams import keys
from shared.streams.delivery import Done, Work


class Replying:
    """Makes the events that follow from one turn, at one moment."""

    def __init__(self, turn: Turn, now_ms: int, traceparent: str) -> None:
        self._turn = turn
        self._now = now_ms
        self._trace = traceparent

    def suppressed(self, why: str) -> Done:
        """No reply, and why."""
        cause = self._turn.messages[0]
        ids = self._turn.ids
        fact = following(ReplySuppressed, cause, "suppressed", self._now, self._trace, answers=ids, why=why)
        return Done((fact,), turn=True)

    def reply(
        self,
        found: Answer,
        state: ChatState,
        *,
        vip: bool,
        ttl_s: int,
        facts: Sequence[Event] = (),
        by: str = "embedded",
    ) -> Done:
        """The draft, the send that carries it out, and the chat's new state, in one commit."""
        cause = self._turn.messages[0]
        draft = following(
            ReplyDrafted, cause, "reply", self._now, self._trace,
            answers=self._turn.ids, text=found.text, language=found.language, decision=found.kind,
            sources=found.sources, confidence=found.confidence, answered_by=by,
        )  # fmt: skip
        send = following(
            SendRequested, cause, "send", self._now, self._trace,
            to=self._turn.last.reply_to, content=Text(text=found.text), send_class="reply", vip=vip,
            expires_at=self._now + ttl_s * 1000, asked_at=self._turn.last.recorded_at,
        )  # fmt: skip
        stream = (keys.outbound_vip if vip else keys.outbound)(cause.instance)
        kept = msgspec.structs.replace(
            state,
            spoke_at=self._now,
            language=found.language,
            recent=state.said(self._turn.text, found.text, self._now),
        )
        states = (stored(cause.instance, cause.chat, kept),) if cause.chat else ()
        return Done((draft, send, *facts), work=(Work(stream, send),), states=states, turn=True)

    def handoff(self, why: str, *, urgent: bool = False) -> HandoffRequested:
        """A person is asked to take over."""
        return following(
            HandoffRequested, self._turn.messages[0], "handoff", self._now, self._trace, why=why, urgent=urgent
        )

    def optout(self, opted_out: bool) -> OptoutRecorded:
        """The patient's word on proactive messages."""
        cause = self._turn.messages[0]
        words = self._turn.text[:200]
        return following(OptoutRecorded, cause, "optout", self._now, self._trace, opted_out=opted_out, words=words)
