"""Which words did the patient write, whatever the accents, the case and the thumb slips?"""

import re
import unicodedata
from functools import lru_cache

from clinic.language.vocabulary import EVERYDAY, IDIOMS, SLANG

MAX_CHARS = 600  # a question longer than this is a letter: its opening says enough
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_WOULD = re.compile(r"['’]d$")  # "I'd" is no identity card
_IDIOM = re.compile(rf"\b(?:{'|'.join(sorted(IDIOMS, key=len, reverse=True))})\b")
_SIGNS = str.maketrans({"🆘": " socorro ", "🚑": " ambulancia "})  # pictures that say what words say
_RUN = re.compile(r"([^\W\d_])\1{2,}|(?:([aiu])\2)\b")  # oiiii, diaa


def fold(text: str) -> str:
    """Lower case, no accents, no drawn-out letters."""
    bare = text[:MAX_CHARS].casefold()
    if not bare.isascii():
        apart = unicodedata.normalize("NFKD", bare)
        bare = "".join(mark for mark in apart if not unicodedata.combining(mark))
    return _RUN.sub(_once, bare)


def written(text: str) -> list[str]:
    """The words as written, accents kept: they tell the language."""
    return _WORD.findall(_RUN.sub(_once, unicodedata.normalize("NFC", text[:MAX_CHARS].casefold())))


def words(text: str) -> list[str]:
    """The words without accents, with short forms written out and idioms as the one word that they stand for."""
    return list(_words(text[:MAX_CHARS]))


@lru_cache(maxsize=32)  # one question is read by several readers
def _words(text: str) -> tuple[str, ...]:
    found: list[str] = []
    for word in _WORD.findall(fold(text.translate(_SIGNS))):
        plain = _WOULD.sub(" would", word).replace("'", "").replace("’", "")
        found.extend(SLANG.get(plain, plain).split())
    line = " ".join(found)
    return tuple(_IDIOM.sub(lambda idiom: IDIOMS[idiom[0]], line).split() if _IDIOM.search(line) else found)


def _once(found: re.Match[str]) -> str:
    return found[0][0]


CHATTER = frozenset(word for listed in EVERYDAY.values() for text in listed for word in words(text))
