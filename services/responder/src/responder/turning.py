"""What is done about a turn, once it is decided?"""

import datetime as dt
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import msgspec

from clinic import Clinic
from clinic.knowledge import Knowledge
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
    decide,
    silenced,
)
from responder.context import Gathering
from responder.endings import answered, by_a_person, opted, unanswered
from responder.hearing import Hearing, with_words
from responder.question import Question
from responder.replying import Replying
from shared.clock import Clock
from shared.streams.delivery import Done
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
        question = Question("", turn, state.lately(now), clinic, knowledge, local)
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
                return unanswered(replying, question, why)
            case HandOff(why=why):
                return answered(replying, question, Found(by_a_person(question, why), why=why), self.reply_ttl_s)
            case Opt(way=way, beside=beside):
                return opted(replying, question, self.reply_ttl_s, out=way == "out", beside=beside)
            case Ask(question=text, unread=unread):
                return await self._answer(replying, msgspec.structs.replace(question, text=text), unread)
        raise AssertionError(f"{decision} was to be heard first")

    async def _answer(self, replying: Replying, question: Question, unread: bool) -> Done:
        found = await find(question, self.gathering)
        if found.state is not None and (why := await self._silenced_meanwhile(question)):
            metrics.DECISIONS.labels("ignored").inc()
            done = replying.suppressed(why, interrupts=True)
            called = (replying.handoff(found.why, urgent=True),) if found.urgent else ()
            return replace(done, facts=(*done.facts, *called))
        return answered(replying, question, found, self.reply_ttl_s, unread=unread)

    async def _silenced_meanwhile(self, question: Question) -> str:
        """A model takes seconds, in which staff may have taken over."""
        message = question.turn.last
        state = await self.memory.of(message.instance, message.chat)
        return silenced(state, self.clock.now_ms(), staff_pause_ms=self.staff_pause_ms)
