"""Is it still as it was counted? A dry run answers an ETag; with it in `If-Match` nothing is done beyond that count."""

import base64
import binascii

import msgspec
from aiohttp import web

from admin.http.problems import Problem

HEADER = "If-Match"


class Counted(msgspec.Struct, frozen=True, array_like=True):
    """What a dry run counted."""

    order: str
    """What it was asked to count: the same must be asked for in earnest."""
    touched: int
    """Entries, of all streams together."""
    holder: str = ""
    """Of a lane that is to move: who held it."""
    ends: dict[str, str] = {}
    """The id of the newest entry of each stream. What came behind it was not counted."""

    @property
    def etag(self) -> str:
        """As a header holds it."""
        return f'"{base64.urlsafe_b64encode(msgspec.json.encode(self)).decode().rstrip("=")}"'


def counted_in(request: web.Request, order: str) -> Counted | None:
    """What the caller was told of this order; None when that may be as it will. Raises Problem 412."""
    given = request.headers.get(HEADER, "").strip()
    if given in ("", "*"):
        return None
    tag = given.removeprefix("W/").strip('"')
    try:
        found = msgspec.json.decode(base64.urlsafe_b64decode(tag + "=" * (-len(tag) % 4)), type=Counted)
    except (binascii.Error, ValueError, msgspec.DecodeError):
        found = None
    if found is None or found.order != order:
        detail = "this was counted for something else, so nothing was done: count again with `dry_run`, then decide"
        raise Problem(412, detail, parameter=HEADER)
    return found


def check_counted(counted: Counted | None, touched: int, holder: str = "") -> None:
    """Raises Problem 412 when there is more now, or another holder. Nothing was done then."""
    if counted is None:
        return
    if touched > counted.touched:
        detail = f"it would touch {touched} entries now, not {counted.touched}, so nothing was done: look, then decide"
        raise Problem(412, detail, parameter=HEADER, touched=touched)
    if holder != counted.holder:
        names = f"{holder or 'nobody'} has the lane now, not {counted.holder or 'nobody'}"
        raise Problem(412, f"{names}, so nothing was done: look, then decide", parameter=HEADER, touched=touched)
