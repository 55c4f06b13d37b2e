"""Does a reply claim what nobody said: a booking, a gift, a medicine?

The word lists are in `prompts/claims.yaml`, folded. A phrase that the clinic's own words hold is no claim.
"""

import re
from importlib.resources import files

import yaml

from clinic.language import STOP
from responder.model.figures import folded


def _patterns() -> dict[str, "re.Pattern[str]"]:
    listed = yaml.safe_load((files("responder") / "prompts" / "claims.yaml").read_text(encoding="utf-8"))
    return {name: re.compile(rf"\b(?:{'|'.join(phrases)})\b") for name, phrases in listed.items()}


_PATTERNS = _patterns()
_OWN = ("done", "gift", "medicine")
_NOT = re.compile(r"(?:\bnao|\bno|\bnot|n.t)\s(?:\w+\s)?$")
_NEXT = re.compile(r"(?:\s\w+){0,4}")
SHORT = 3  # letters of a word that names nothing
_SMALL = frozenset().union(*STOP.values())
QUESTION = re.compile(r"[^.!?\n]*\?")


def unfounded(text: str, known: str) -> bool:
    """Does it say that something is booked, given away, to be taken or on offer, in words not of the clinic?"""
    said, clinic = folded(text), folded(known)
    phrases = (found[0] for name in _OWN for found in _PATTERNS[name].finditer(said))
    return any(phrase not in clinic for phrase in phrases) or _offers_other(said, clinic)


def promises_person(text: str) -> bool:
    """Does it say that somebody of the clinic will take over? Then somebody has to. To ask whether is no promise."""
    return bool(_PATTERNS["person"].search(folded(QUESTION.sub(" ", text))))


def agrees(text: str) -> bool:
    """Does the patient say yes, and not no?"""
    said = folded(text)
    return bool(_PATTERNS["agrees"].search(said)) and not _PATTERNS["refuses"].search(said)


def beside_yes(text: str) -> str:
    """What stands in a yes beside it and the courtesies that go with it."""
    return _PATTERNS["courteous"].sub(" ", _PATTERNS["agrees"].sub(" ", folded(text)))


def _offers_other(said: str, clinic: str) -> bool:
    """`Aceitamos Unimed`, when nothing of the clinic's names it."""
    for found in _PATTERNS["offer"].finditer(said):
        if _NOT.search(said[: found.start()]):
            continue
        named = (word for word in _follows(said, found.end()) if len(word) > SHORT and word not in _SMALL)
        if any(word[:5] not in clinic for word in named if not _PATTERNS["common"].match(word)):
            return True
    return False


def _follows(said: str, at: int) -> list[str]:
    """The next words, as far as the clause goes."""
    found = _NEXT.match(said, at)
    return found[0].split() if found else []
