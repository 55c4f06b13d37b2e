"""Under which stems is a text found, and which of a question's words are worth looking for?"""

from functools import cache, lru_cache

import Stemmer

from responder.language import STOP, Language, words

_SNOWBALL = {"pt": "portuguese", "es": "spanish", "en": "english"}


@cache
def _stemmer(language: Language) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(_SNOWBALL[language], 10_000)


@lru_cache(maxsize=20_000)
def stem(word: str, language: Language) -> str:
    """The snowball stem of a word without its accents (text and question are folded alike)."""
    found: str = _stemmer(language).stemWord(word)
    return found


def stems(text: str, language: Language) -> list[str]:
    return [stem(word, language) for word in words(text)]


def terms(text: str, language: Language) -> list[str]:
    """The stems of a question without stop words and doubles."""
    stop = STOP[language]
    kept = (stem(word, language) for word in words(text) if word not in stop and (len(word) > 1 or word.isdigit()))
    return list(dict.fromkeys(kept))
