"""How is a text that is too long for one message cut? At the end of a sentence, if there is one."""

import re
import unicodedata

TEXT_LIMIT = 4096  # characters of one WhatsApp text

_ENDS = (
    re.compile(r"\n\s*\n"),  # a paragraph
    re.compile(r"(?<=[.!?…。])[\"'”’)\]]*\s+|\n+"),  # a sentence or a line
    re.compile(r"\s+"),  # a word
)
_LEAST_SHARE = 4  # a part is at least a quarter full, or the next coarser cut is no good
_JOINER = "\u200d"


def split_text(text: str, limit: int = TEXT_LIMIT) -> list[str]:
    """The parts of `text`, in order, none longer than `limit`; their words are the text's words."""
    parts: list[str] = []
    while len(text) > limit:
        at = _cut(text, limit)
        parts.append(text[:at].rstrip())
        text = text[at:].lstrip()
    return [part for part in (*parts, text) if part] or [text]


def _cut(text: str, limit: int) -> int:
    """Where the first part ends: after the last paragraph, else sentence, else word that fits."""
    for end in _ENDS:
        cuts = [found.end() for found in end.finditer(text, 0, limit + 1) if found.start() <= limit]
        if cuts and cuts[-1] >= limit // _LEAST_SHARE:
            return cuts[-1]
    return _between_characters(text, limit)


def _between_characters(text: str, limit: int) -> int:
    """A cut that leaves an accent with its letter, and an emoji in one piece."""
    at = limit
    while at > limit // 2 and _belongs_together(text[at - 1], text[at]):
        at -= 1
    return at


def _belongs_together(left: str, right: str) -> bool:
    modifier = "\U0001f3fb" <= right <= "\U0001f3ff" or "\ufe00" <= right <= "\ufe0f"
    return modifier or _JOINER in (left, right) or unicodedata.combining(right) != 0
