"""Why is something degraded, in the reader's language? The API says it in English sentences of a few shapes."""

from collections.abc import Mapping

from admin.page.shapes import Shapes
from admin.page.words import Words

SHAPES: Mapping[str, str] = {
    "dead": r"dead letters: (?P<n>\d+)",
    "nobody": r"no (?P<service>\w+) is alive, and (?P<n>\d+) wait in (?P<stream>\w+)",
    "clinic": r"a clinic's file is broken: (?P<why>.+)",
    "none_alive": r"no (?P<service>\w+) is alive",
    "full": r"(?P<stream>\w+) holds (?P<n>\d+) of at most (?P<bound>\d+)",
    "disconnected": r"the number is not connected: (?P<state>\w+)",
    "unreadable": r"it cannot be read: (?P<why>.+)",
    "missed": r"the views lack (?P<n>\d+) facts that left the log before they were read",
    "disk": r"Redis keeps nothing on disk .*",
    "more": r"and (?P<n>\d+) more",
}


def said(t: Words, reason: str) -> str:
    """The reason in the reader's language; as it is when its shape is not known."""
    if told := _SAID.said(t, reason):
        return told
    instance, _, why = reason.partition(": ")
    return f"{instance}: {told}" if (told := _SAID.said(t, why)) else reason


def _value(t: Words, what: str, value: str) -> str | int:
    if what == "stream":
        return t.known(f"reason.stream_{value}", value)
    return int(value) if value.isdigit() else t.known(f"{what}.{value}", value)


_SAID = Shapes("reason", SHAPES, _value)
