"""How does a turn end, once it is known what is said? Pure: what is written follows from the turn and the words."""

from collections.abc import Sequence
from dataclasses import replace

import msgspec

from clinic import Language, hours
from clinic.language import detect
from responder.answerer import Answer, alarming, lexicon
from responder.answering import Found
from responder.chat import conclude
from responder.chat.decide import SILENT_KINDS
from responder.chat.opting import confirmation, opting_among
from responder.question import Question
from responder.replying import Replying
from shared.events import AppointmentRequested, Event
from shared.streams import keys
from shared.streams.delivery import Done, Work
from shared.telemetry import metrics


def unanswered(replying: Replying, question: Question, why: str) -> Done:
    """Silence; but a word on proactive messages counts, and an emergency is told to staff, whoever is quiet."""
    done, text = replying.suppressed(why, interrupts=why not in SILENT_KINDS), question.turn.text
    if alarming(text, lexicon(question.clinic, question.knowledge)):
        return replace(done, facts=(*done.facts, replying.handoff("emergency", urgent=True)))
    way, _ = opting_among([one.text for one in question.turn.messages if one.text.strip()])
    if not way:
        return done
    marks = (*done.marks, *replying.optout_marks(way == "out"))
    return replace(done, facts=(*done.facts, replying.optout(way == "out")), marks=marks)


def answered(replying: Replying, question: Question, found: Found, ttl_s: int, *, unread: bool = False) -> Done:
    """The reply, with the hand-off and the requests that follow from it."""
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
        replace(found, answer=end.answer), kept, vip=question.vip, ttl_s=ttl_s,
        facts=[*calls, *handoff], work=work,
    )  # fmt: skip


def opted(replying: Replying, question: Question, ttl_s: int, *, out: bool, beside: bool) -> Done:
    """The patient's word on proactive messages, recorded and confirmed."""
    clinic, state = question.clinic, question.state
    language = detect(question.turn.text, default=state.language or clinic.language, among=clinic.languages)
    said = confirmation("out" if out else "in", language)
    found = Answer(text=said, language=language, kind="thanks", sources=(), confidence=1.0, wants_person=False)
    metrics.DECISIONS.labels("optout" if out else "optin").inc()
    kept = msgspec.structs.replace(state, opted_out=out, asked="", offered_person=False)
    facts = [replying.optout(out), *([replying.handoff("beside an opt-out")] if beside else [])]
    done = replying.reply(Found(found), kept, vip=question.vip, ttl_s=ttl_s, facts=facts)
    return replace(done, marks=replying.optout_marks(out))


def by_a_person(question: Question, why: str) -> Answer:
    """The clinic's own words for what a person sees to."""
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
