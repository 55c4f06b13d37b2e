"""In which ways is one mobile number written? WhatsApp knows some without the digit that makes them mobile.

The gateway takes that digit out before it sends: a Brazilian mobile's ninth digit (not everywhere), Mexico's 1 and
Argentina's 9 behind the country code. So a chat may be called otherwise than the number that was written to.
"""

import re
from functools import lru_cache

_WITH_DIGIT = (
    (re.compile(r"55(\d{2})9(\d{8})"), r"55\1\2"),
    (re.compile(r"521(\d{10})"), r"52\1"),
    (re.compile(r"549(\d{10})"), r"54\1"),
)
_WITHOUT = (
    (re.compile(r"55(\d{2})([6-9]\d{7})"), r"55\g<1>9\2"),
    (re.compile(r"52(\d{10})"), r"521\1"),
    (re.compile(r"54(\d{10})"), r"549\1"),
)


@lru_cache(4096)
def same_person(chat: str) -> str:
    """The chat's name in its shortest spelling: equal for two spellings of one number."""
    for pattern, short in _WITH_DIGIT:
        if found := pattern.fullmatch(chat):
            return found.expand(short)
    return chat


def written_ways(chat: str) -> tuple[str, ...]:
    """The chat's name in each of its spellings, the given one first."""
    short = same_person(chat)
    long = (found.expand(way) for pattern, way in _WITHOUT if (found := pattern.fullmatch(short)))
    return tuple(dict.fromkeys((chat, short, *long)))
