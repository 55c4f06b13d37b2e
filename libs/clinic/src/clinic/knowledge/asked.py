"""What is asked for, word by word, and how much does each word weigh?

A rare word tells more than a common one, a word that stands nowhere tells most: what is asked about it is not
written down. Everyday words and figures hardly count, and neither does a service that the texts never name.
"""

import math
from collections.abc import Callable, Collection, Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from clinic.knowledge.concepts import concepts
from clinic.knowledge.stems import stem
from clinic.language import CHATTER, STOP, Language

MAX_WORDS = 24  # a longer question is cut: the search must stay bounded whatever is sent
CHATTERED = 0.12
VAGUE = 0.35  # an everyday word that may still be the matter, as `years`
NAMED = 0.35
FOREIGN = 0.5  # a word that has no relatives cannot be found in the texts of another language


class Asked(Struct, frozen=True):
    """A word of the question with the terms that would answer it."""

    word: str
    stem: str
    terms: frozenset[str]
    weight: float
    solid: bool  # alone it would do as a question


def terms(word: str, language: Language) -> frozenset[str]:
    """Under which terms a word is indexed and looked for: its stem and what it means."""
    return concepts(word) | {stem(word, language)}


def worth(words: Iterable[str], language: Language) -> Iterator[str]:
    """The words of a question that are worth looking for, each once."""
    stop = STOP[language]
    kept = (word for word in words if word not in stop and (len(word) > 1 or word.isdigit()))
    return iter(list(dict.fromkeys(kept))[:MAX_WORDS])


def weigh(
    words: Iterable[str],
    language: Language,
    held: Callable[[frozenset[str]], int],
    total: int,
    named: Collection[str],
    *,
    foreign: bool = False,
) -> list[Asked]:
    """`held` says in how many of the `total` pieces a word with these terms stands; `named` are the services' words.

    `foreign`: the question is in another language than the pieces.
    """
    asked = (_weighed(word, language, held, total, named) for word in words)
    return [replace(one, weight=one.weight * FOREIGN) if foreign and len(one.terms) == 1 else one for one in asked]


def _weighed(
    word: str, language: Language, held: Callable[[frozenset[str]], int], total: int, named: Collection[str]
) -> Asked:
    sought = terms(word, language)
    found = held(sought)
    weight = math.log(1 + total / (0.5 + found))
    chatter = word[0].isdigit() or word in CHATTER
    if chatter:
        weight *= CHATTERED if len(sought) == 1 else VAGUE
    elif not found and word in named:
        weight *= NAMED
    return Asked(word, stem(word, language), sought, weight, not chatter)
