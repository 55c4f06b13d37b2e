"""Which questions are asked, and what does a right answer to each look like?

An expected fact is a text that must occur (case, accents and spaces do not matter); a price, time, phone, percentage
or span in any way of writing it ("R$ 1.200", "08:00", "24 horas"); `/a regular expression/` over small letters
without accents; or `~name`, one of `patterns.yaml`.
"""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import yaml

Language = Literal["pt", "es", "en"]
Half = Literal["tune", "held"]
Kind = Literal[
    "greeting", "thanks", "hours", "price", "service", "address", "insurance", "knowledge", "ask_back",
    "emergency", "person", "unknown", "optout",
]  # fmt: skip
FOLDER = Path(__file__).with_name("questions")


class QuestionsError(ValueError):
    """A mistake in a file of questions, told with the file and the question's id."""


class Expect(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a strict but fair receptionist would accept."""

    kind: tuple[Kind, ...]
    language: tuple[Language, ...]
    all_of: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()
    refuse: bool = False  # the files do not say: the only right answer is to say so, or to hand over
    person: bool = False  # a person must be called
    staff: tuple[str, ...] = ()  # what they must be told with it (in a chat)


class Question(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: str
    clinic: str
    category: str
    lang: Language
    now: datetime
    text: str
    expect: Expect
    before: tuple[str, ...] = ()  # what was written in this chat before, in order
    pause: Annotated[int, msgspec.Meta(ge=1)] = 1  # minutes between that and the text
    half: Half | None = None
    set: str = "first"  # questions written at one time; each set is halved by itself


def load(source: Path = FOLDER) -> list[Question]:
    """Every question of one file, or of every file of a folder in their order. None at all is an error."""
    files = sorted(source.glob("*.yaml")) if source.is_dir() else [source]
    found = [question for path in files for question in _read(path)]
    if not found:
        raise QuestionsError(f"{source} holds no questions: name a YAML file, or a folder of them, as in {FOLDER}")
    return found


def _read(path: Path) -> list[Question]:
    try:
        tree = yaml.safe_load(path.read_text("utf-8"))
        clinic, entries, name = tree["clinic"], list(tree["questions"]), tree.get("set", "first")
    except (OSError, yaml.YAMLError) as wrong:
        raise QuestionsError(f"{path}: {' '.join(str(wrong).split())}") from wrong
    except (KeyError, TypeError) as wrong:
        raise QuestionsError(f"{path}: needs `clinic:` and a list under `questions:`") from wrong
    return [_named(path, at, entry, clinic, name) for at, entry in enumerate(entries)]


def _named(path: Path, at: int, entry: dict[str, Any], clinic: str, name: str) -> Question:
    try:
        return _question(entry, clinic, name)
    except KeyError as wrong:
        raise QuestionsError(f"{path}: questions[{at}]: {wrong.args[0]} is missing") from wrong
    except (msgspec.ValidationError, TypeError) as wrong:
        who = entry.get("id", at) if isinstance(entry, dict) else at
        raise QuestionsError(f"{path}: questions[{who}]: {wrong}") from wrong


def _question(entry: dict[str, Any], clinic: str, name: str) -> Question:
    expect = {"language": entry["lang"], **entry["expect"]}
    for field in ("kind", "language"):
        expect[field] = expect[field] if isinstance(expect[field], list) else [expect[field]]
    return msgspec.convert({"clinic": clinic, "set": name, **entry, "expect": expect}, Question)
