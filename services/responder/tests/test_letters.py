"""A message of any length is read as far as it matters."""

from collections.abc import Callable
from datetime import datetime

import pytest

from clinic import Clinic
from clinic.knowledge import Knowledge
from responder.answerer import Answer, answer

Asked = Callable[[str], Answer]
TALE = "Ontem fui passear no parque com a família toda e foi um dia muito bonito. "


@pytest.fixture
def ask(clinic: Clinic, knowledge: Knowledge, now: datetime) -> Asked:
    return lambda text: answer(text, clinic=clinic, knowledge=knowledge, now=now)


@pytest.mark.parametrize(
    "before",
    [TALE * 10, "oi\n" * 300, "x" * 700, "😀" * 650, TALE * 5_000],
    ids=["letter", "burst", "x", "emoji", "book"],
)
def test_an_emergency_at_the_end_of_a_long_message_is_one(ask: Asked, clinic: Clinic, before: str) -> None:
    reply = ask(f"{before} e agora estou com dor no peito")
    assert (reply.kind, reply.text) == ("emergency", clinic.policies.emergency.say("pt"))


def test_an_emergency_is_not_lost_where_two_pieces_meet(ask: Asked) -> None:
    for length in range(440, 620, 7):
        assert ask(f"{'oi ' * (length // 3)}não consigo respirar{' oi' * 300}").kind == "emergency", length


def test_the_question_at_the_end_of_a_long_message_is_answered(ask: Asked) -> None:
    assert "180" in ask(f"{TALE * 10}\nQuanto custa a limpeza dental?").text


def test_the_clinics_own_emergency_words_count_anywhere(ask: Asked) -> None:
    assert ask(f"{TALE * 10} estou com um dente quebrado sangrando").kind == "emergency"
