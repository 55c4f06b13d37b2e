"""Under which stem is a word found?"""

from functools import cache, lru_cache

import Stemmer

from clinic.language import Language

_SNOWBALL = {"pt": "portuguese", "es": "spanish", "en": "english"}


@cache
def _stemmer(language: Language) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(_SNOWBALL[language], 10_000)


@lru_cache(maxsize=20_000)
def stem(word: str, language: Language) -> str:
    """The snowball stem of a word without its accents (text and question are folded alike)."""
    found: str = _stemmer(language).stemWord(word)
    return found
