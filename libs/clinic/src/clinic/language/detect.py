"""Which language does this patient write: Portuguese, Spanish or English?

Counts the little words that give a language away; three letters and an ending decide about the others.
Pure and fast: a few dictionary look-ups a word, about 20 µs for a message.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

from clinic.language.fold import fold, written
from clinic.language.vocabulary import ENDINGS, LETTERS, TELLING

Language = Literal["pt", "es", "en"]
LANGUAGES: tuple[Language, ...] = ("pt", "es", "en")
MAX_WORDS = 60  # more words do not change the answer
HINT = 0.9  # less than one telling word: a hint settles ties, never a clear text
DEFAULT = 0.5
OWN = 0.8  # a word that the clinic's texts have in one language only

Own = Mapping[str, Language]

_Weights = dict[str, tuple[tuple[Language, float], ...]]


def _weights() -> _Weights:
    """A word of one language counts 3, one of two counts 1 for each."""
    table: _Weights = {}
    for word in set().union(*TELLING.values()):
        owners = [language for language in LANGUAGES if word in TELLING[language]]
        table[word] = tuple((language, 3.0 if len(owners) == 1 else 1.0) for language in owners)
    return table


_WEIGHTS = _weights()


def scores(text: str, own: Own | None = None) -> dict[Language, float]:
    """How much speaks for each language."""
    total: dict[Language, float] = dict.fromkeys(LANGUAGES, 0.0)
    for word in written(text)[:MAX_WORDS]:
        plain = fold(word)
        found = _WEIGHTS.get(word) or _WEIGHTS.get(plain)
        if found is None:
            _by_shape(word, total)
            if own and (spoken := own.get(plain)):
                total[spoken] += OWN
            continue
        for language, weight in found:
            total[language] += weight
    for mark in "¿¡":
        if mark in text:
            total["es"] += 5
    return total


def detect(
    text: str,
    *,
    default: Language = "pt",
    hint: str | None = None,
    among: Sequence[Language] = LANGUAGES,
    own: Own | None = None,
) -> Language:
    """The language of a short text; what it does not tell, the chat's last language or the clinic's first does.

    `own` are words that only one language of the clinic's texts has.
    """
    total = scores(text, own)
    if default in total:
        total[default] += DEFAULT
    for language in LANGUAGES:
        if language == hint:
            total[language] += HINT
    choice = [language for language in LANGUAGES if language in among] or [default]
    return max(choice, key=lambda language: total[language])


def _by_shape(word: str, total: dict[Language, float]) -> None:
    for language, letters, weight in LETTERS:
        if letters in word:
            total[language] += weight  # type: ignore[index]
    for language, ending in ENDINGS:
        if word.endswith(ending) and len(word) > len(ending) + 1:
            total[language] += 2  # type: ignore[index]
