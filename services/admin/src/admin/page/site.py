"""What is the page made of? Its rooms, its files, its login, and how a problem looks; joined to the API's routes."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

import msgspec
from aiohttp import web

from admin.http.endpoint import Endpoint, add
from admin.http.problems import Problem
from admin.instances import Instances
from admin.page.asking import Asking
from admin.page.assets import Assets
from admin.page.choice import remember_choices
from admin.page.live import Live
from admin.page.rendering import Around, Rendering
from admin.page.rooms import ROOMS
from admin.page.screens import Means
from admin.views.views import Views
from shared.clock import Clock


@dataclass(frozen=True, slots=True)
class Outside:
    """What the service lends to its page."""

    instances: Instances
    views: Views
    clock: Clock
    csrf: Callable[[web.Request], str]
    """The token that a form of this session must bring."""
    zone_of: Callable[[str], Awaitable[str]]
    """The timezone of the clinic that answers for an instance."""


class Site:
    """The page."""

    def __init__(self, endpoints: Iterable[Endpoint], outside: Outside) -> None:
        self._assets = Assets()
        asking = Asking(endpoints)
        around = Around(outside.instances, outside.clock, outside.csrf, outside.zone_of)
        self._rendering = Rendering(asking, self._assets, around)
        means = Means(asking, self._rendering, outside.instances, outside.views, outside.clock)
        self._live = Live(outside.instances, outside.views)
        self.endpoints = [endpoint for room in ROOMS for endpoint in room(means).endpoints] + self._live.endpoints

    def add_to(self, app: web.Application) -> None:
        """Add the pages and their files to the application."""
        app.middlewares.append(remember_choices)
        add(app, self.endpoints)
        app.router.add_get("/static/{name}", self._assets.send)
        app.on_shutdown.append(self._live.close)

    def login(self, request: web.Request, shown: msgspec.Struct) -> str:
        """The login page."""
        return self._rendering.bare(request, "login.html", login=shown)

    def problem(self, request: web.Request, problem: Problem) -> str:
        """A problem, as a page of its own."""
        return self._rendering.bare(request, "problem.html", problem=problem)
