"""Whom does a list name? Lines as a spreadsheet saves them: by comma, semicolon or tab, titled or not."""

import csv
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

from frontdesk.failures import Fault

TO = frozenset({"to", "phone", "telefone", "telefono", "teléfono", "celular", "número", "numero", "number", "whatsapp"})
"""Titles of the column with the phone number."""
_INDEX = re.compile(r"recipients\[(\d+)\]")
_PLACE = re.compile(_INDEX.pattern + r"(?:\.variables\.(.+))?")


@dataclass(frozen=True, slots=True)
class Recipient:
    """One line of the list."""

    line: int
    to: str
    variables: dict[str, str]


@dataclass(frozen=True, slots=True)
class Listed:
    """A list."""

    people: list[Recipient]
    titles: list[str]
    titled_at: int
    """The line of the titles; 0: the list has none, they were named beside it."""

    def told(self, faults: Sequence[Fault]) -> list[str]:
        """What the API finds wrong with it, by its lines; a title that is wrong, once."""
        return list(
            dict.fromkeys(self._told(fault, place) for fault in faults if (place := _PLACE.match(fault.parameter)))
        )

    def _told(self, fault: Fault, place: re.Match[str]) -> str:
        one, name = self.people[int(place[1])], place[2] or ""
        where = f"line {one.line}"
        if name and bool(one.variables.get(name)) == (name in self.titles):  # it is the column's fault, not the line's
            where = f"line {self.titled_at}, the titles" if self.titled_at else "--columns"
        detail = re.sub(r"`recipients\[\d+\]\.(\w+)`", r"`\1`", fault.detail)
        return f"{where}: {_INDEX.sub(lambda found: f'line {self.people[int(found[1])].line}', detail)}"


def read(path: str) -> str:
    """The list's text; `-` is standard input."""
    try:
        return sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise typer.BadParameter(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise typer.BadParameter(f"{path} is not in UTF-8: save it as “CSV UTF-8”") from None


def listed(text: str, names: Sequence[str]) -> Listed:
    """One for each line that is not empty. Without titles the first column is the number, the others are `names`."""
    reader = csv.reader(text.splitlines(), delimiter=_delimiter(text))
    try:
        rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader if any(map(str.strip, row))]
    except csv.Error as error:
        raise typer.BadParameter(f"line {reader.line_num} of the list is no line of a table: {error}") from None
    if not rows:
        raise typer.BadParameter("the list is empty: one phone number a line")
    titles = rows[0][1]
    number_at = next((at for at, title in enumerate(titles) if title.lower() in TO), None)
    if number_at is None:
        named = ["to", *names]
        return Listed([_named(line, row, named, 0) for line, row in rows], named, 0)
    if len(rows) == 1:
        raise typer.BadParameter("the list has titles and nobody below them")
    return Listed([_named(line, row, titles, number_at) for line, row in rows[1:]], titles, rows[0][0])


def _named(line: int, cells: Sequence[str], titles: Sequence[str], number_at: int) -> Recipient:
    if len(cells) > len(titles):
        known = ", ".join(titles)
        raise typer.BadParameter(f"line {line} of the list has {len(cells)} columns; there are {len(titles)}: {known}")
    named = {title: cell for title, cell in zip(titles, cells, strict=False) if title and cell}
    to = cells[number_at] if number_at < len(cells) else ""
    return Recipient(line, to, {name: value for name, value in named.items() if name != titles[number_at]})


def _delimiter(text: str) -> str:
    first = text.strip().partition("\n")[0]
    return max("\t;,", key=first.count)
