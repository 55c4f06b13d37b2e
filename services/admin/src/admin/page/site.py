"""What is the page made of? Its rooms, its files, its login, and how a problem looks; joined to the API's routes."""

from collections.abc import Iterable

from aiohttp import web

from admin.access.login import LoginPage
from admin.http.endpoint import Endpoint, add
from admin.http.problems import PROBLEM_PAGE, Problem
from admin.instances import Instances
from admin.library import Library
from admin.page.asking import Asking
from admin.page.assets import Assets
from admin.page.choice import remember_choices
from admin.page.live import Live
from admin.page.rendering import Around, Rendering
from admin.page.rooms import ROOMS
from admin.page.screens import Means
from admin.page.zones import Zones
from admin.settings import AdminSettings
from admin.views.views import Views
from shared.service import Platform


class Site:
    """The page."""

    def __init__(self, settings: AdminSettings, platform: Platform, instances: Instances, views: Views) -> None:
        self._asking, self._assets = Asking(), Assets()
        library = Library(platform.redis, settings.clinics_dir, settings.clinic_default)
        around = Around(instances, platform.clock, Zones(library).of)
        self._rendering = Rendering(self._asking, self._assets, around)
        means = Means(self._asking, self._rendering, instances, views, around.clock)
        self._live = Live(instances, views)
        self.endpoints = [endpoint for room in ROOMS for endpoint in room(means).endpoints] + self._live.endpoints

    def join(self, app: web.Application, api: Iterable[Endpoint]) -> None:
        """Add the pages and their files to the application, on top of these routes of the API."""
        self._asking.learn(api)
        app.middlewares.append(remember_choices)
        app[PROBLEM_PAGE] = self.problem
        add(app, self.endpoints)
        app.router.add_get("/static/{name}", self._assets.send)
        app.on_shutdown.append(self._live.close)

    def login(self, request: web.Request, shown: LoginPage) -> str:
        """The login page."""
        return self._rendering.bare(request, "login.html", login=shown)

    def problem(self, request: web.Request, problem: Problem) -> str:
        """A problem, as a page of its own."""
        return self._rendering.bare(request, "problem.html", problem=problem)
