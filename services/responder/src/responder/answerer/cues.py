"""Which words show what a patient wants? The cues are in `words/cues.yaml`."""

import re
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


def compiled(cues: tuple[str, ...]) -> re.Pattern[str]:
    """Cues of a clinic's own, as `emergency_words`."""
    return re.compile(r"(?<!\w)(?:" + "|".join(_pattern(cue) for cue in cues) + ")")


def vocabulary() -> frozenset[str]:
    """Every whole word in the cues: known words are never taken for a slip of another."""
    slots = (slot for cues in CUES.values() for cue in cues for slot in cue.split())
    return frozenset(word for slot in slots for word in slot.split("|") if not word.endswith("*") and word != "…")


def roots() -> tuple[str, ...]:
    """What the cues with any ending begin with."""
    slots = (slot for cues in CUES.values() for cue in cues for slot in cue.split())
    return tuple({word[:-1] for slot in slots for word in slot.split("|") if word.endswith("*")})
