"""How is an answer shown? As a table or sentences for people, as JSON for programs."""

import datetime as dt
import json
import sys
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)
COLOURS = {
    "ok": "green", "degraded": "yellow", "down": "red", "failed": "red", "dead": "red", "unknown": "yellow",
    "read": "green", "delivered": "green", "accepted": "cyan", "wanted": "yellow", "taken": "cyan", "warning": "yellow",
}  # fmt: skip


def as_json(data: Any) -> None:
    """For programs: one document, or with a list of lines one a line."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=2) + "\n")


def line_of_json(data: Any) -> None:
    """One JSON document on a line of its own."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def raw(line: str) -> None:
    """A line as it came."""
    sys.stdout.write(line + "\n")


def hint(what: str) -> None:
    """A sentence that something may be wrong."""
    out.print(Text(what, style="yellow"))


def complain(what: str, todo: str = "") -> None:
    """Say on standard error what went wrong, and what to do."""
    err.print(Text(f"frontdesk: {what}", style="red"))
    if todo:
        err.print(Text(todo))


def say(what: str) -> None:
    """A sentence for people."""
    out.print(Text(what))


def word(value: object) -> Text:
    """A state, in its colour."""
    return Text(str(value), style=COLOURS.get(str(value), ""))


def table(columns: Sequence[str], rows: Sequence[Sequence[object]], empty: str) -> None:
    """Rows under their titles; `empty` says what it means that there are none."""
    if not rows:
        say(empty)
        return
    shown = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        shown.add_column(column, overflow="fold")
    for row in rows:
        shown.add_row(*(cell if isinstance(cell, Text) else Text(_text(cell)) for cell in row))
    out.print(shown)


def at(ms: int | None) -> str:
    """A moment in this machine's time zone."""
    if not ms:
        return ""
    return dt.datetime.fromtimestamp(ms / 1000, dt.UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")


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
