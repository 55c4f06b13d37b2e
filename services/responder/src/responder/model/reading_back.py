"""Has the patient said yes to exactly this request?

A request is read back in one sentence, which is ours: all that it asks for stands in it, and nothing else is asked.
Only a plain yes to that sentence confirms it. Whatever else the yes holds, an hour or a question, may be a change.
"""

from clinic import Language
from clinic.language import words
from responder.answerer import formats
from responder.answerer.phrases import phrase
from responder.model import claims
from responder.model.calls import AppointmentRequested
from responder.model.figures import figures, folded
from responder.model.turn import Turn


def read_back(request: AppointmentRequested, language: Language) -> str:
    """The sentence; it ends with the only question."""
    return phrase(
        "read_back", language, service=request.service, day=formats.day(request.day, language),
        period=phrase(f"period_{request.period}", language), name=request.name,
    )  # fmt: skip


def reads_back(text: str, sentence: str) -> bool:
    """Does a reply hold the sentence, and no other question?"""
    return _spaced(sentence) in _spaced(text) and text.count("?") == 1


def agreed(turn: Turn, request: AppointmentRequested) -> bool:
    """Is this turn a yes, and nothing but that, to this very request? The model's word is not enough."""
    before = turn.read_back
    if before is None or _fields(before) != _fields(request):
        return False
    said, sentence = "\n".join(turn.texts), read_back(before, turn.language)
    if "?" in said or not claims.agrees(said) or not figures(said) <= figures(sentence):
        return False
    known = frozenset(words(sentence))
    return all(word in known for word in words(claims.beside_yes(said)))


def _fields(request: AppointmentRequested) -> tuple[object, ...]:
    return request.service_id, request.day, request.period, folded(request.name)


def _spaced(text: str) -> str:
    return " ".join(text.split())
