"""What becomes of a patient's turn?"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec

from clinic import Clinic
from clinic.language import detect
from responder.answerer import Answer
from responder.answering import Found, Question, find
from responder.chat import Ask, ChatState, HandOff, Ignore, Opt, Pace, Turn, decide, load_state
from responder.chat.opting import confirmation
from responder.chat.turn import pause_left
from responder.library import Library
from responder.replying import Replying
from responder.uploads import pairs
from shared.clock import Clock
from shared.errors import Reject
from shared.events import EntryDeadLettered, Event, MessageReceived, following
from shared.streams import keys
from shared.streams.delivery import Delivery, Done, Hold, Owner, Wait
from shared.streams.scripts import Scripts
from shared.telemetry import metrics
from shared.telemetry.tracing import Traced

if TYPE_CHECKING:
    from responder.model.model import Model

UNKNOWNS_UNTIL_HANDOFF = 2


@dataclass(frozen=True)
class AnswerHandler:
    """The responder's part in the consumer loop."""

    library: Library
    scripts: Scripts
    clock: Clock
    pace: Pace
    reply_ttl_s: int
    staff_pause_s: int
    model: "Model | None" = None
    counts_tries: bool = False
    takes_turns: bool = True

    async def admit(self, delivery: Delivery, _owner: Owner) -> Delivery | Wait | Done | Hold:
        """A turn begins when the patient has paused."""
        left = pause_left(delivery, self.pace) if self.pace.shortest and not delivery.entry.claimed else 0.0
        return delivery if left <= 0 else Wait(left, "chat")

    async def handle(self, delivery: Delivery, span: Traced) -> Done | Hold:
        """The turn's answer as a draft and a send, or the reason why there is none."""
        message = delivery.event
        if not isinstance(message, MessageReceived):
            raise Reject(f"a {type(message).__name__} does not belong on the inbound stream")
        turn = Turn.of(delivery)
        state = load_state(pairs(await self.scripts.call("HGETALL", keys.chat(message.instance, message.chat))))
        now = self.clock.now_ms()
        replying = Replying(turn, now, span.traceparent)
        clinic, knowledge = self.library.for_instance(message.instance)
        match decide(turn, state, now, staff_pause_ms=self.staff_pause_s * 1000):
            case Ignore(why=why):
                metrics.DECISIONS.labels("ignored").inc()
                return replying.suppressed(why)
            case HandOff(why=why):
                return self._hand_off(replying, state, clinic, turn, why)
            case Opt(way=way):
                return self._opt(replying, state, clinic, turn, way == "out")
            case Ask(question=question):
                local = dt.datetime.fromtimestamp(now / 1000, ZoneInfo(clinic.timezone))
                asked = Question(question, turn, state, clinic, knowledge, local)
                return await self._answer(replying, asked)

    def exhausted(self, delivery: Delivery, reason: str) -> Done:
        """A dead letter; and, since no patient is met with silence, the clinic's word that a person will see to it."""
        event, now = delivery.event, self.clock.now_ms()
        fact = following(
            EntryDeadLettered, event, "dead", now,
            stream=delivery.entry.stream, entry_id=delivery.entry.id, reason=reason, attempts=delivery.progress.count,
        )  # fmt: skip
        if not isinstance(event, MessageReceived) or event.author != "patient":
            return Done((fact,), dead=reason)
        clinic, _ = self.library.for_instance(event.instance)
        said = Answer(
            text=clinic.fallbacks.person.say(clinic.language), language=clinic.language, kind="person",
            sources=(clinic.source("fallbacks.person"),), confidence=1.0, wants_person=True,
        )  # fmt: skip
        replying = Replying(Turn((event,)), now, event.traceparent or "")
        handoff = replying.handoff("no answer could be made")
        reply = replying.reply(Found(said), ChatState(), vip=False, ttl_s=self.reply_ttl_s, facts=(fact, handoff))
        return replace(reply, states=(), dead=reason, turn=False)

    async def _answer(self, replying: Replying, question: Question) -> Done:
        found = await find(question, self.model)
        calls = [event for tool in found.calls if (event := replying.of_tool(tool)) is not None]
        return self._reply(replying, question.state, question.clinic, question.turn, found, question.text, calls)

    def _reply(
        self, replying: Replying, state: ChatState, clinic: Clinic, turn: Turn, found: Found, question: str = "",
        facts: Sequence[Event] = (),
    ) -> Done:  # fmt: skip
        reply = found.answer
        metrics.DECISIONS.labels(reply.kind).inc()
        unknowns = state.unknowns + 1 if reply.kind == "unknown" else 0
        kept = msgspec.structs.replace(
            state,
            asked=question if reply.kind == "ask_back" else "",
            offered_person=reply.kind == "unknown",
            unknowns=unknowns,
        )
        # One unknown only offers a person; the second in a row calls one.
        if (reply.wants_person and reply.kind != "unknown") or unknowns >= UNKNOWNS_UNTIL_HANDOFF:
            facts = [*facts, replying.handoff(reply.kind, urgent=found.urgent)]
        vip = turn.last.chat in clinic.vips
        return replying.reply(found, kept, vip=vip, ttl_s=self.reply_ttl_s, facts=facts)

    def _hand_off(self, replying: Replying, state: ChatState, clinic: Clinic, turn: Turn, why: str) -> Done:
        language = state.language or clinic.language
        media = clinic.fallbacks.media if why == "media" else None
        said = media or clinic.fallbacks.person
        field = "fallbacks.media" if media else "fallbacks.person"
        found = Answer(
            text=said.say(language), language=language, kind="person", sources=(clinic.source(field),),
            confidence=1.0, wants_person=True,
        )  # fmt: skip
        return self._reply(replying, state, clinic, turn, Found(found))

    def _opt(self, replying: Replying, state: ChatState, clinic: Clinic, turn: Turn, out: bool) -> Done:
        language = detect(turn.text, default=state.language or clinic.language, among=clinic.languages)
        said = confirmation("out" if out else "in", language)
        found = Answer(text=said, language=language, kind="thanks", sources=(), confidence=1.0, wants_person=False)
        metrics.DECISIONS.labels("optout" if out else "optin").inc()
        kept = msgspec.structs.replace(state, opted_out=out, asked="", offered_person=False)
        done = replying.reply(
            Found(found), kept, vip=turn.last.chat in clinic.vips, ttl_s=self.reply_ttl_s, facts=[replying.optout(out)]
        )
        return replace(done, marks=(replying.optout_mark(out),))
