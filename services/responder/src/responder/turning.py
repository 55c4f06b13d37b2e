"""What is done about a turn, once it is decided?"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import msgspec

from clinic import Clinic, Language, hours
from clinic.knowledge import Knowledge
from clinic.language import detect
from responder.answerer import Answer, alarming, lexicon
from responder.answering import Found, find
from responder.chat import (
    Ask,
    ChatState,
    Decision,
    HandOff,
    Hear,
    Ignore,
    Memory,
    Opt,
    Turn,
    conclude,
    decide,
    silenced,
)
from responder.chat.decide import SILENT_KINDS
from responder.chat.opting import confirmation, opting_among
from responder.context import Gathering
from responder.hearing import Hearing, with_words
from responder.question import Question
from responder.replying import Replying
from shared.clock import Clock
from shared.events import AppointmentRequested, Event
from shared.streams import keys
from shared.streams.delivery import Done, Work
from shared.telemetry import metrics


@dataclass(frozen=True)
class Turning:
    """Carries out decisions."""

    gathering: Gathering
    hearing: Hearing
    memory: Memory
    clock: Clock
    reply_ttl_s: int
    staff_pause_ms: int

    async def turned(
        self, turn: Turn, state: ChatState, clinic: Clinic, knowledge: Knowledge, traceparent: str
    ) -> Done:
        """The turn's end, worked out now."""
        now = self.clock.now_ms()
        local = dt.datetime.fromtimestamp(now / 1000, ZoneInfo(clinic.timezone))
        question = Question("", turn, state, clinic, knowledge, local)
        decision = decide(
            turn, state, now, staff_pause_ms=self.staff_pause_ms, readable=self.hearing.kinds
        )  # fmt: skip
        if isinstance(decision, Hear):
            return await self._heard(question, decision, now, traceparent)
        return await self._done(question, decision, Replying(turn, now, traceparent))

    async def _heard(self, question: Question, hear: Hear, now: int, traceparent: str) -> Done:
        """Put files into words, then decide again; what was heard is recorded with the turn."""
        language = question.state.language or question.clinic.language
        words = await self.hearing.of(hear.messages, question, language)
        turn = with_words(question.turn, words)
        replying = Replying(turn, now, traceparent)
        facts = [
            replying.heard(one, words[one.id], self.hearing.by(one.kind)) for one in hear.messages if one.id in words
        ]
        decision = decide(turn, question.state, now, staff_pause_ms=self.staff_pause_ms)
        done = await self._done(msgspec.structs.replace(question, turn=turn), decision, replying)
        return replace(done, facts=(*facts, *done.facts))

    async def _done(self, question: Question, decision: Decision, replying: Replying) -> Done:
        match decision:
            case Ignore(why=why):
                metrics.DECISIONS.labels("ignored").inc()
                return self._unanswered(replying, question, why)
            case HandOff(why=why):
                return self._reply(replying, question, Found(_by_a_person(question, why), why=why))
            case Opt(way=way, beside=beside):
                return self._opt(replying, question, way == "out", beside)
            case Ask(question=text, unread=unread):
                return await self._answer(replying, msgspec.structs.replace(question, text=text), unread)
        raise AssertionError(f"{decision} was to be heard first")

    def _unanswered(self, replying: Replying, question: Question, why: str) -> Done:
        """Silence; but a word on proactive messages counts, and an emergency is told to staff, whoever is quiet."""
        done, text = replying.suppressed(why, interrupts=why not in SILENT_KINDS), question.turn.text
        if alarming(text, lexicon(question.clinic, question.knowledge)):
            return replace(done, facts=(*done.facts, replying.handoff("emergency", urgent=True)))
        way, _ = opting_among([one.text for one in question.turn.messages if one.text.strip()])
        if not way:
            return done
        marks = (*done.marks, replying.optout_mark(way == "out"))
        return replace(done, facts=(*done.facts, replying.optout(way == "out")), marks=marks)

    async def _answer(self, replying: Replying, question: Question, unread: bool) -> Done:
        found = await find(question, self.gathering)
        if found.state is not None and (why := await self._silenced_meanwhile(question)):
            metrics.DECISIONS.labels("ignored").inc()
            done = replying.suppressed(why, interrupts=True)
            called = (replying.handoff(found.why, urgent=True),) if found.urgent else ()
            return replace(done, facts=(*done.facts, *called))
        return self._reply(replying, question, found, unread=unread)

    async def _silenced_meanwhile(self, question: Question) -> str:
        """A model takes seconds, in which staff may have taken over."""
        message = question.turn.last
        state = await self.memory.of(message.instance, message.chat)
        return silenced(state, self.clock.now_ms(), staff_pause_ms=self.staff_pause_ms)

    def _reply(self, replying: Replying, question: Question, found: Found, *, unread: bool = False) -> Done:
        end = conclude(
            found.answer, found.state or question.state, question.clinic, question=question.text,
            is_open=hours.open_until(question.clinic, question.now) is not None, unread=unread, urgent=found.urgent,
            why=found.why,
        )  # fmt: skip
        metrics.DECISIONS.labels(end.answer.kind).inc()
        calls = [event for tool in found.calls if (event := replying.of_tool(tool)) is not None]
        work = _to_the_clinic(question, calls)
        why = end.why or ("appointment" if _asks_for_one(calls) and not work else "")
        handoff = [replying.handoff(why, urgent=end.urgent)] if why else []
        kept = msgspec.structs.replace(end.state, model_asks=found.by != "embedded" and "?" in end.answer.text)
        return replying.reply(
            replace(found, answer=end.answer), kept, vip=question.vip, ttl_s=self.reply_ttl_s,
            facts=[*calls, *handoff], work=work,
        )  # fmt: skip

    def _opt(self, replying: Replying, question: Question, out: bool, beside: bool) -> Done:
        clinic, state = question.clinic, question.state
        language = detect(question.turn.text, default=state.language or clinic.language, among=clinic.languages)
        said = confirmation("out" if out else "in", language)
        found = Answer(text=said, language=language, kind="thanks", sources=(), confidence=1.0, wants_person=False)
        metrics.DECISIONS.labels("optout" if out else "optin").inc()
        kept = msgspec.structs.replace(state, opted_out=out, asked="", offered_person=False)
        facts = [replying.optout(out), *([replying.handoff("beside an opt-out")] if beside else [])]
        done = replying.reply(Found(found), kept, vip=question.vip, ttl_s=self.reply_ttl_s, facts=facts)
        return replace(done, marks=(replying.optout_mark(out),))


def _by_a_person(question: Question, why: str) -> Answer:
    clinic = question.clinic
    language: Language = question.state.language or clinic.language
    media = clinic.fallbacks.media if why == "media" else None
    said, field = (media, "fallbacks.media") if media else (clinic.fallbacks.person, "fallbacks.person")
    return Answer(
        text=said.say(language), language=language, kind="person", sources=(clinic.source(field),), confidence=1.0,
        wants_person=True,
    )  # fmt: skip


def _asks_for_one(calls: Sequence[Event]) -> bool:
    return any(isinstance(event, AppointmentRequested) for event in calls)


def _to_the_clinic(question: Question, calls: Sequence[Event]) -> list[Work]:
    """Appointment requests go to the clinic's own system, if its file names one."""
    if question.clinic.appointments is None:
        return []
    stream = keys.appointments(question.turn.last.instance)
    return [Work(stream, event) for event in calls if isinstance(event, AppointmentRequested)]
