"""Which words show what a patient wants? The cues are in `words/cues.yaml`."""

import re
from collections.abc import Collection
from functools import cache

from responder.answerer.wordlists import wordlist

CUES: dict[str, tuple[str, ...]] = {name: tuple(cues) for name, cues in wordlist("cues").items()}


def _slot(slot: str) -> str:
    choice = [re.escape(word[:-1]) + r"\w*" if word.endswith("*") else re.escape(word) for word in slot.split("|")]
    return f"(?:{'|'.join(choice)})"


def _pattern(cue: str) -> str:
    found = ""
    for slot in cue.split():
        found += r"(?:\w+ ){0,3}" if slot == "…" else rf"{_slot(slot)} "
    return found


@cache
def _compiled(name: str) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)(?:" + "|".join(_pattern(cue) for cue in CUES[name]) + ")")


def shows(name: str, line: str) -> bool:
    """Does a line of folded words show this cue?"""
    return _compiled(name).search(f"{line} ") is not None


def without(name: str, line: str) -> str:
    """The line less what shows this cue."""
    return _compiled(name).sub("", f"{line} ").strip()


@cache
def compiled(cues: tuple[str, ...]) -> re.Pattern[str]:
    """Cues from elsewhere, as a clinic's own `emergency_words`."""
    return re.compile(r"(?<!\w)(?:" + "|".join(_pattern(cue) for cue in cues) + ")")


TELLS_MORE = frozenset(
    {
        "emergency",
        "not_emergency",
        "complaint",
        "not_booking",
        "advice",
        "afterwards",
        "others",
        "own_booking",
        "own_finding",
        "attribute",
    }
)  # their words may be the matter itself


def _words(names: Collection[str]) -> frozenset[str]:
    slots = (slot for name in names for cue in CUES[name] for slot in cue.split())
    return frozenset(word for slot in slots for word in slot.split("|") if word != "…")


def vocabulary() -> frozenset[str]:
    """Every whole word in the cues: known words are never taken for a slip of another."""
    return frozenset(word for word in _words(CUES) if not word.endswith("*"))


def roots() -> tuple[str, ...]:
    """Every beginning of a word in the cues, written `word*` there."""
    return tuple({word[:-1] for word in _words(CUES) if word.endswith("*")})


def asking() -> tuple[frozenset[str], tuple[str, ...]]:
    """The words, and the beginnings of words, that only say what is wanted and never of what."""
    found = _words(CUES.keys() - TELLS_MORE)
    return frozenset(word for word in found if not word.endswith("*")), tuple(
        {word[:-1] for word in found if word.endswith("*")}
    )
