"""Who answers: the clinic's own words, or the model? And what if the model does not?

Greetings, thanks, emergencies and calls for a person take the fast path. For the rest, appointments and a yes to the
model's own question among it, a model is asked when one is configured; whatever becomes of it, the embedded answerer's
reply is there to fall back on.
"""

import time
from dataclasses import dataclass, replace

import msgspec

from responder import model as models
from responder.answerer import Answer, answer
from responder.chat import ChatState
from responder.context import Context, Gathering, remembered
from responder.model import Answered, Failed
from responder.question import Question
from shared.telemetry import metrics

FAST = frozenset({"greeting", "thanks", "emergency", "person"})
MODEL_CONFIDENCE = 0.9  # its reply passed the checks against the clinic's facts; it is still not the clinic's own words


@dataclass(frozen=True)
class Found:
    """A reply, who made it, and what else the model asked for."""

    answer: Answer
    by: str = "embedded"
    tokens: int = 0
    cost_usd: float = 0.0
    calls: tuple[models.ToolCall, ...] = ()
    urgent: bool = False
    why: str = ""
    """Why the model called a person."""
    read_back: models.AppointmentRequested | None = None
    """The request that the reply reads back."""
    state: ChatState | None = None
    """The chat's state after a model was asked, which takes seconds and may sum it up; None when none was."""


async def find(question: Question, gathering: Gathering) -> Found:
    """The reply to a question. Never raises for what the model's endpoint does."""
    started, model = time.monotonic(), gathering.model
    own = answer(
        question.text, clinic=question.clinic, knowledge=question.knowledge, now=question.now,
        language_hint=question.state.language, talk=question.state.talk,
    )  # fmt: skip
    metrics.ANSWER_SECONDS.labels("embedded").observe(time.monotonic() - started)
    if model is None or not model.settings.on or fast(own, question):
        return Found(own, urgent=own.kind == "emergency")
    context = await gathering.of(question, own.language)
    said = await model.answer(_for_model(question, own, context, started + model.settings.llm_total_s))
    metrics.ANSWER_SECONDS.labels("model").observe(time.monotonic() - started)
    found = _fallen_back(own, said) if isinstance(said, Failed) else _taken(own, said)
    return replace(found, state=remembered(question, context).state)


def fast(own: Answer, question: Question) -> bool:
    """Is the embedded answer to be sent at once, whatever a model would say?"""
    if own.kind == "thanks" and question.state.model_asks:
        return False  # "ok" and "sim" answer what the model asked
    return own.kind in FAST and not own.books  # a model collects what is needed for an appointment


def _for_model(question: Question, own: Answer, context: Context, deadline: float) -> models.Turn:
    message = question.turn.last
    return models.Turn(
        instance=message.instance, chat=message.chat, texts=tuple(question.text.splitlines()), clinic=question.clinic,
        knowledge=question.knowledge, language=own.language, now=question.now, deadline=deadline,
        hits=context.hits, conversation=tuple((line.author, line.text) for line in question.state.recent),
        summary=context.summary, facts=context.facts, vip=question.vip,
        read_back=question.state.awaits_yes(int(question.now.timestamp() * 1000)),
    )  # fmt: skip


def _fallen_back(own: Answer, failed: Failed) -> Found:
    wants = own.wants_person or failed.handoff
    used, why = failed.usage, "the model had called a person" if failed.handoff else ""
    reply = msgspec.structs.replace(own, wants_person=wants)
    return Found(reply, tokens=used.tokens, cost_usd=used.cost_usd, why=why, urgent=failed.urgent)


def _taken(own: Answer, said: Answered) -> Found:
    kind = "person" if said.handoff else "knowledge" if own.kind in ("unknown", "ask_back", "person") else own.kind
    reply = Answer(
        text=said.text, language=said.language, kind=kind,
        sources=said.sources, confidence=MODEL_CONFIDENCE, wants_person=said.handoff,
        about=own.about,
    )  # fmt: skip
    used, why = said.usage, said.why if said.handoff else ""
    by = used.model or "model"
    return Found(reply, by, used.tokens, used.cost_usd, said.tool_calls, said.urgent, why, said.read_back)
