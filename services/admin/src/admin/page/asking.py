"""How does a page get what it shows, and do what it does? It asks the API's own routes, in this process.

So a page knows nothing that the API does not tell, and may do nothing that the API refuses: the role, the checks, the
entity tag and the audit are those of the route.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import msgspec
from aiohttp import web
from multidict import CIMultiDict, MultiDict

from admin.access.principal import Principal
from admin.http.endpoint import Endpoint
from admin.http.problems import Problem
from admin.http.reading import BROUGHT, File

Given = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a route answered."""

    data: Any
    """The struct that the route declares; None when it answers nothing."""
    etag: str = ""


class Asking:
    """Asks the routes that it knows, each named as `GET /admin/conversations/{chat}`."""

    def __init__(self) -> None:
        self._routes: dict[str, Endpoint] = {}

    def learn(self, endpoints: Iterable[Endpoint]) -> None:
        """Know these routes from now on."""
        self._routes.update({f"{endpoint.method} {endpoint.path}": endpoint for endpoint in endpoints})

    def may(self, who: Principal, route: str) -> bool:
        """Whether there is such a route, and `who` may use it."""
        endpoint = self._routes.get(route)
        return endpoint is not None and who.may(endpoint.role)

    async def ask(
        self, request: web.Request, route: str, at: Mapping[str, Given] | None = None, *,
        body: Any = None, file: File | None = None, headers: Mapping[str, str] | None = None, kind: Any = None,
        **given: Given,
    ) -> Answer:  # fmt: skip
        """What `route` answers to `at` and `given` (of its path and its query) and `body` or `file`. Raises Problem.

        `kind` is the answer's type where the route has several.
        """
        endpoint = self._routes.get(route)
        if endpoint is None:
            raise Problem(404, f"there is no {route} here")
        if file is not None:
            request[BROUGHT] = file
        data = body if isinstance(body, bytes) else b"" if body is None else msgspec.json.encode(body)
        response = await endpoint.answered(
            restated(request, endpoint.method, {**(at or {}), **given}, data, headers or {})
        )
        if not isinstance(response, web.Response) or not isinstance(response.body, bytes):
            return Answer(None)
        if endpoint.answer is None:
            return Answer(response.text)
        return Answer(
            msgspec.json.decode(response.body, type=kind or endpoint.answer),
            response.headers.get("ETag", ""),
        )

    async def look(self, request: web.Request, route: str, **given: Given) -> Any:
        """The data of `route`; None when there is none or it may not be seen, so that the rest of a page is shown."""
        try:
            return (await self.ask(request, route, given)).data
        except Problem as problem:
            if problem.status in (403, 404, 502, 503):
                return None
            raise


class _Restated:
    """A request that asks something else, in the name of whoever sent the first one."""

    def __init__(
        self, request: web.Request, method: str, query: MultiDict[str], body: bytes, headers: CIMultiDict[str]
    ) -> None:
        self._request = request
        self.method = method
        self.query = query
        self.match_info: dict[str, str] = {}
        self.headers = headers
        self.content_type = headers.get("Content-Type", "application/json")
        self._body = body

    async def read(self) -> bytes:
        return self._body

    async def text(self) -> str:
        return self._body.decode()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._request, name)

    def __getitem__(self, key: Any) -> Any:
        return self._request[key]


_FROM_BROWSER = ("If-None-Match", "If-Match", "Idempotency-Key", "Content-Type", "Content-Length")


def restated(
    request: web.Request, method: str, given: Mapping[str, Given], body: bytes, headers: Mapping[str, str]
) -> web.Request:
    """The request that a route is to see."""
    query = MultiDict((name, _text(value)) for name, value in given.items() if value is not None)
    kept = CIMultiDict((name, value) for name, value in request.headers.items() if name not in _FROM_BROWSER)
    kept.update(headers)
    return cast(web.Request, _Restated(request, method, query, body, kept))


def _text(value: Given) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
