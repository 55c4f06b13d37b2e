"""Is whoever asks allowed to? One token, compared in constant time; only the health routes are open."""

import hashlib
import hmac
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from admin.access.principal import Principal, Role
from admin.http.endpoint import PRINCIPAL
from admin.http.problems import Problem

OPEN = frozenset({"/livez", "/readyz", "/metrics"})
OWNER = Principal("token", Role.OPERATOR)
"""Whoever presents the token of the settings."""


class Gate:
    """Knows the token by its digest alone."""

    def __init__(self, token: str) -> None:
        self._digest = _digest(token)

    def admits(self, authorization: str) -> bool:
        """Whether the header's value is `Bearer <our token>`."""
        scheme, _, credential = authorization.strip().partition(" ")
        return hmac.compare_digest(_digest(credential.strip()), self._digest) & (scheme.lower() == "bearer")


def guard(token: str) -> Middleware:
    """A middleware that lets only bearers of the token by. What has no route is shut as well."""
    gate = Gate(token)

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not _is_open(request) and not gate.admits(request.headers.get("Authorization", "")):
            detail = "send the admin token as `Authorization: Bearer …`"
            raise Problem(401, detail, headers={"WWW-Authenticate": 'Bearer realm="frontdesk admin"'})
        request[PRINCIPAL] = OWNER
        return await handler(request)

    return guarded


def _is_open(request: web.Request) -> bool:
    resource: Any = request.match_info.route.resource
    return resource is not None and resource.canonical in OPEN


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()
