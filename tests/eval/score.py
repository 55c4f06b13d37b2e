"""Is an answer right?

Right is: nothing missing, nothing forbidden, nothing invented, in the patient's language, and of an acceptable kind.
Kinds that all tell something of the files are one to a patient, so they are not held against each other here; the
confusion table shows them apart.
"""

import re
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple, Protocol

import yaml

from tests.eval.facts import Fact, extract
from tests.eval.known import invented
from tests.eval.language import clearly
from tests.eval.questions import Question
from tests.eval.text import normal

Outcome = Literal["right", "rightly refused", "wrong", "wrongly refused"]
OUTCOMES: tuple[Outcome, ...] = ("right", "rightly refused", "wrong", "wrongly refused")
GOOD = OUTCOMES[:2]
TELLING = frozenset({"hours", "price", "service", "address", "insurance", "knowledge"})
REFUSING = frozenset({"unknown", "person"})


class Answer(Protocol):
    """What the scorer looks at."""

    @property
    def text(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def wants_person(self) -> bool: ...


class Score(NamedTuple):
    question: Question
    answer: Answer
    outcome: Outcome
    language_right: bool
    faults: tuple[str, ...]
    invented: tuple[str, ...]

    @property
    def good(self) -> bool:
        return self.outcome in GOOD


@cache
def patterns() -> dict[str, str]:
    named: dict[str, str] = yaml.safe_load(Path(__file__).with_name("patterns.yaml").read_text("utf-8"))
    return named


def score(question: Question, answer: Answer, *, clinics: Path) -> Score:
    path = clinics / f"{question.clinic}.yaml"
    asked = "\n".join((*question.before, question.text))
    made_up = tuple(invented(answer.text, clinic=path, now=question.now, question=asked))
    speaks = speaks_right(question, answer)
    faults = (
        *missing_or_forbidden(question, answer.text),
        *([] if kind_fits(question, answer.kind) else [f"kind {answer.kind}"]),
        *([] if speaks else [f"language {answer.language}"]),
        *(["no person called"] if question.expect.person and not answer.wants_person else []),
        *(f"staff not told {part}" for part in question.expect.staff if part not in getattr(answer, "staff", "")),
        *(f"invented {fact}" for fact in made_up),
    )
    return Score(question, answer, outcome(question, answer.kind, bool(faults)), speaks, faults, made_up)


def outcome(question: Question, kind: str, faulty: bool) -> Outcome:
    if not faulty:
        return "rightly refused" if question.expect.refuse else "right"
    if kind in REFUSING and kind not in question.expect.kind:
        return "wrongly refused"
    return "wrong"


def missing_or_forbidden(question: Question, text: str) -> list[str]:
    expect = question.expect
    faults = [] if text.strip() else ["empty"]
    faults += [f"missing {fact}" for fact in expect.all_of if not states(text, fact)]
    if expect.any_of and not any(states(text, fact) for fact in expect.any_of):
        faults.append(f"none of {', '.join(expect.any_of)}")
    return faults + [f"forbidden {fact}" for fact in expect.none_of if states(text, fact)]


def states(text: str, expected: str) -> bool:
    """Does the text state what a question expects? The ways of writing it are told in `questions`."""
    if expected.startswith("~"):
        return bool(re.search(patterns()[expected[1:]], normal(text)))
    if re.fullmatch(r"/.*/", expected):
        return bool(re.search(expected[1:-1], normal(text)))
    if fact := whole_fact(expected):
        return any(fact.readings & said.readings for said in extract(text))
    return normal(expected) in normal(text)


def whole_fact(expected: str) -> Fact | None:
    """The fact that an expectation is, if it is nothing else; links and addresses are compared as text."""
    found = [fact for fact in extract(expected) if fact.kind not in ("link", "address")]
    return found[0] if len(found) == 1 and found[0].text == normal(expected) else None


def kind_fits(question: Question, kind: str) -> bool:
    wanted = question.expect.kind
    return kind in wanted or (kind in TELLING and not TELLING.isdisjoint(wanted))


def speaks_right(question: Question, answer: Answer) -> bool:
    wanted = question.expect.language
    read = clearly(answer.text)
    return answer.language in wanted and (read is None or read in wanted)
