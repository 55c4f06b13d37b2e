"""The quality set is sound: big enough, evenly split, and expects only what the files say."""

import re
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from tests.eval.known import COMMENT, known
from tests.eval.questions import Question, load
from tests.eval.score import patterns, whole_fact
from tests.eval.split import split, write
from tests.eval.text import normal

CLINICS = Path(__file__).resolve().parents[2] / "clinics"
QUESTIONS = load()


def files_of(clinic: str) -> str:
    files = [CLINICS / f"{clinic}.yaml", *sorted((CLINICS / clinic).rglob("*.md"))]
    return normal(COMMENT.sub("", "\n".join(file.read_text("utf-8") for file in files)))


TEXTS = {clinic: files_of(clinic) for clinic in {question.clinic for question in QUESTIONS}}


def test_there_are_enough_questions_for_two_clinics_in_three_languages() -> None:
    clinics = Counter(question.clinic for question in QUESTIONS)
    assert len(QUESTIONS) >= 160
    assert min(clinics.values()) >= 0.4 * len(QUESTIONS)
    assert min(Counter(question.lang for question in QUESTIONS).values()) >= 40


def test_ids_and_questions_are_unique() -> None:
    assert max(Counter(question.id for question in QUESTIONS).values()) == 1
    assert max(Counter((q.clinic, q.before, q.text, q.now) for q in QUESTIONS).values()) == 1


def test_the_split_is_the_one_that_the_ids_give() -> None:
    unplaced = [msgspec.structs.replace(question, half=None) for question in QUESTIONS]
    assert split(unplaced) == {question.id: question.half for question in QUESTIONS}


def test_every_category_of_every_clinic_is_in_both_halves_evenly() -> None:
    sizes = Counter((q.set, q.clinic, q.category, q.half) for q in QUESTIONS)
    for group in {(q.set, q.clinic, q.category) for q in QUESTIONS}:
        assert abs(sizes[*group, "tune"] - sizes[*group, "held"]) <= 1, group


def test_a_placed_question_stays_in_its_half_when_others_come() -> None:
    extra = msgspec.structs.replace(QUESTIONS[0], id="new", half=None)
    placed = split([*QUESTIONS, extra])
    assert {question.id: question.half for question in QUESTIONS} == {k: v for k, v in placed.items() if k != "new"}


def test_writing_the_halves_twice_changes_nothing() -> None:
    typed = "  - id: a\n    lang: pt\n"
    once = write(typed, {"a": "tune"})
    assert once == "  - id: a\n    half: tune\n    lang: pt\n"
    assert write(once, {"a": "tune"}) == once


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_a_question_expects_only_what_the_files_say(question: Question) -> None:
    for expected in (*question.expect.all_of, *question.expect.any_of):
        if expected.startswith("~"):
            assert expected[1:] in patterns()
        elif re.fullmatch(r"/.*/", expected):
            re.compile(expected[1:-1])
        elif fact := whole_fact(expected):
            assert known(CLINICS / f"{question.clinic}.yaml").has(fact, question.now), expected
        else:
            assert normal(expected) in TEXTS[question.clinic], expected


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_a_question_can_be_answered_right(question: Question) -> None:
    """What is to be refused asks for no fact, everything else for one or for a kind that needs none."""
    expect = question.expect
    assert question.now.tzinfo
    assert expect.kind
    if expect.refuse:
        assert {"unknown", "person"} <= set(expect.kind)
        assert not expect.all_of
    elif not (expect.all_of or expect.any_of):
        assert set(expect.kind) & {"greeting", "thanks", "person", "optout", "ask_back"}
    assert not set(expect.none_of) & {*expect.all_of, *expect.any_of}
