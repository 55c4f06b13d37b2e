"""Did somebody else change it meanwhile? `If-Match` carries the ETag that was read."""

from collections.abc import Sequence

import msgspec
from aiohttp import web

from admin.http.endpoint import etag
from admin.http.problems import Problem


def check_match(request: web.Request, current: msgspec.Struct) -> None:
    """Raises Problem 412 when `If-Match` is given and names another state than `current`."""
    given = request.headers.get("If-Match", "")
    if not given or given.strip() == "*":
        return
    if etag(msgspec.json.encode(current)) not in _tags(given):
        raise changed()


def changed() -> Problem:
    """What is answered when the state is no longer the one that was read."""
    return Problem(412, "somebody else changed this meanwhile: read it again, then decide", parameter="If-Match")


def _tags(header: str) -> Sequence[str]:
    return [tag.strip().removeprefix("W/") for tag in header.split(",")]
