"""How is a route declared? Once: its method and path, who may, and a handler whose types say the rest.

A handler is `async def name(self, asked: Asked[Query, Body]) -> Answer`: `Query` is a struct of the path's and the
query's parameters, `Body` a struct or None, the answer a struct, a `Reply` of one, or a response made by hand
(`produces` then says of which media type). The OpenAPI document is made from the same types and the docstring.
"""

import hashlib
import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, get_args, get_origin, get_type_hints

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler as AnyHandler

from admin.access.principal import Principal, Role
from admin.http.problems import Problem
from admin.http.reading import asked_of, body_of
from admin.http.remembering import REMEMBERING, key_of

Q = TypeVar("Q")
B = TypeVar("B")
A = TypeVar("A")

PRINCIPAL = web.RequestKey("PRINCIPAL", Principal)
JSON = "application/json"
EVENTS = "text/event-stream"
"""What an answer without an end of its own is made of: server-sent events."""


class Nothing(msgspec.Struct, frozen=True):
    """No parameters."""


@dataclass(frozen=True, slots=True)
class Asked(Generic[Q, B]):
    """One request, checked: who asks, what they ask for, what they bring."""

    who: Principal
    query: Q
    body: B
    request: web.Request
    """For what is not in the other three: headers, a multipart body, a response that streams."""

    @property
    def key(self) -> str:
        """What the Idempotency-Key comes to, for ids that are the same when a write runs again; empty: none given."""
        return key_of(self.request, self.who.name)


@dataclass(frozen=True, slots=True)
class Reply(Generic[A]):
    """An answer with a status or headers of its own."""

    body: A
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[Any], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One route of the API."""

    method: str
    path: str
    role: Role
    handler: Handler
    tag: str
    """The group of the document that it stands in."""
    status: int = 200
    """Of a success."""
    also: tuple[int, ...] = ()
    """Of successes of another kind, with an answer of the same type."""
    produces: str = JSON
    takes: str = JSON
    remembers: bool = True
    """Whether a write's answer is kept for its Idempotency-Key: not when it tells a secret, or has a way of its own."""
    again: bool = False
    """Whether a write that never ended may be done again with its key, because twice is as good as once. Those that
    HTTP calls idempotent may in any case."""
    body_limit: int = 0
    """Bytes that its body may have; 0: as many as any."""

    @property
    def is_write(self) -> bool:
        """Whether it may change something."""
        return self.method not in ("GET", "HEAD")

    @property
    def query(self) -> type[msgspec.Struct]:
        """The struct of the path's and the query's parameters."""
        kind: type[msgspec.Struct] = self._asked[0]
        return kind

    @property
    def body(self) -> Any:
        """The body's type; None when it takes none."""
        return None if self._asked[1] is type(None) else self._asked[1]

    @property
    def answer(self) -> Any:
        """The answer's type; None when it is made by hand."""
        found = get_type_hints(self.handler)["return"]
        found = get_args(found)[0] if get_origin(found) is Reply else found
        return None if inspect.isclass(found) and issubclass(found, web.StreamResponse) else found

    @property
    def _asked(self) -> tuple[Any, ...]:
        hints = get_type_hints(self.handler)
        (name,) = [name for name in hints if name != "return"]
        return get_args(hints[name])

    async def answered(self, request: web.Request) -> web.StreamResponse:
        """Check, call the handler, and say what it answers. Raises Problem."""
        who = request[PRINCIPAL]
        if not who.may(self.role):
            raise Problem(403, f"this needs the role {self.role.word}; {who.name} is {who.role.word}")
        key = key_of(request, who.name) if self.is_write and self.remembers else ""
        if key and (remembering := request.app.get(REMEMBERING)):
            again = self.again or self.method in ("PUT", "DELETE")
            return await remembering.once(request, key, lambda: self._answered(request, who), again=again)
        return await self._answered(request, who)

    async def _answered(self, request: web.Request, who: Principal) -> web.StreamResponse:
        query = asked_of(request, self.query)
        body = body_of(await request.read(), self.body) if self.body is not None and self.takes == JSON else None
        return _said(request, await self.handler(Asked(who, query, body, request)), self.status)


def add(app: web.Application, endpoints: Iterable[Endpoint]) -> None:
    """Add the routes to the application."""
    for endpoint in endpoints:
        if endpoint.method == "GET":
            app.router.add_get(endpoint.path, endpoint.answered)  # and HEAD
        else:
            app.router.add_route(endpoint.method, endpoint.path, endpoint.answered)


@web.middleware
async def with_body_limits(request: web.Request, handler: AnyHandler) -> web.StreamResponse:
    """Let a route take a larger body than others, if it says so."""
    owner = getattr(request.match_info.handler, "__self__", None)
    if isinstance(owner, Endpoint) and owner.body_limit:
        request = request.clone(client_max_size=owner.body_limit)
    return await handler(request)


def _said(request: web.Request, answer: Any, status: int) -> web.StreamResponse:
    if isinstance(answer, web.StreamResponse):
        return answer
    reply = answer if isinstance(answer, Reply) else Reply(answer, status)
    data = msgspec.json.encode(reply.body)
    headers = {"Cache-Control": "no-store", **reply.headers}
    if request.method in ("GET", "HEAD") and reply.status == 200:
        headers.setdefault("ETag", etag(data))
        if headers["ETag"] in request.headers.get("If-None-Match", ""):
            return web.Response(status=304, headers=headers)
    return web.Response(body=data, status=reply.status, headers=headers, content_type=JSON)


def etag(data: bytes) -> str:
    """The entity tag of a representation."""
    return f'"{hashlib.blake2b(data, digest_size=12).hexdigest()}"'
