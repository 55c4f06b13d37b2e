"""A person takes over when one is needed, and the patient is told when that will be."""

from typing import get_args

import pytest

from clinic import Clinic, Language
from responder.answerer import Answer, Kind
from responder.chat import ChatState, conclude

LANGUAGES: tuple[Language, ...] = get_args(Language)


def an_answer(kind: Kind, text: str = "x", language: Language = "pt", confidence: float = 1.0) -> Answer:
    wants = kind in ("person", "emergency", "unknown")
    return Answer(text=text, language=language, kind=kind, sources=(), confidence=confidence, wants_person=wants)


@pytest.mark.parametrize("language", LANGUAGES)
def test_outside_hours_the_person_is_announced_for_the_opening(clinic: Clinic, language: Language) -> None:
    said = an_answer("person", clinic.fallbacks.person.say(language), language)
    opened = conclude(said, ChatState(), clinic, question="x", is_open=True)
    closed = conclude(said, ChatState(), clinic, question="x", is_open=False)
    assert clinic.fallbacks.outside_hours is not None
    assert opened.answer.text == clinic.fallbacks.person.say(language)
    assert closed.answer.text == clinic.fallbacks.outside_hours.say(language)
    assert opened.why == closed.why == "person"


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_emergency_text_stands_alone_day_and_night(clinic: Clinic, language: Language) -> None:
    said = an_answer("emergency", clinic.policies.emergency.say(language), language)
    end = conclude(said, ChatState(), clinic, question="x", is_open=False)
    assert (end.answer.text, end.why, end.urgent) == (said.text, "emergency", True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_booking_at_night_keeps_its_words_and_says_when(clinic: Clinic, language: Language) -> None:
    assert clinic.fallbacks.booking is not None
    assert clinic.fallbacks.outside_hours is not None
    said = an_answer("person", clinic.fallbacks.booking.say(language), language)
    end = conclude(said, ChatState(), clinic, question="x", is_open=False)
    assert end.answer.text == f"{said.text}\n\n{clinic.fallbacks.outside_hours.say(language)}"


def test_one_failure_offers_a_person_and_two_in_a_row_call_one(clinic: Clinic) -> None:
    first = conclude(an_answer("unknown"), ChatState(), clinic, question="a", is_open=True)
    assert (first.why, first.state.offered_person, first.state.unknowns) == ("", True, 1)
    second = conclude(an_answer("unknown"), first.state, clinic, question="b", is_open=True)
    assert (second.why, second.answer.text) == ("repeated_failure", clinic.fallbacks.person.say("pt"))
    assert (second.state.offered_person, second.state.unknowns) == (False, 0)


def test_an_answer_in_between_makes_a_failure_the_first_again(clinic: Clinic) -> None:
    first = conclude(an_answer("unknown"), ChatState(), clinic, question="a", is_open=True)
    known = conclude(an_answer("hours"), first.state, clinic, question="b", is_open=True)
    assert conclude(an_answer("unknown"), known.state, clinic, question="c", is_open=True).why == ""


def test_asking_back_twice_is_a_failure_too(clinic: Clinic) -> None:
    first = conclude(an_answer("ask_back"), ChatState(), clinic, question="quanto custa?", is_open=True)
    assert (first.why, first.state.asked, first.state.unknowns) == ("", "quanto custa?", 0)
    second = conclude(an_answer("ask_back"), first.state, clinic, question="aquela", is_open=True)
    third = conclude(an_answer("ask_back"), second.state, clinic, question="sei lá", is_open=True)
    assert (second.why, third.why) == ("", "repeated_failure")


@pytest.mark.parametrize(("confidence", "why"), [(0.9, ""), (0.5, ""), (0.3, "low_confidence")])
def test_an_unsure_answer_is_sent_and_looked_at(clinic: Clinic, confidence: float, why: str) -> None:
    end = conclude(an_answer("knowledge", "y", confidence=confidence), ChatState(), clinic, question="x", is_open=True)
    assert (end.answer.text, end.why) == ("y", why)


@pytest.mark.parametrize(
    "text", ["que absurdo, ninguém me responde!", "¡qué vergüenza! quiero presentar una queja", "this is unacceptable"]
)
def test_a_complaint_is_told_as_one(clinic: Clinic, text: str) -> None:
    assert conclude(an_answer("person"), ChatState(), clinic, question=text, is_open=True).why == "complaint"


def test_the_models_own_reason_goes_to_staff(clinic: Clinic) -> None:
    end = conclude(an_answer("person"), ChatState(), clinic, question="x", is_open=True, why="asks for an invoice")
    assert end.why == "asks for an invoice"
