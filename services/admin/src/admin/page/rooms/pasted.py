"""Whom does a pasted list name? Lines as a spreadsheet gives them: by comma, semicolon or tab, titled or not."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from admin.http.problems import Problem
from admin.page.variables import variable_of

TO = frozenset({"to", "phone", "telefone", "telefono", "teléfono", "celular", "número", "numero", "number", "whatsapp"})
"""Titles of the column with the phone number."""
_PLACE = re.compile(r"recipients\[(\d+)\]\.?(.*)")


@dataclass(frozen=True, slots=True)
class Line:
    """One person."""

    number: int
    """Of the line in what was pasted, from 1."""
    pasted: str
    recipient: dict[str, Any]
    """As the API takes it."""
    titles: "Titles | None" = None


@dataclass(frozen=True, slots=True)
class Titles:
    """The first line, if it names the columns."""

    number: int
    pasted: str
    names: list[str]


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that is not right."""

    number: int
    pasted: str
    parameter: str
    detail: str
    of_titles: bool = False
    """It is a column that is not right, in each line."""


def lines(pasted: str, variables: Sequence[str]) -> list[Line]:
    """One for each person. Without titles the first column is the number and the others are `variables`, in order.

    Raises Problem 400 for what is no list.
    """
    delimiter = _delimiter(pasted)
    reader = csv.reader(io.StringIO(pasted), delimiter=delimiter)
    rows = [(reader.line_num, row) for row in reader if any(map(str.strip, row))]
    if not rows:
        raise Problem(400, "the list is empty: one phone number a line", parameter="recipients")
    titles = [variable_of(cell.strip(), variables) for cell in rows[0][1]]
    number_at = next((at for at, title in enumerate(titles) if title.lower() in TO), None)
    named = (["to", *variables], 0, rows) if number_at is None else (titles, number_at, rows[1:])
    head = None if number_at is None else Titles(rows[0][0], delimiter.join(rows[0][1]), titles)
    return [Line(number, delimiter.join(row), _named(row, named[0], named[1]), head) for number, row in named[2]]


def faults(problem: Problem, given: Sequence[Line]) -> list[Fault]:
    """The lines that the API finds wrong, as they were pasted; none when it is something else.

    A title that is wrong comes first, by itself: it is so in each line.
    """
    told = problem.more.get("faults") or [{"parameter": problem.more.get("parameter", ""), "detail": problem.detail}]
    found = [(place, one["detail"]) for one in told if (place := _PLACE.fullmatch(one["parameter"]))]
    wrong = [_fault(given[int(place[1])], place[2], detail) for place, detail in found if int(place[1]) < len(given)]
    return list(dict.fromkeys(one for one in wrong if one.of_titles)) or wrong


def _fault(line: Line, parameter: str, detail: str) -> Fault:
    """A value that is there is only wrong when the template has no such variable, so that its title is."""
    titles, name = line.titles, parameter.removeprefix("variables.")
    if titles and name in titles.names and line.recipient["variables"].get(name):
        return Fault(titles.number, titles.pasted, parameter, detail, of_titles=True)
    return Fault(line.number, line.pasted, parameter, detail)


def _named(row: Sequence[str], titles: Sequence[str], number_at: int) -> dict[str, Any]:
    cells = [cell.strip() for cell in row]
    given = {
        title: cells[at]
        for at, title in enumerate(titles)
        if at != number_at and at < len(cells) and title and cells[at]
    }
    more = {f"column {at + 1}": cell for at, cell in enumerate(cells) if at >= len(titles) and cell}
    return {"to": cells[number_at] if number_at < len(cells) else "", "variables": given | more}


def _delimiter(pasted: str) -> str:
    first = pasted.strip().partition("\n")[0]
    return max("\t;,", key=first.count)
