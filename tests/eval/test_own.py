"""A clinic can measure its own questions, and no question whatever gets an invented fact."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from clinic import Clinics
from clinic.knowledge import Knowledge
from responder.answerer import Answer, answer
from tests.eval.known import invented
from tests.eval.questions import Question, load

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = load()
OWN = """
clinic: demo
set: ours
questions:
  - id: parking
    category: knowledge
    lang: pt
    now: 2026-11-24T10:00:00-03:00
    text: "tem estacionamento?"
    expect: {kind: knowledge, any_of: ['subsolo']}
  - id: sauna
    category: unanswerable
    lang: pt
    now: 2026-11-24T10:00:00-03:00
    text: "tem sauna?"
    expect: {kind: [unknown, person], refuse: true}
"""


@pytest.fixture(scope="module")
def ask() -> Callable[[Question], Answer]:
    clinics = {clinic.id: clinic for clinic in Clinics.load(ROOT / "clinics")}
    known = {name: Knowledge.build(clinic) for name, clinic in clinics.items()}

    def asked(question: Question) -> Answer:
        clinic, knowledge = clinics[question.clinic], known[question.clinic]
        return answer(question.text, clinic=clinic, knowledge=knowledge, now=question.now)

    return asked


def test_a_file_of_ones_own_is_measured(tmp_path: Path) -> None:
    questions = tmp_path / "ours.yaml"
    questions.write_text(OWN, encoding="utf-8")
    settings = {"EVAL_QUESTIONS": str(questions), "EVAL_CLINICS": str(ROOT / "clinics"), "EVAL_MIN_RIGHT": "1"}
    command = [sys.executable, str(ROOT / "tests" / "eval")]
    done = subprocess.run(command, check=False, env=os.environ | settings, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ours tune: 0 of 2 not good" in done.stdout
    assert "held" not in done.stdout


def test_a_file_without_questions_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="holds no questions"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("questions:", "question:", "needs `clinic:` and a list under `questions:`"),
        ("    text:", "    txt:", "unknown field `txt`"),
        ("    expect:", "    expects:", "expect is missing"),
        ("clinic: demo", "clinic: nobody", "there is no"),
    ],
)
def test_a_mistake_in_it_is_told_in_one_line(tmp_path: Path, old: str, new: str, told: str) -> None:
    questions = tmp_path / "ours.yaml"
    questions.write_text(OWN.replace(old, new), encoding="utf-8")
    command = [sys.executable, str(ROOT / "tests" / "eval")]
    settings = {"EVAL_QUESTIONS": str(questions), "EVAL_CLINICS": str(ROOT / "clinics")}
    done = subprocess.run(command, check=False, env=os.environ | settings, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert done.stderr.startswith("eval: ")
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("other", ["demo", "dosplazas"])
def test_no_question_of_any_clinic_gets_an_invented_fact(ask: Callable[[Question], Answer], other: str) -> None:
    """Also the other clinic's questions, on other days: what fits none of the files is refused, not made up."""
    wrong = []
    for at, question in enumerate(QUESTIONS):
        moved = msgspec.structs.replace(question, clinic=other, now=question.now + timedelta(hours=7 * (at % 12)))
        reply = ask(moved)
        path = ROOT / "clinics" / f"{other}.yaml"
        wrong += invented(reply.text, clinic=path, now=moved.now, question=moved.text)
    assert wrong == []
