"""Who answers: the clinic's own words, or the model? And what if the model does not?

Greetings, thanks, emergencies and calls for a person take the fast path. For the rest a model is asked when one is
configured; whatever becomes of it, the embedded answerer's reply is there to fall back on.
"""

import datetime as dt
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from clinic import Clinic
from clinic.knowledge import Knowledge
from responder import model as models
from responder.answerer import Answer, answer
from responder.chat import ChatState, Turn
from responder.model import Answered, Failed
from shared.telemetry import metrics

if TYPE_CHECKING:
    from responder.model.model import Model

FAST = frozenset({"greeting", "thanks", "emergency", "person"})
HITS = 5
MODEL_CONFIDENCE = 0.9  # its reply passed the checks against the clinic's facts; it is still not the clinic's own words


@dataclass(frozen=True)
class Question:
    """What is asked, by whom, and what is known."""

    text: str
    turn: Turn
    state: ChatState
    clinic: Clinic
    knowledge: Knowledge
    now: dt.datetime
    """Aware, in the clinic's timezone."""


@dataclass(frozen=True)
class Found:
    """A reply, who made it, and what else the model asked for."""

    answer: Answer
    by: str = "embedded"
    tokens: int = 0
    cost_usd: float = 0.0
    calls: tuple[models.ToolCall, ...] = ()
    urgent: bool = False


async def find(question: Question, model: "Model | None") -> Found:
    """The reply to a question. Never raises for what the model's endpoint does."""
    started = time.monotonic()
    own = answer(
        question.text, clinic=question.clinic, knowledge=question.knowledge, now=question.now,
        language_hint=question.state.language,
    )  # fmt: skip
    metrics.ANSWER_SECONDS.labels("embedded").observe(time.monotonic() - started)
    if model is None or not model.settings.on or own.kind in FAST:
        return Found(own, urgent=own.kind == "emergency")
    said = await model.answer(_for_model(question, own, model.settings.llm_total_s))
    metrics.ANSWER_SECONDS.labels("model").observe(time.monotonic() - started)
    return _fallen_back(own, said) if isinstance(said, Failed) else _taken(own, said)


def _for_model(question: Question, own: Answer, total_s: float) -> models.Turn:
    message = question.turn.last
    hits = question.knowledge.search(question.text, own.language, limit=HITS)
    return models.Turn(
        instance=message.instance, chat=message.chat, texts=tuple(question.text.splitlines()), clinic=question.clinic,
        knowledge=question.knowledge, language=own.language, now=question.now, deadline=time.monotonic() + total_s,
        hits=tuple(hits), conversation=tuple((line.author, line.text) for line in question.state.recent),
        vip=message.chat in question.clinic.vips,
    )  # fmt: skip


def _fallen_back(own: Answer, failed: Failed) -> Found:
    wants = own.wants_person or failed.handoff
    used = failed.usage
    return Found(msgspec.structs.replace(own, wants_person=wants), tokens=used.tokens, cost_usd=used.cost_usd)


def _taken(own: Answer, said: Answered) -> Found:
    kind = "person" if said.handoff else ("knowledge" if own.kind == "unknown" else own.kind)
    reply = Answer(
        text=said.text, language=said.language, kind="knowledge" if kind == "ask_back" else kind,
        sources=said.sources, confidence=MODEL_CONFIDENCE, wants_person=said.handoff,
    )  # fmt: skip
    used = said.usage
    return Found(reply, used.model or "model", used.tokens, used.cost_usd, said.tool_calls, said.urgent)
