"""What do all pages share? How they are declared, the instance they look at, and the way back from what was done."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from aiohttp import web

from admin.access.principal import Role
from admin.http.endpoint import Asked, Endpoint
from admin.http.problems import Problem
from admin.instances import Instances
from admin.page.asking import Asking
from admin.page.forms import NOTHING_GIVEN, Form
from admin.page.rendering import Rendering, back_to
from admin.views.views import Views
from shared.clock import Clock

HTML = "text/html"
FORM = "application/x-www-form-urlencoded"
TAG = "page"


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What the address of a page may say."""

    instance: Annotated[str, msgspec.Meta(max_length=100)] = ""
    done: Annotated[str, msgspec.Meta(max_length=40)] = ""
    """The word for what was just done."""


class Listed(Seen, frozen=True, kw_only=True):
    """A page with a list that has more pages."""

    cursor: Annotated[str, msgspec.Meta(max_length=300)] = ""


@dataclass(frozen=True, slots=True)
class Means:
    """What a page is made with."""

    asking: Asking
    rendering: Rendering
    instances: Instances
    views: Views
    clock: Clock

    async def instance(self, asked: Asked[Any, Any]) -> str:
        """The instance that the address names, else the first; empty: there is none yet."""
        if asked.query.instance:
            return await self.instances.require(asked.query.instance)
        names = await self.instances.names()
        return names[0] if names else ""


Handler = Callable[[Any], Awaitable[web.Response]]


def page(path: str, handler: Handler, role: Role = Role.VIEWER) -> Endpoint:
    """A page that is looked at."""
    return Endpoint("GET", path, role, handler, TAG, produces=HTML)


def form(path: str, handler: Handler, role: Role, *, body_limit: int = 0) -> Endpoint:
    """A form that is sent. Its answer is a page or the way to one, never kept for an Idempotency-Key."""
    return Endpoint("POST", path, role, handler, TAG, produces=HTML, takes=FORM, remembers=False, body_limit=body_limit)


async def tried(
    work: Callable[[Form], Awaitable[web.Response]],
    again: Callable[[Form, Problem], Awaitable[web.Response]],
    request: web.Request,
) -> web.Response:
    """Do what a form asks for; when the API refuses it, show the page again with what was filled in, and why."""
    given = NOTHING_GIVEN
    try:
        given = await Form.of(request)
        return await work(given)
    except Problem as problem:
        return await again(given, problem)


__all__ = ["NOTHING_GIVEN", "Form", "Listed", "Means", "Seen", "back_to", "form", "page", "tried"]
