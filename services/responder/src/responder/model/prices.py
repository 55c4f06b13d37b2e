"""Is a price quoted for the service that it belongs to?

R$ 180 may well be a price of this clinic and still not that of the service asked for.
"""

import re
from collections.abc import Iterable

from clinic.language import words
from responder.answerer.lexicon import lexicon
from responder.answerer.services import MAX_NAMED, named
from responder.model.figures import Figure, figures
from responder.model.turn import Turn

_SENTENCE = re.compile(r"\n|;|(?<=[.!?])\s")


def misplaced(text: str, turn: Turn, others: Iterable[str]) -> bool:
    """Does a sentence quote a price that none of the services it speaks of has? `others` are the clinic's texts that
    are no service's line: what they price is a matter of their own."""
    free = _prices("\n".join(others))
    asked = _owned(" ".join(turn.texts), turn)
    for sentence in _SENTENCE.split(text):
        quoted = _prices(sentence) - free
        if not quoted:
            continue
        owned = _owned(sentence, turn) or _owned(text, turn) or asked
        if owned is not None and not quoted <= owned:
            return True
    return False


def _owned(text: str, turn: Turn) -> set[Figure] | None:
    """The prices of the services that a text names; None when it names none, or too many to tell apart."""
    lexis = lexicon(turn.clinic, turn.knowledge)
    found = named(lexis.corrected(words(text)), lexis)
    services = [*found.sure, *found.open]
    if not services or len(found.sure) >= MAX_NAMED:
        return None
    priced = (f"R$ {one.price}" for one in services if one.price is not None)
    notes = (said.say(turn.language) for one in services for said in (one.note, one.preparation) if said)
    return _prices("\n".join((*priced, *notes)))


def _prices(text: str) -> set[Figure]:
    return {one for one in figures(text) if one.kind == "price"}
