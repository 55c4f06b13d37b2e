"""Can this value be trusted to be a text, a number, a time? Whatever a phone sent, what leaves here is harmless."""

import re
from datetime import UTC, datetime
from typing import Any

import msgspec

TEXT_MAX = 65_536  # characters: WhatsApp's own bound
CUT = " […]"
SHORT_MAX = 256  # names, file names, choice ids
COUNT_MAX = 2**53  # what every JSON reader can count to
FIRST_MS = 1_420_070_400_000  # 2015-01-01: before it nobody had this product
AHEAD_MS = 86_400_000  # a day: a phone's clock may be wrong, but not more

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_SURROGATE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"  # a pair: one character
    rb"|(?P<lone>\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
    rb"|\\.",  # any other escape, so that an escaped backslash does not begin one
    re.DOTALL,
)
_REPLACEMENT = rb"\ufffd"


class _Long(msgspec.Struct, gc=False):
    """A 64-bit integer as the gateway writes it."""

    low: int
    high: int = 0


_number: msgspec.json.Decoder[float | str | _Long | None] = msgspec.json.Decoder(float | str | _Long | None)


def json_bytes(body: bytes) -> bytes:
    """`body` with every lone surrogate escape replaced: no decoder takes it, no UTF-8 can write it."""
    if b"\\ud" in body or b"\\uD" in body:
        return _SURROGATE.sub(lambda found: _REPLACEMENT if found["lone"] else found[0], body)
    return body


def text(value: str | None, limit: int = TEXT_MAX) -> str:
    """The words without control characters, cut with a mark when they are longer than `limit`."""
    if not value:
        return ""
    if _CONTROL.search(value):
        value = _CONTROL.sub(_harmless, value.replace("\r\n", "\n").replace("\r", "\n"))
    return value if len(value) <= limit else value[: limit - len(CUT)] + CUT


def line(value: Any) -> str:
    """A short text on one line; anything else than a text is none."""
    return " ".join(text(value[: 2 * SHORT_MAX], SHORT_MAX).split()) if isinstance(value, str) else ""


def number(raw: bytes | msgspec.Raw) -> int | None:
    """The integer that `raw` JSON says, as a number, digits in a string, or `{low, high, unsigned}`."""
    try:
        return int(bytes(raw))
    except ValueError:
        pass
    try:
        return _integer(_number.decode(raw))
    except (ValueError, OverflowError, RecursionError):
        return None


def count(raw: bytes | msgspec.Raw) -> int | None:
    """A size or a duration; None when it is none."""
    value = number(raw)
    return value if value is not None and 0 <= value <= COUNT_MAX else None


def iso_ms(value: Any) -> int | None:
    """Milliseconds of an ISO 8601 time; without a zone it is UTC."""
    try:
        at = datetime.fromisoformat(value)
        return round((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)
    except (TypeError, ValueError, OverflowError):
        return None


def plausible(now_ms: int, *told: int | None) -> int:
    """The first of the times told that can be true, else now."""
    for at in told:
        if at is not None and FIRST_MS <= at <= now_ms + AHEAD_MS:
            return at
    return now_ms


def _harmless(found: re.Match[str]) -> str:
    return "�" if found[0] >= "\ud800" else ""


def _integer(value: float | str | _Long | None) -> int | None:
    match value:
        case _Long(low=low, high=high):
            return high << 32 | low & 0xFFFFFFFF
        case str():
            return int(value[:32])
        case float():
            return int(value)
    return None
