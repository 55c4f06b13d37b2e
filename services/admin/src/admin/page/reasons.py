"""Why is something degraded, in the reader's language? The API says it in English sentences of a few shapes."""

import re

from admin.page.words import Words

_SHAPES = {
    "dead": r"dead letters: (?P<n>\d+)",
    "nobody": r"no (?P<service>\w+) is alive, and (?P<n>\d+) wait in (?P<stream>\w+)",
    "full": r"(?P<stream>\w+) holds (?P<n>\d+) of at most (?P<bound>\d+)",
    "disconnected": r"the number is not connected: (?P<state>\w+)",
    "disk": r"Redis keeps nothing on disk .*",
    "more": r"and (?P<n>\d+) more",
}
_REASON = [(name, re.compile(rf"(?:(?P<instance>[^:]+): )?{shape}")) for name, shape in _SHAPES.items()]


def said(t: Words, reason: str) -> str:
    """The reason in the reader's language; as it is when its shape is not known."""
    for name, shape in _REASON:
        if found := shape.fullmatch(reason):
            values = {what: _value(t, what, value) for what, value in found.groupdict().items() if value}
            instance = values.pop("instance", "")
            told = t(f"reason.{name}", **values)
            return f"{instance}: {told}" if instance else told
    return reason


def _value(t: Words, what: str, value: str) -> str | int:
    if what == "stream":
        return t.known(f"reason.stream_{value}", value)
    return int(value) if value.isdigit() else t.known(f"{what}.{value}", value)
