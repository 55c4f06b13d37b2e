"""Greetings, thanks, opt-outs, calls for a person and emergencies are told apart as people write them."""

from datetime import datetime
from pathlib import Path

import pytest

from clinic import Clinic
from clinic.knowledge import Knowledge
from responder.answerer import answer
from responder.chat.opting import agrees, opting

ROWS = [
    tuple(part.strip() for part in line.split("|"))
    for line in (Path(__file__).parent / "decisions.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
SETTLED = {"greeting", "thanks", "optout", "optin", "person", "emergency"}


def test_there_are_enough_ways_of_saying_each() -> None:
    assert len(ROWS) >= 150
    assert {kind for kind, _, _ in ROWS} == SETTLED | {"-"}


@pytest.mark.parametrize(("kind", "text", "language"), ROWS, ids=lambda part: part)
def test_a_message_is_taken_for_what_it_is(
    clinic: Clinic, knowledge: Knowledge, now: datetime, kind: str, text: str, language: str
) -> None:
    reply = answer(text, clinic=clinic, knowledge=knowledge, now=now, language_hint=language)
    way = opting(text)
    assert (way, kind in ("optout", "optin")) in (("out", True), ("in", True), ("", False))
    if kind == "-":
        assert reply.kind not in {"greeting", "thanks", "optout", "person", "emergency"}
    elif kind == "optin":
        assert way == "in"
    else:
        assert reply.kind == kind
    if kind == "emergency":
        assert reply.text == clinic.policies.emergency.say(reply.language)
    if kind in ("emergency", "person"):
        assert reply.wants_person


@pytest.mark.parametrize(
    "text",
    ["sim", "Sim!", "s", "pode ser", "quero sim", "claro", "blz", "aham", "pode chamar", "sí", "dale", "sí, por favor",
     "claro que sí", "bueno", "yes", "yes please", "sure", "yep", "ok", "go ahead"],
)  # fmt: skip
def test_a_short_yes_takes_up_the_offer_of_a_person(text: str) -> None:
    assert agrees(text)


@pytest.mark.parametrize(
    "text", ["não", "sim, mas quanto custa?", "no gracias", "not now", "quero saber o preço", "oi"]
)
def test_what_is_no_yes_does_not(text: str) -> None:
    assert not agrees(text)
