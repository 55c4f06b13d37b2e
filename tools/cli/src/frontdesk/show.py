"""How is an answer shown? As a table or sentences for people, as JSON for programs."""

import datetime as dt
import json
import re
import sys
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

PIPED_WIDTH = 400  # columns, for a pipe or a file, whatever COLUMNS says: a program that reads it wants whole lines

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)
COLOURS = {
    "ok": "green", "degraded": "yellow", "down": "red", "failed": "red", "dead": "red", "unknown": "yellow",
    "read": "green", "delivered": "green", "accepted": "cyan", "wanted": "yellow", "taken": "cyan", "warning": "yellow",
    "open": "green", "close": "red", "connecting": "yellow", "running": "cyan", "done": "green", "stopped": "yellow",
}  # fmt: skip
# What a terminal takes for an order, or turns the line around: patients write what they like.
_ORDERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def fit() -> None:
    """Break lines where the terminal's width asks for it, and nowhere in a pipe."""
    if not sys.stdout.isatty():
        out.width = PIPED_WIDTH


def as_json(data: Any) -> None:
    """For programs: one document."""
    sys.stdout.write(harmless_json(json.dumps(data, ensure_ascii=False, indent=2)) + "\n")


def raw(line: str) -> None:
    """A line of JSON as it came."""
    sys.stdout.write(harmless_json(line) + "\n")
    sys.stdout.flush()


def harmless_json(text: str) -> str:
    """The same JSON, with what a terminal could take for an order as escapes."""
    return re.sub("[\x7f-\x9f]", lambda found: f"\\u{ord(found[0]):04x}", text)


def harmless(text: str) -> str:
    """The words, without what a terminal could take for an order."""
    return _ORDERS.sub("\ufffd", text.replace("\r\n", "\n"))


def hint(what: str) -> None:
    """A sentence that something may be wrong."""
    out.print(Text(harmless(what), style="yellow"))


def complain(what: str, todo: str = "") -> None:
    """Say on standard error what went wrong, and what to do."""
    err.print(Text(harmless(f"frontdesk: {what}"), style="red"), soft_wrap=True)
    if todo:
        err.print(Text(todo), soft_wrap=True)


def aside(what: str) -> None:
    """A sentence for people, beside what programs read."""
    err.print(Text(harmless(what)), soft_wrap=True)


def say(what: str) -> None:
    """A sentence for people."""
    out.print(Text(harmless(what)), soft_wrap=True)


def word(value: object) -> Text:
    """A state, in its colour."""
    return Text(harmless(str(value)), style=COLOURS.get(str(value), ""))


def table(columns: Sequence[str], rows: Sequence[Sequence[object]], empty: str = "") -> None:
    """Rows under their titles; `empty` says what it means that there are none."""
    if not rows:
        if empty:
            say(empty)
        return
    shown = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        # What is copied from a table, such as an id, is never broken into two lines.
        shown.add_column(column, overflow="fold", no_wrap=column in ("id", "when"))
    for row in rows:
        shown.add_row(*(cell if isinstance(cell, Text) else Text(harmless(_text(cell))) for cell in row))
    out.print(shown)


def at(ms: int | None) -> str:
    """A moment in this machine's time zone, which stands behind it."""
    if not ms:
        return ""
    return dt.datetime.fromtimestamp(ms / 1000, dt.UTC).astimezone().isoformat(" ", "seconds")


def age(ms: int | None) -> str:
    """How long: 4 s, 12 min, 3 h, 2 d."""
    if ms is None:
        return "–"
    for size, unit in ((86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1_000, "s")):
        if ms >= size:
            return f"{ms // size} {unit}"
    return f"{ms} ms"


def _text(cell: object) -> str:
    return "–" if cell is None else str(cell)
