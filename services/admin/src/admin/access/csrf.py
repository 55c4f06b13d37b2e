"""Did our own page send this? Whoever is known by a cookie must show what only our page was told, to change anything.

A script sends it as the header `X-CSRF-Token`, a form without a script as the field `csrf`. A file is sent by the
header, or in a form that the handler reads with `request.post()`.
"""

from typing import Any

from aiohttp import web

from admin.access.secrets import same
from admin.http.problems import Problem
from admin.http.reading import form_of

HEADER = "X-CSRF-Token"
FIELD = "csrf"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_OURS = ("same-origin", "none", "")


def is_ours(request: web.Request) -> bool:
    """Whether the browser says that no other site began this. One that says nothing is not believed to be ours alone
    by it: the token decides."""
    return request.headers.get("Sec-Fetch-Site", "") in _OURS


async def check(request: web.Request, csrf: str) -> None:
    """Raises Problem 403 unless the request may change something."""
    if request.method in SAFE:
        return
    if not is_ours(request) or not same(await _given(request), csrf):
        detail = f"this did not come from our own page: reload it, or send `{HEADER}` with what it was told"
        raise Problem(403, detail, parameter=FIELD)


async def _given(request: web.Request) -> str:
    if HEADER in request.headers:
        return request.headers[HEADER]
    if request.content_type not in _FORMS:
        return ""
    value: Any = (await form_of(request)).get(FIELD, "")
    return value if isinstance(value, str) else ""
