"""How does a page become HTML? Jinja templates that escape whatever they are given."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import jinja2
from aiohttp import web

from admin.access.gate import SESSION
from admin.access.principal import Principal
from admin.http.endpoint import PRINCIPAL
from admin.instances import Instances
from admin.page.asking import Asking
from admin.page.assets import Assets
from admin.page.choice import language_of, theme_of
from admin.page.formats import Formats
from admin.page.forms import NOTHING_GIVEN
from admin.page.shell import Shell
from admin.page.words import Words, catalog
from shared.clock import Clock

NO_STORE = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class Around:
    """What surrounds the page in this service."""

    instances: Instances
    clock: Clock
    zone_of: Callable[[str], Awaitable[str]]
    """The timezone of the clinic that answers for an instance."""


class Rendering:
    """Makes pages."""

    def __init__(self, asking: Asking, assets: Assets, around: Around) -> None:
        self._asking = asking
        self._assets = assets
        self._around = around
        catalog()  # a mistake in it is told at the start, not to a reader
        self._templates = jinja2.Environment(
            loader=jinja2.PackageLoader("admin.page"), autoescape=True, undefined=jinja2.StrictUndefined,
            trim_blocks=True, lstrip_blocks=True,
        )  # fmt: skip

    async def shell(self, request: web.Request, instance: str = "") -> Shell:
        """What every page knows. Without `instance`, that of the address."""
        who = request.get(PRINCIPAL)
        names = await self._around.instances.names() if who else []
        wanted = instance or request.query.get("instance", "")
        looked_at = wanted if wanted in names else ""
        zone = await self._around.zone_of(looked_at or next(iter(names), ""))
        return self._shell(request, who, names, looked_at, ZoneInfo(zone))

    def _shell(
        self, request: web.Request, who: Principal | None, names: list[str], instance: str, zone: ZoneInfo
    ) -> Shell:
        words = Words(language_of(request))
        return Shell(
            request=request, who=who, asking=self._asking, t=words, theme=theme_of(request), zone=zone,
            f=Formats(words.locale, zone, self._around.clock.now_ms()), csrf=_csrf(request),
            instances=names, instance=instance, asset=self._assets.url,
        )  # fmt: skip

    async def show(
        self, request: web.Request, template: str, *, instance: str = "", status: int = 200, **context: Any
    ) -> web.Response:
        """The page that `template` makes of `context`. `problem` among it is told above everything else."""
        shell = await self.shell(request, instance)
        html = self._html(template, shell, context)
        return web.Response(text=html, status=status, content_type="text/html", headers=NO_STORE)

    def _html(self, template: str, shell: Shell, context: dict[str, Any]) -> str:
        given = {"problem": None, "form": NOTHING_GIVEN, **context}
        return self._templates.get_template(template).render(shell=shell, t=shell.t, f=shell.f, **given)

    def bare(self, request: web.Request, template: str, **context: Any) -> str:
        """A page that needs neither Redis nor somebody who is logged in."""
        return self._html(template, self._shell(request, request.get(PRINCIPAL), [], "", ZoneInfo("UTC")), context)


def _csrf(request: web.Request) -> str:
    """What a form must bring; nothing, when nobody is logged in by a session."""
    session = request.get(SESSION)
    return session.csrf if session is not None else ""


def back_to(url: str, done: str = "") -> web.Response:
    """After something was done: see the page at `url`, which says so."""
    joined = f"{url}{'&' if '?' in url else '?'}done={done}" if done else url
    return web.Response(status=303, headers={"Location": joined})
