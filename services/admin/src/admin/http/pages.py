"""How is a long list told? Page by page: each names the cursor of the next."""

import base64
import binascii
from typing import Annotated, Generic, TypeVar

import msgspec

from admin.http.problems import Problem

T = TypeVar("T")
MOST = 200
Limit = Annotated[int, msgspec.Meta(ge=1, le=MOST, description="How many at the most.")]
Cursor = Annotated[str, msgspec.Meta(max_length=300, description="`next` of the page before; empty: the first page.")]


class Page(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """Part of a list."""

    items: list[T]
    next: str | None = None
    """The cursor of the page after this one; null: this is the last."""


def cursor_of(*parts: str | int) -> str:
    """A cursor that holds `parts`. Clients treat it as opaque."""
    return base64.urlsafe_b64encode(msgspec.json.encode(parts)).decode().rstrip("=")


def parts_of(cursor: str, count: int) -> list[str]:
    """What `cursor_of` was given, as text. Raises Problem 400 for anything else."""
    try:
        found = msgspec.json.decode(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), type=list[str | int])
    except (binascii.Error, ValueError, msgspec.DecodeError):
        found = []
    if len(found) != count:
        raise Problem(400, "this cursor is of no page here; begin without one", parameter="cursor")
    return [str(part) for part in found]
