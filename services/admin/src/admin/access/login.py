"""How does a person log in and out? With a token, in a form; from then on a cookie says who they are."""

import html
from collections.abc import Callable
from typing import Any, Literal

import msgspec
from aiohttp import web

from admin.access import cookies, csrf
from admin.access.callers import Callers
from admin.access.gate import SESSION, needs
from admin.access.principal import Role
from admin.access.secrets import is_token, new_id, same
from admin.access.sessions import Sessions
from admin.access.throttle import Throttle, retry_after
from admin.access.tokens import Holder, Tokens
from admin.http.reading import form_of
from shared.telemetry import logs, metrics

HOME = "/"
_log = logs.get(__name__)


class LoginPage(msgspec.Struct, frozen=True, kw_only=True):
    """What the login page shows."""

    form: str
    """For the hidden field `form`."""
    next: str = HOME
    """For the hidden field `next`: where the browser goes afterwards."""
    why: Literal["", "wrong", "held", "stale", "ended", "unsent"] = ""
    """Why it is shown (again): a wrong token; too many of them; a form that no cookie came with (too old, or the page
    is read over plain HTTP from another machine); the session ended while a page was open, or before what was filled
    in there was sent."""
    wait_s: int = 0
    """When held: the seconds to wait."""


Render = Callable[[web.Request, LoginPage], str]


class Login:
    """The three handlers."""

    def __init__(
        self, tokens: Tokens, sessions: Sessions, throttle: Throttle, callers: Callers, render: Render | None = None
    ) -> None:
        self._tokens = tokens
        self._sessions = sessions
        self._throttle = throttle
        self._callers = callers
        self._render = render or plain

    def add_to(self, app: web.Application) -> None:
        """Add the routes."""
        app.router.add_get("/login", self.show)
        app.router.add_post("/login", self.enter)
        app.router.add_post("/logout", self.leave)

    async def show(self, request: web.Request) -> web.StreamResponse:
        """The form; or, for who is logged in already, where they wanted to go."""
        wanted = inside(request.query.get("next", HOME))
        id_ = cookies.read(request, cookies.SESSION)
        if id_ and await self._sessions.find(id_):
            raise web.HTTPSeeOther(wanted)
        why = request.query.get("why", "")
        return self._form(request, 200, next=wanted, why=why if why in ("ended", "unsent") else "")

    async def enter(self, request: web.Request) -> web.StreamResponse:
        """Begin a session, if the token holds."""
        form = await form_of(request)
        wanted = inside(_text(form, "next"))
        if not csrf.is_ours(request) or not _same_form(request, _text(form, "form")):
            return self._form(request, 403, next=wanted, why="stale")
        secret, address = _text(form, "token").strip(), self._callers.address(request)
        holder = await self._tokens.holder(secret)
        if holder is None or not is_token(secret):
            held = await (self._throttle.held(address) if holder else self._throttle.failed(address))
            if held:
                return self._refused(request, "held", next=wanted, wait_s=-(-held // 1000))
        if holder is None:
            return self._refused(request, "wrong", next=wanted)
        return await self._entered(request, holder, wanted)

    @needs(Role.VIEWER)
    async def leave(self, request: web.Request) -> web.StreamResponse:
        """End the session. (Whoever came with a token has none.)"""
        if SESSION in request:
            await self._sessions.close(request[SESSION].id)
        response = web.Response(status=303, headers={"Location": "/login"})
        cookies.drop(request, response, cookies.SESSION)
        return response

    async def _entered(self, request: web.Request, holder: Holder, wanted: str) -> web.StreamResponse:
        if earlier := cookies.read(request, cookies.SESSION):
            await self._sessions.close(earlier)
        session = await self._sessions.open(holder, self._callers.address(request))
        response = web.Response(status=303, headers={"Location": wanted})
        cookies.put(request, response, cookies.SESSION, session.id)
        cookies.drop(request, response, cookies.FORM)
        return response

    def _refused(self, request: web.Request, why: Literal["wrong", "held"], **about: Any) -> web.StreamResponse:
        metrics.ADMIN_REFUSED.labels("held" if why == "held" else "login").inc()
        _log.warning("login_refused", why=why, address=self._callers.address(request))
        return self._form(request, 429 if why == "held" else 401, why=why, **about)

    def _form(self, request: web.Request, status: int, **about: Any) -> web.StreamResponse:
        form = cookies.read(request, cookies.FORM)[:64] or new_id()  # the same for two tabs
        shown = LoginPage(form=form, **about)
        response = web.Response(text=self._render(request, shown), content_type="text/html", status=status)
        if shown.wait_s:
            response.headers.update(retry_after(shown.wait_s * 1000))
        cookies.put(request, response, cookies.FORM, form)
        return response


def inside(wanted: str) -> str:
    """Where to go after the login, if that is a page of ours, else the first page."""
    is_path = wanted.startswith("/") and not wanted.startswith(("//", "/\\", "/login", "/logout"))
    return wanted if is_path and wanted.isprintable() and "\\" not in wanted else HOME


def _same_form(request: web.Request, form: str) -> bool:
    given = cookies.read(request, cookies.FORM)
    return bool(given) and same(given, form)


def _text(form: Any, name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


_WORDS = {
    "": "",
    "wrong": "This token is not known, or holds no more.",
    "held": "Too many wrong tokens came from here. Wait {wait_s} seconds.",
    "stale": "This form is too old, or the page is not read over HTTPS. Try once more.",
    "ended": "Your session has ended.",
    "unsent": "Your session had ended before this was sent. Nothing was done.",
}


def plain(_request: web.Request, page: LoginPage) -> str:
    """The form, without any beauty."""
    said = html.escape(_WORDS[page.why].format(wait_s=page.wait_s))
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Frontdesk: log in</title></head>
<body><main><h1>Frontdesk</h1><p role="alert">{said}</p>
<form method="post" action="/login">
<input type="hidden" name="form" value="{html.escape(page.form)}">
<input type="hidden" name="next" value="{html.escape(page.next)}">
<label>Token <input name="token" type="password" autocomplete="current-password" required autofocus></label>
<button>Log in</button></form></main></body></html>
"""
