"""Is whoever asks allowed to? By a token, or by the session that a login began; and what their role suffices for.

Everything is shut but what `is_open` names, also what does not exist. A route says who may use it by being an
`Endpoint`, or by `@needs(Role.…)` on its handler; one that says nothing is for operators.
"""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from redis.exceptions import RedisError

from admin.access import cookies, csrf
from admin.access.callers import Callers
from admin.access.listening import while_allowed
from admin.access.principal import Principal, Role
from admin.access.secrets import is_token, same
from admin.access.sessions import Session, Sessions
from admin.access.throttle import Throttle, too_often
from admin.access.tokens import Tokens
from admin.http.endpoint import EVENTS, PRINCIPAL, Endpoint
from admin.http.problems import Problem, wants_page
from admin.http.whence import whence
from shared.telemetry import logs, metrics

OPEN = frozenset({"/livez", "/readyz", "/login"})
METRICS = "/metrics"
STATIC = "/static"
SESSION = web.RequestKey("SESSION", Session)
"""The login by which somebody is known; not set for bearers of a token."""

F = TypeVar("F", bound=Callable[..., Any])
_log = logs.get(__name__)


def needs(role: Role) -> Callable[[F], F]:
    """Say on a handler which role its route needs, where it is no `Endpoint`."""

    def marked(handler: F) -> F:
        handler.role = role  # type: ignore[attr-defined]
        return handler

    return marked


def role_of(handler: Any) -> Role | None:
    """The role that a route's handler says it needs; None: it says nothing."""
    owner = getattr(handler, "__self__", None)
    role = owner.role if isinstance(owner, Endpoint) else getattr(handler, "role", None)
    return role if isinstance(role, Role) else None


def is_open(request: web.Request) -> bool:
    """Whether the route is for everybody."""
    resource: Any = request.match_info.route.resource
    return resource is not None and (resource.canonical in OPEN or is_static(resource.canonical))


def is_static(path: str) -> bool:
    """Whether it is of the page's own files."""
    return path == STATIC or path.startswith(f"{STATIC}/")


class Gate:
    """Lets in whoever may."""

    def __init__(
        self, tokens: Tokens, sessions: Sessions, throttle: Throttle, callers: Callers, metrics_token: str | None
    ) -> None:
        self._tokens = tokens
        self._sessions = sessions
        self._throttle = throttle
        self._callers = callers
        self._metrics_token = metrics_token

    @property
    def middleware(self) -> Middleware:
        @web.middleware
        async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
            if not is_open(request) and not self._may_scrape(request):
                who = request[PRINCIPAL] = await self._who(request)
                _check_role(request, who)
                if _goes_on(request):
                    return await while_allowed(request, handler, lambda: self._may_still(request))
            return await handler(request)

        return guarded

    async def _who(self, request: web.Request) -> Principal:
        if "Authorization" in request.headers:
            return await self._bearer(request)
        if id_ := cookies.read(request, cookies.SESSION):
            session = await self._sessions.find(id_)
            if session is not None:
                await csrf.check(request, session.csrf)
                request[SESSION] = session
                return session.who
        raise _unknown(request)

    async def _may_still(self, request: web.Request) -> bool:
        """Whether the token or the login by which somebody began to listen still suffices."""
        if "Authorization" in request.headers:
            who = holder.who if (holder := await self._tokens.holder(bearer(request))) else None
        else:
            session = await self._sessions.look(cookies.read(request, cookies.SESSION))
            who = session.who if session else None
        return who is not None and who.may(role_of(request.match_info.handler) or Role.OPERATOR)

    async def _bearer(self, request: web.Request) -> Principal:
        secret = bearer(request)
        holder = await self._tokens.holder(secret) if secret else None
        if holder is None or not is_token(secret):
            held = await self._held(self._callers.address(request), failed=holder is None)
            if held:
                _refused("held", request)
                raise too_often(held)
        if holder is None:
            _refused("token", request)
            raise _unknown(request)
        return holder.who

    async def _held(self, address: str, *, failed: bool) -> int:
        try:
            return await (self._throttle.failed(address) if failed else self._throttle.held(address))
        except (RedisError, OSError, TimeoutError):
            return 0  # without Redis there is nothing to be had here, but the news that it is away

    def _may_scrape(self, request: web.Request) -> bool:
        resource: Any = request.match_info.route.resource
        if resource is None or resource.canonical != METRICS:
            return False
        return self._metrics_token is None or same(bearer(request), self._metrics_token)


def bearer(request: web.Request) -> str:
    """What the request shows as `Authorization: Bearer …`; empty: nothing."""
    scheme, _, credential = request.headers.get("Authorization", "").strip().partition(" ")
    return credential.strip() if scheme.lower() == "bearer" else ""


def _goes_on(request: web.Request) -> bool:
    """Whether the answer has no end of its own."""
    owner = getattr(request.match_info.handler, "__self__", None)
    return isinstance(owner, Endpoint) and owner.produces == EVENTS


def _check_role(request: web.Request, who: Principal) -> None:
    if request.match_info.http_exception is not None:
        return  # no such page, or not by this method: that is the answer, for everybody who is known
    role = role_of(request.match_info.handler) or Role.OPERATOR
    if not who.may(role):
        _refused("role", request)
        raise Problem(403, f"this needs the role {role.word}; {who.name} is {who.role.word}")


def _unknown(request: web.Request) -> Problem | web.HTTPSeeOther:
    if request.headers.get("HX-Request"):  # a page whose session ended: its script takes the browser to the login
        return Problem(401, "log in again", headers={"HX-Redirect": _login(whence(request), "ended")})
    if wants_page(request):
        return web.HTTPSeeOther(_to_login(request))
    detail = "send a token as `Authorization: Bearer …`"
    return Problem(401, detail, headers={"WWW-Authenticate": 'Bearer realm="frontdesk admin"'})


def _to_login(request: web.Request) -> str:
    if request.method == "GET":
        return _login(request.path_qs)
    return "/login" if request.path == "/logout" else _login(whence(request), "unsent")


def _login(wanted: str, why: str = "") -> str:
    return "/login?" + urlencode({"next": wanted} | ({"why": why} if why else {}))


def _refused(why: str, request: web.Request) -> None:
    metrics.ADMIN_REFUSED.labels(why).inc()
    _log.warning("refused", why=why, method=request.method, path=request.path)
