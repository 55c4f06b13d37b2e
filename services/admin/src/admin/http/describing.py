"""What is here, and who am I to it? The API's own document, and the caller's name and role."""

from collections.abc import Sequence
from importlib.metadata import version
from typing import Literal

import msgspec
from aiohttp import web

from admin.access.principal import Role
from admin.http.endpoint import JSON, Asked, Endpoint, Nothing
from admin.http.openapi import document

DOCUMENT = web.AppKey("DOCUMENT", bytes)
"""The OpenAPI document of an application, in JSON."""


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """Whoever asks."""

    name: str
    role: Literal["viewer", "staff", "operator"]


class Describing:
    """Tells of the routes it is given, and of its own."""

    def __init__(self, others: Sequence[Endpoint]) -> None:
        self.endpoints = [
            Endpoint("GET", "/admin/openapi.json", Role.VIEWER, self.openapi, "about"),
            Endpoint("GET", "/admin/me", Role.VIEWER, self.me, "about"),
        ]
        self.document = msgspec.json.encode(document([*others, *self.endpoints], version("frontdesk-admin")))

    async def openapi(self, _asked: Asked[Nothing, None]) -> web.Response:
        """This API as an OpenAPI 3.1 document."""
        return web.Response(body=self.document, content_type=JSON)

    async def me(self, asked: Asked[Nothing, None]) -> Me:
        """Who the caller is, and with which role."""
        return Me(name=asked.who.name, role=asked.who.role.word)
