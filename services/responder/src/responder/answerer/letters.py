"""What of a message that is longer than anybody reads at once?

An emergency is looked for in all of it. What is asked stands in its opening, else at its end.
"""

from collections.abc import Iterator

from clinic.language import words
from clinic.language.fold import MAX_CHARS
from responder.answerer.cues import alarms
from responder.answerer.lexicon import Lexicon
from responder.answerer.question import urgent

OVERLAP = 120  # characters that two pieces share: no sign of an emergency is longer
MOST_READ = 12_000  # characters from either end: some 40 pieces, a few milliseconds


def alarming(text: str, lexicon: Lexicon | None = None) -> bool:
    """Does any part of a message tell of an emergency? With a clinic's words, also one to it alone, or misspelt."""
    read = (words(piece) for piece in _pieces(text))
    if lexicon is None:
        return any(alarms(" ".join(piece)) for piece in read)
    return any(urgent(" ".join(lexicon.corrected(piece)), lexicon) for piece in read)


def ends(text: str) -> tuple[str, ...]:
    """The message, or of a long one its opening and its end."""
    return (text,) if len(text) <= MAX_CHARS else (text[:MAX_CHARS], text[-MAX_CHARS:])


def _pieces(text: str) -> Iterator[str]:
    read = text if len(text) <= 2 * MOST_READ else f"{text[:MOST_READ]}\n{text[-MOST_READ:]}"
    step = MAX_CHARS - OVERLAP
    return (read[at : at + MAX_CHARS] for at in range(0, max(1, len(read) - OVERLAP), step))
