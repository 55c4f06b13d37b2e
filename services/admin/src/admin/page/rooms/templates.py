"""What do the clinic's templates say, with their variables filled in?"""

from typing import Annotated

import msgspec
from aiohttp import web

from admin.access.principal import Role
from admin.http.endpoint import Asked
from admin.http.problems import Problem
from admin.page.rooms.talking import picked
from admin.page.screens import NOTHING_GIVEN, Form, Means, Seen, form, page, tried


class TemplatesSeen(Seen, frozen=True, kw_only=True):
    """Which template is open."""

    name: Annotated[str, msgspec.Meta(max_length=100)] = ""


class Templates:
    """The page `/templates`."""

    def __init__(self, means: Means) -> None:
        self._means, self._ask = means, means.asking.ask
        self.endpoints = [page("/templates", self.list), form("/templates", self.preview, Role.VIEWER)]

    async def list(self, asked: Asked[TemplatesSeen, None]) -> web.Response:
        """All of them; the chosen one with its variables."""
        return await self._shown(asked)

    async def _shown(
        self, asked: Asked[TemplatesSeen, None], given: Form = NOTHING_GIVEN, problem: Problem | None = None,
        preview: str = "",
    ) -> web.Response:  # fmt: skip
        instance = await self._means.instance(asked)
        found = (await self._ask(asked.request, "GET /admin/templates", instance=instance)).data if instance else None
        return await self._means.rendering.show(
            asked.request, "templates.html", instance=instance, status=problem.status if problem else 200,
            found=found, picked=picked(found, asked.query.name), preview=preview, form=given, problem=problem,
        )  # fmt: skip

    async def preview(self, asked: Asked[TemplatesSeen, None]) -> web.Response:
        """What the chosen one says."""

        async def work(given: Form) -> web.Response:
            body = {"variables": given.named("v."), "language": given.maybe("language")}
            answer = await self._ask(
                asked.request, "POST /admin/templates/{name}/preview", name=asked.query.name,
                instance=await self._means.instance(asked), body=body,
            )  # fmt: skip
            return await self._shown(asked, given, preview=answer.data.text)

        async def again(given: Form, problem: Problem) -> web.Response:
            return await self._shown(asked, given, problem)

        return await tried(work, again, asked.request)
