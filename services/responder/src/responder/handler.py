"""What is a patient's message answered with?"""

import datetime as dt
import time
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from responder.answerer import Answer, answer
from responder.clinic import Clinic
from responder.library import Library
from shared.clock import Clock
from shared.errors import Reject
from shared.events import (
    EntryDeadLettered,
    Event,
    HandoffRequested,
    MessageReceived,
    ReplyDrafted,
    ReplySuppressed,
    SendRequested,
    Text,
    following,
)
from shared.streams import keys
from shared.streams.delivery import Delivery, Done, Hold, Owner, Wait, Work
from shared.telemetry import metrics
from shared.telemetry.tracing import Traced

SILENT_KINDS = frozenset({"reaction", "sticker", "poll"})


@dataclass(frozen=True)
class AnswerHandler:
    """The responder's part in the consumer loop."""

    library: Library
    clock: Clock
    reply_ttl_s: int
    counts_tries: bool = False

    async def admit(self, delivery: Delivery, _owner: Owner) -> Delivery | Wait | Done | Hold:
        """Every message may begin at once."""
        return delivery

    async def handle(self, delivery: Delivery, span: Traced) -> Done | Hold:
        """The answer as a draft and a send, or the reason why there is none."""
        message = delivery.event
        if not isinstance(message, MessageReceived):
            raise Reject(f"a {type(message).__name__} does not belong on the inbound stream")
        if message.author != "patient" or message.kind in SILENT_KINDS:
            return self._suppress(message, span, "staff" if message.author == "staff" else message.kind)
        started = time.monotonic()
        found = self._answer(message)
        metrics.ANSWER_SECONDS.labels("embedded").observe(time.monotonic() - started)
        metrics.DECISIONS.labels(found.kind).inc()
        return self._reply(message, span, found)

    def exhausted(self, delivery: Delivery, reason: str) -> Done:
        """A dead letter, and a person is asked to look after the patient."""
        event, now = delivery.event, self.clock.now_ms()
        fact = following(
            EntryDeadLettered, event, "dead", now,
            stream=delivery.entry.stream, entry_id=delivery.entry.id, reason=reason, attempts=delivery.progress.count,
        )  # fmt: skip
        handoff = following(HandoffRequested, event, "handoff", now, why="no answer could be made")
        return Done((fact, handoff), dead=reason)

    def _answer(self, message: MessageReceived) -> Answer:
        clinic, knowledge = self.library.for_instance(message.instance)
        if not message.text.strip():
            return _cannot_read(clinic)
        now = dt.datetime.fromtimestamp(self.clock.now_ms() / 1000, ZoneInfo(clinic.timezone))
        return answer(message.text, clinic=clinic, knowledge=knowledge, now=now)

    def _reply(self, message: MessageReceived, span: Traced, found: Answer) -> Done:
        now, trace = self.clock.now_ms(), span.traceparent
        draft = following(
            ReplyDrafted, message, "reply", now, trace,
            answers=(message.id,), text=found.text, language=found.language, decision=found.kind,
            sources=found.sources, confidence=found.confidence,
        )  # fmt: skip
        send = self._send(message, trace, found, now)
        facts: list[Event] = [draft, send]
        if found.wants_person:
            urgent = found.kind == "emergency"
            facts.append(following(HandoffRequested, message, "handoff", now, trace, why=found.kind, urgent=urgent))
        stream = (keys.outbound_vip if send.vip else keys.outbound)(message.instance)
        return Done(facts, work=(Work(stream, send),))

    def _send(self, message: MessageReceived, trace: str, found: Answer, now: int) -> SendRequested:
        clinic, _ = self.library.for_instance(message.instance)
        return following(
            SendRequested, message, "send", now, trace,
            to=message.reply_to, content=Text(text=found.text), send_class="reply", vip=message.chat in clinic.vips,
            expires_at=now + self.reply_ttl_s * 1000, asked_at=message.recorded_at,
        )  # fmt: skip

    def _suppress(self, message: MessageReceived, span: Traced, why: str) -> Done:
        metrics.DECISIONS.labels("ignored").inc()
        now = self.clock.now_ms()
        fact = following(ReplySuppressed, message, "suppressed", now, span.traceparent, answers=(message.id,), why=why)
        return Done((fact,))


def _cannot_read(clinic: Clinic) -> Answer:
    """A voice note, a picture: nothing that can be read here, and never silence."""
    said = clinic.fallbacks.media or clinic.fallbacks.person
    return Answer(
        text=said.say(clinic.language), language=clinic.language, kind="person",
        sources=(clinic.source("fallbacks.media"),), confidence=1.0, wants_person=True,
    )  # fmt: skip
