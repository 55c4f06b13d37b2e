"""What is wrong with this webhook, in words that name the place?"""

import re
from typing import TypeVar

import msgspec

from shared.errors import FrontdeskError

_COMPLAINT = re.compile(r"Expected `(?P<want>[^`]+)`, got `(?P<got>[^`]+)`(?: - at `\$(?P<path>[^`]*)`)?")
_MISSING = re.compile(r"Object missing required field `(?P<field>[^`]+)`(?: - at `\$(?P<path>[^`]*)`)?")
_WORDS = {
    "str": "a string", "int": "a number", "float": "a number", "bool": "true or false",
    "object": "an object", "array": "an array",
}  # fmt: skip


class BadWebhook(FrontdeskError):  # noqa: N818 - it reads `raise BadWebhook("data.key.id: missing")`
    """The body is not what the gateway sends. The reason quotes nothing of it but the instance's name."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


_T = TypeVar("_T")


def decoded(decoder: msgspec.json.Decoder[_T], raw: msgspec.Raw, place: str) -> _T:
    """The value in `raw`, which stands at `place` of the body.

    Raises BadWebhook.
    """
    if not memoryview(raw):
        raise BadWebhook(f"{place}: missing")
    try:
        return decoder.decode(raw)
    except (ValueError, RecursionError) as error:
        raise explain(error, place) from error


def explain(error: Exception, place: str = "") -> BadWebhook:
    """`error`, which a decoder raised over the value at `place`, in our words."""
    if isinstance(error, RecursionError):
        return BadWebhook(f"{place or 'body'}: nested too deeply")
    if isinstance(error, UnicodeDecodeError):
        return BadWebhook(f"{place or 'body'}: not UTF-8")
    text = str(error)
    if found := _COMPLAINT.search(text):
        where = (place + (found["path"] or "")).lstrip(".") or "body"
        return BadWebhook(f"{where}: expected {_words(found['want'])}, got {_words(found['got'])}")
    if found := _MISSING.search(text):
        where = ".".join(part for part in (place + (found["path"] or ""), found["field"]) if part)
        return BadWebhook(f"{where.lstrip('.')}: missing")
    return BadWebhook(f"{place or 'body'}: {text}")


def _words(types: str) -> str:
    names = [_WORDS.get(name, name) for name in types.split(" | ")]
    named = [name for name in names if name != "null"] or names
    return " or ".join(dict.fromkeys(named))
