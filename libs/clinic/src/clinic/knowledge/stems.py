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
    """The snowball stem of a word without its accents (text and question are folded alike).

    Portuguese and Spanish write one sound two ways: `saque` is of `sacar`, `pague` of `pagar`.
    """
    found: str = _stemmer(language).stemWord(word)
    if language == "en":
        return found
    return f"{found[:-2]}c" if found.endswith("qu") else found[:-1] if found.endswith("gu") else found
