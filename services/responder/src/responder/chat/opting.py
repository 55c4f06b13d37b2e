"""Does the patient say no to proactive messages, yes to them again, or yes to our offer?"""

from functools import cache
from importlib import resources
from typing import Literal

import msgspec
import yaml

from responder.clinic import Language
from responder.language import fold


class _Words(msgspec.Struct, frozen=True, rename={"into": "in"}):
    out: frozenset[str]
    into: frozenset[str]
    agree: frozenset[str]
    said: dict[str, dict[str, str]]


def opting(text: str) -> Literal["out", "in", ""]:
    """Whether these words, and nothing else, opt out or in."""
    plain = _plain(text)
    if plain in _words().out:
        return "out"
    return "in" if plain in _words().into else ""


def agrees(text: str) -> bool:
    """Whether this is a short yes."""
    return _plain(text) in _words().agree


def confirmation(way: Literal["out", "in"], language: Language) -> str:
    """What is said back."""
    return _words().said[way][language]


def _plain(text: str) -> str:
    letters = "".join(c if c.isalnum() else " " for c in fold(text))
    return " ".join(letters.split())


@cache
def _words() -> _Words:
    text = resources.files("responder.chat").joinpath("opting.yaml").read_text(encoding="utf-8")
    words = yaml.safe_load(text)
    for name in ("out", "in", "agree"):
        words[name] = [_plain(str(word)) for word in words[name]]
    return msgspec.convert(words, _Words)
