"""By what is a chat found? By the beginning of any word of its name, and of its number in the ways people write it."""

import re
import unicodedata

from shared.events.spelling import written_ways

LONGEST = 40
MOST_WORDS = 8
_WORD = re.compile(r"[^\W_]+")
_LOCAL = (9, 8, 4)
"""Digits at a number's end that people know it by: with and without Brazil's ninth digit, the last four."""


def plain(text: str) -> str:
    """`text` without case and accents."""
    if text.isascii():
        return text.lower()
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


def words(text: str) -> list[str]:
    """The words of `text` without case and accents."""
    return [word[:LONGEST] for word in _WORD.findall(plain(text))]


def tokens(chat: str, name: str) -> set[str]:
    """What the index has of a chat."""
    numbers = {number for way in written_ways(chat) for number in _numbers(way.partition("@")[0])}
    return {*words(name)[:MOST_WORDS], *(number for number in numbers if len(number) >= 4)}


def _numbers(digits: str) -> set[str]:
    return {digits, digits[2:], *(digits[-n:] for n in _LOCAL)} if digits.isdigit() else {digits}


def wanted(find: str) -> list[str]:
    """The words that are looked for; a number written with blanks, brackets and dashes is one."""
    squeezed = re.sub(r"[\s().+-]", "", find)
    return [squeezed] if squeezed.isdigit() else words(find)


def matches(asked: list[str], chat: str, name: str, last_text: str) -> bool:
    """Whether every word that is asked for begins a word of the name, the number or the last words."""
    said = plain(f"{' '.join(written_ways(chat))} {name} {last_text}")
    if not all(word in said for word in asked):  # nearly always, and much cheaper than the words
        return False
    has = tokens(chat, name) | set(words(last_text))
    return all(any(one.startswith(word) for one in has) for word in asked)
