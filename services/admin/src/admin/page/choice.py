"""Which language, and light or dark? What the person chose, else what the browser asks for."""

import re
from typing import Literal, cast

from aiohttp import web
from aiohttp.typedefs import Handler
from yarl import URL

from admin.page.words import LANGUAGES, Language

Theme = Literal["light", "dark", "auto"]
THEMES = ("light", "dark", "auto")
YEAR_S = 365 * 86_400
_CHOICES = {"lang": LANGUAGES, "theme": THEMES}


def language_of(request: web.Request) -> Language:
    """The cookie's, else the first of Accept-Language that there is, else Portuguese."""
    chosen = request.cookies.get("lang", "")
    if chosen in LANGUAGES:
        return chosen
    for wanted in _by_preference(request.headers.get("Accept-Language", "")):
        if wanted in LANGUAGES:
            return wanted
    return "pt"


def theme_of(request: web.Request) -> Theme:
    """The cookie's, else `auto`: as the system has it."""
    chosen = request.cookies.get("theme", "")
    return cast(Theme, chosen) if chosen in THEMES else "auto"


def _by_preference(header: str) -> list[str]:
    found = re.findall(r"([a-zA-Z]{2})(?:-[\w-]+)?\s*(?:;\s*q=([01](?:\.\d{0,3})?))?\s*(?:,|$)", header[:500])
    return [name.lower() for name, _ in sorted(found, key=lambda pair: -float(pair[1] or 1))]


@web.middleware
async def remember_choices(request: web.Request, handler: Handler) -> web.StreamResponse:
    """`?lang=es` or `?theme=dark` on any page is kept in a cookie, and the address is cleaned of it."""
    chosen = {name: request.query[name] for name in _CHOICES if name in request.query}
    if request.method != "GET" or not chosen or request.path.startswith("/admin"):
        return await handler(request)
    rest = {name: value for name, value in request.query.items() if name not in chosen}
    # `//host/…` and `/\\host/…` are another host's to a browser: one slash, whatever was asked for.
    here = URL.build(path="/" + request.path.lstrip("/\\"), query=rest)
    answer = web.Response(status=303, headers={"Location": str(here)})
    for name, value in chosen.items():
        if value in _CHOICES[name]:
            answer.set_cookie(name, value, max_age=YEAR_S, samesite="Lax", httponly=True, secure=request.secure)
    return answer
