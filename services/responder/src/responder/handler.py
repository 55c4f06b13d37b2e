"""What becomes of a patient's turn?"""

from dataclasses import dataclass, replace

from clinic.language import detect
from responder.answerer import Answer
from responder.answering import Found
from responder.chat import ChatState, Memory, Pace, Turn, interrupted, silenced
from responder.chat.turn import pause_left
from responder.library import REFRESH_S, Library
from responder.question import served_first
from responder.replying import Replying
from responder.soon import Asked, Soon
from responder.turning import Turning
from shared.clock import Clock
from shared.errors import Reject
from shared.events import EntryDeadLettered, MessageEdited, MessageReceived, MessageRevoked, following
from shared.streams.broken import BrokenKey
from shared.streams.delivery import Delivery, Done, Hold, Owner, Wait
from shared.telemetry.tracing import Traced


@dataclass(frozen=True)
class AnswerHandler:
    """The responder's part in the consumer loop."""

    library: Library
    memory: Memory
    turning: Turning
    soon: Soon
    clock: Clock
    pace: Pace
    reply_ttl_s: int
    counts_tries: bool = False
    takes_turns: bool = True

    async def admit(self, delivery: Delivery, _owner: Owner) -> Delivery | Wait | Done | Hold:
        """A turn begins when the patient has paused, and somebody can answer for the instance."""
        if self.library.why_waiting(delivery.event.instance):
            return Wait(REFRESH_S, "lane")
        left = pause_left(delivery, self.pace) if self.pace.shortest and not delivery.entry.claimed else 0.0
        return delivery if left <= 0 else Wait(left, "chat")

    async def handle(self, delivery: Delivery, span: Traced) -> Done | Hold:
        """The turn's answer as a draft and a send, or the reason why there is none."""
        event = delivery.event
        if not isinstance(event, MessageReceived | MessageEdited | MessageRevoked):
            raise Reject(f"a {type(event).__name__} does not belong on the inbound stream")
        turn = Turn.of(delivery)
        if not turn.messages:  # edits of what was answered before, or all was deleted
            replying = Replying(turn, self.clock.now_ms(), span.traceparent)
            return replying.suppressed("revoked") if turn.revoked else Done(turn=True)
        clinic, knowledge = self.library.for_instance(event.instance)
        state = await self.memory.of(event.instance, event.chat)
        work = self.turning.turned(turn, state, clinic, knowledge, span.traceparent)
        vip = served_first(event.chat, state, clinic)
        language = detect(turn.text, default=state.language or clinic.language, among=clinic.languages)
        return await self.soon.accompany(work, Asked(delivery, turn, clinic, language, vip))

    async def exhausted(self, delivery: Delivery, reason: str) -> Done:
        """A dead letter and a person; and the clinic's word that a person sees to it, unless staff have the chat."""
        event, now = delivery.event, self.clock.now_ms()
        fact = following(
            EntryDeadLettered, event, "dead", now,
            stream=delivery.entry.stream, entry_id=delivery.entry.id, reason=reason, attempts=delivery.progress.count,
        )  # fmt: skip
        if not isinstance(event, MessageReceived) or event.author != "patient":
            return Done((fact,), dead=reason)
        replying = Replying(Turn((event,)), now, event.traceparent or "")
        handoff = replying.handoff("no answer could be made")
        marks = (interrupted(event.instance, event.chat, now),)
        try:
            state = await self.memory.of(event.instance, event.chat)
        except BrokenKey:  # nobody can tell whether staff have the chat
            return Done((fact, handoff), marks=marks, dead=reason)
        if why := silenced(state, now, staff_pause_ms=self.turning.staff_pause_ms):
            return Done((fact, *replying.suppressed(why).facts, handoff), marks=marks, dead=reason)
        reply = replying.reply(
            self._by_a_person(event), ChatState(), vip=False, ttl_s=self.reply_ttl_s, facts=(fact, handoff)
        )
        return replace(reply, states=(), marks=marks, dead=reason, turn=False)

    def _by_a_person(self, event: MessageReceived) -> Found:
        clinic, _ = self.library.for_instance(event.instance)
        language = detect(event.text, default=clinic.language, among=clinic.languages)
        said = Answer(
            text=clinic.fallbacks.person.say(language), language=language, kind="person",
            sources=(clinic.source("fallbacks.person"),), confidence=1.0, wants_person=True,
        )  # fmt: skip
        return Found(said)
