"""Does a reason name the person? It is kept when they are forgotten, so it must not."""

import re
from collections.abc import Iterable

from admin.views.finding import words

LAST_DIGITS = 8  # how people write a number: without its country, its area, and Brazil's ninth digit
_SMALL = {"das", "dos", "del", "los", "las", "van", "von", "the"}
_SHORTEST = 3


def names_them(reason: str, chats: Iterable[str], names: Iterable[str]) -> bool:
    """Whether `reason` says the end of one of their numbers, or a word of one of their names."""
    digits = re.sub(r"\D", "", reason)
    if any(chat.partition("@")[0][-LAST_DIGITS:] in digits for chat in chats):
        return True
    called = {word for name in names for word in words(name) if len(word) >= _SHORTEST}
    return not (called - _SMALL).isdisjoint(words(reason))
