"""How is a page of a sorted set read? From where the page before ended, however many there are."""

from collections.abc import Sequence
from typing import Any

from admin.http.pages import cursor_of, parts_of
from shared.streams.scripts import Scripts

Row = tuple[str, int]
"""A member and its score."""


async def newest(scripts: Scripts, key: str, cursor: str, most: int) -> list[Row]:
    """Up to `most` rows behind the cursor, the highest score first, then the member that sorts last."""
    if not cursor:
        return _rows(await scripts.call("ZRANGE", key, 0, most - 1, "REV", "WITHSCORES"))
    at, member = _of(cursor)
    return await _after(scripts, key, at, member, most, newest_first=True)


async def soonest(scripts: Scripts, key: str, cursor: str, most: int) -> list[Row]:
    """Up to `most` rows behind the cursor, the lowest score first."""
    if not cursor:
        return _rows(await scripts.call("ZRANGE", key, 0, most - 1, "WITHSCORES"))
    at, member = _of(cursor)
    return await _after(scripts, key, at, member, most, newest_first=False)


def next_of(rows: Sequence[Row], limit: int) -> str | None:
    """The cursor behind the `limit`-th row, if there are more."""
    if len(rows) <= limit:
        return None
    member, at = rows[limit - 1]
    return cursor_of(at, member)


def behind(rows: Sequence[Row], cursor: str) -> list[Row]:
    """The rows, the newest first, that a cursor has not told yet."""
    if not cursor:
        return list(rows)
    at, member = _of(cursor)
    return [row for row in rows if (row[1], row[0]) < (at, member)]


async def _after(scripts: Scripts, key: str, at: int, member: str, most: int, *, newest_first: bool) -> list[Row]:
    """Rows of the cursor's own score may be told already: they are skipped by name."""
    order = ("REV", "BYSCORE") if newest_first else ("BYSCORE",)
    ends = (at, "-inf") if newest_first else (at, "+inf")
    found: list[Row] = []
    offset = 0
    while len(found) < most:
        reply = await scripts.call("ZRANGE", key, *ends, *_sorted(order), "LIMIT", offset, most + 1, "WITHSCORES")
        rows = _rows(reply)
        fresh = [
            row for row in rows
            if row[1] != at or (row[0] < member if newest_first else row[0] > member)
        ]  # fmt: skip
        found += fresh
        if len(rows) <= most:
            break
        offset += len(rows)
    return found[:most]


def _sorted(order: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(order))  # BYSCORE before REV


def _of(cursor: str) -> tuple[int, str]:
    at, member = parts_of(cursor, 2)
    if not at.isdigit():
        parts_of("", 2)
    return int(at), member


def _rows(reply: Any) -> list[Row]:
    """WITHSCORES: pairs under RESP3 or by the client's own parsing, else a flat list."""
    if reply and not isinstance(reply[0], (list, tuple)):
        reply = list(zip(reply[::2], reply[1::2], strict=True))
    return [(_text(member), int(float(score))) for member, score in reply]


def _text(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
