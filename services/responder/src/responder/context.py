"""What does the model need to know besides the question? Looked for side by side, and never waited for too long.

Each stage has its own deadline, and what comes late is left out: an answer without it is better than none in time.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar
from weakref import WeakKeyDictionary

import msgspec

from clinic import Clinic, Language
from clinic.knowledge import Hit
from responder.chat.summary import extracted
from responder.meaning import Meanings, fused
from responder.model import Fact, facts_of
from responder.model.budget import account
from responder.question import Question
from shared.telemetry import metrics

if TYPE_CHECKING:
    from responder.model.model import Model

HITS = 5
KNOWLEDGE_S = 0.6  # one call of an embeddings endpoint, at its 99th percentile elsewhere
CONVERSATION_S = 2.0  # one short answer of the model
CLINIC_S = 0.5
FEWEST_OLDER = 6  # lines: a summary for less costs more than it saves

T = TypeVar("T")


@dataclass(frozen=True)
class Context:
    """What was found in time."""

    hits: tuple[Hit, ...] = ()
    facts: tuple[Fact, ...] = ()
    summary: str = ""
    summarised: bool = False
    """`summary` is the model's and has all that is older in it: the chat may remember it instead."""


@dataclass(frozen=True)
class Gathering:
    """Whoever may be asked."""

    model: "Model | None" = None
    meanings: Meanings | None = None

    async def of(self, question: Question, language: Language) -> Context:
        """The context of one question, stage by stage at the same time."""
        hits, facts, (summary, summarised) = await asyncio.gather(
            timely(
                "knowledge", KNOWLEDGE_S, lambda: self._hits(question, language), lambda: _words(question, language)
            ),
            timely("clinic", CLINIC_S, lambda: _facts(question, language), tuple[Fact, ...]),
            timely(
                "conversation", CONVERSATION_S, lambda: self._summary(question, language), lambda: _extract(question)
            ),
        )
        return Context(hits, facts, summary, summarised)

    async def _hits(self, question: Question, language: Language) -> tuple[Hit, ...]:
        by_words = _words(question, language)
        if self.meanings is None:
            return by_words
        by_meaning = await self.meanings.nearest(
            question.knowledge, question.text, (language, question.clinic.language),
            limit=HITS, deadline=time.monotonic() + KNOWLEDGE_S,
            payer=account(question.clinic, question.turn.last.instance, question.now),
        )  # fmt: skip
        return tuple(fused((by_words, by_meaning), HITS))

    async def _summary(self, question: Question, language: Language) -> tuple[str, bool]:
        state = question.state
        if self.model is None or len(state.older) < FEWEST_OLDER:
            return _extract(question)
        made = await self.model.summarise(
            state.summary, [(line.author, line.text) for line in state.older],
            question.clinic, question.turn.last.instance, language, question.now, time.monotonic() + CONVERSATION_S,
        )  # fmt: skip
        return (made, True) if isinstance(made, str) else _extract(question)


async def timely(stage: str, limit_s: float, find: Callable[[], Awaitable[T]], otherwise: Callable[[], T]) -> T:
    """What `find` finds within its time; else, counted, what there is without it."""
    started = time.monotonic()
    try:
        async with asyncio.timeout(limit_s):
            return await find()
    except TimeoutError:
        metrics.CONTEXT_LATE.labels(stage).inc()
        return otherwise()
    finally:
        metrics.ANSWER_SECONDS.labels(stage).observe(time.monotonic() - started)


def _words(question: Question, language: Language) -> tuple[Hit, ...]:
    return tuple(question.knowledge.search(question.text, language, limit=HITS))


def _extract(question: Question) -> tuple[str, bool]:
    return extracted(question.state.summary, question.state.older), False


_known: WeakKeyDictionary[Clinic, dict[tuple[Language, str], tuple[Fact, ...]]] = WeakKeyDictionary()


async def _facts(question: Question, language: Language) -> tuple[Fact, ...]:
    """A clinic's facts, put together once a day, language and version of its files."""
    known, day = _known.setdefault(question.clinic, {}), (language, f"{question.now:%Y%m%d}")
    if day not in known:
        for old in [one for one in known if one[1] != day[1]]:
            del known[old]
        known[day] = facts_of(question.clinic, language, question.now)
    return known[day]


def remembered(question: Question, context: Context) -> Question:
    """The question with the chat's state as it is once the model has summed up what is older."""
    if not context.summarised:
        return question
    state = msgspec.structs.replace(question.state, summary=context.summary, older=())
    return msgspec.structs.replace(question, state=state)
