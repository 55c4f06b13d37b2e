"""Does the patient say no to proactive messages, yes to them again, or yes to our offer?"""

from collections.abc import Sequence
from functools import cache
from typing import Literal

import msgspec

from clinic.language import words
from clinic.text import Language
from responder.answerer.courtesy import courtesy
from responder.answerer.cues import alarms, compiled
from responder.answerer.wordlists import wordlist

MAX_WORDS = 10  # a longer message has something else to say


class _Words(msgspec.Struct, frozen=True, rename={"into": "in"}):
    out: frozenset[str]
    plainly: frozenset[str]
    out_like: tuple[str, ...]
    into: frozenset[str]
    agree: frozenset[str]
    said: dict[str, dict[str, str]]


def opting(text: str) -> Literal["out", "in", ""]:
    """Whether these words, and nothing else, opt out or in."""
    plain = _plain(text)
    if alarms(plain):
        return ""  # who cannot go on writes `no more` too
    if plain in _words().out or _tells_us_to_stop(plain, text):
        return "out"
    return "in" if plain in _words().into else ""


def opting_among(texts: Sequence[str]) -> tuple[Literal["out", "in", ""], bool]:
    """The same of a turn's messages, the last one counting; and whether others have something else to say."""
    if way := opting("\n".join(texts)):
        return way, False
    others = [text for text in texts if not opting(text)]
    if all(courtesy(words(text), asks="?" in text) for text in others):
        return next((way for text in reversed(texts) if (way := opting(text))), ""), False
    return ("out", True) if any(_no_other_meaning(text) for text in texts) else ("", False)


def _no_other_meaning(text: str) -> bool:
    """`Para` alone may be the middle of a sentence that was sent in three messages; `SAIR` is not."""
    plain = _plain(text)
    return opting(text) == "out" and (plain in _words().plainly or _tells_us_to_stop(plain, text))


def _tells_us_to_stop(plain: str, text: str) -> bool:
    """A short message that says so in its own way; a question is never one."""
    if "?" in text or len(plain.split()) > MAX_WORDS:
        return False
    return compiled(_words().out_like).search(f"{plain} ") is not None


def agrees(text: str) -> bool:
    """Whether this is a short yes."""
    return _plain(text) in _words().agree


def confirmation(way: Literal["out", "in"], language: Language) -> str:
    """What is said back."""
    return _words().said[way][language]


def _plain(text: str) -> str:
    return " ".join(words(text))


@cache
def _words() -> _Words:
    listed = wordlist("opting")
    for name in ("out", "plainly", "in", "agree"):
        listed[name] = [_plain(word) for word in listed[name]]
    return msgspec.convert(listed, _Words)
