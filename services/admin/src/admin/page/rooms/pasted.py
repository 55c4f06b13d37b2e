"""Whom does a pasted list name? Lines as a spreadsheet gives them: by comma, semicolon or tab, titled or not."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from admin.http.problems import Problem
from admin.page.variables import variable_of

TO = frozenset({"to", "phone", "telefone", "telefono", "teléfono", "celular", "número", "numero", "number", "whatsapp"})
"""Titles of the column with the phone number."""


def recipients(pasted: str, variables: Sequence[str]) -> list[dict[str, Any]]:
    """One for each line. Without titles the first column is the number and the others are `variables`, in order.

    Raises Problem 400 for what is no list.
    """
    rows = [row for row in csv.reader(io.StringIO(pasted), delimiter=_delimiter(pasted)) if any(map(str.strip, row))]
    if not rows:
        raise Problem(400, "the list is empty: one phone number a line", parameter="recipients")
    titles = [variable_of(cell.strip(), variables) for cell in rows[0]]
    number_at = next((at for at, title in enumerate(titles) if title.lower() in TO), None)
    if number_at is None:
        return [_named(row, ["to", *variables], 0) for row in rows]
    return [_named(row, titles, number_at) for row in rows[1:]]


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
