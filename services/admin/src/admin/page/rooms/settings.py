"""What is set, is it well, and who may what? For operators: settings in force, the doctor, tokens, a rebuild."""

from typing import Any

from aiohttp import web

from admin.access.principal import Role
from admin.http.endpoint import Asked
from admin.http.problems import Problem
from admin.page.screens import NOTHING_GIVEN, Form, Means, Seen, back_to, form, page, tried

DAY_S = 86_400


class Settings:
    """The page `/settings`."""

    def __init__(self, means: Means) -> None:
        self._means, self._ask, self._look = means, means.asking.ask, means.asking.look
        self.endpoints = [
            page("/settings", self.read, Role.OPERATOR),
            page("/settings/doctor", self.doctor, Role.OPERATOR),
            form("/settings", self.change, Role.OPERATOR),
        ]

    async def read(self, asked: Asked[Seen, None]) -> web.Response:
        """Everything but the doctor, who takes a moment."""
        return await self._shown(asked)

    async def doctor(self, asked: Asked[Seen, None]) -> web.Response:
        """What the doctor found."""
        found = await self._ask(asked.request, "GET /admin/doctor")
        return await self._means.rendering.show(asked.request, "doctor.html", found=found.data)

    async def _shown(
        self, asked: Asked[Seen, None], given: Form = NOTHING_GIVEN, problem: Problem | None = None, **more: Any
    ) -> web.Response:
        request, instance = asked.request, await self._means.instance(asked)
        return await self._means.rendering.show(
            request, "settings.html", instance=instance, status=problem.status if problem else 200,
            form=given, problem=problem,
            settings=await self._look(request, "GET /admin/settings"),
            tokens=await self._look(request, "GET /admin/tokens"), **{"told": None} | more,
        )  # fmt: skip

    async def change(self, asked: Asked[Seen, None]) -> web.Response:
        """Give a token out or take one back; rebuild the views."""

        async def work(given: Form) -> web.Response:
            request, instance = asked.request, await self._means.instance(asked)
            match given.text("act"):
                case "token":
                    told = await self._ask(request, "POST /admin/tokens", body=_token_of(given))
                    return await self._shown(asked, told=told.data)
                case "revoke":
                    await self._ask(request, "DELETE /admin/tokens/{name}", name=given.text("name"))
                    return back_to("/settings", "revoked")
                case "rebuild":
                    await self._ask(request, "POST /admin/rebuild", instance=instance)
                    return back_to(f"/settings?instance={instance}", "rebuilding")
            raise Problem(404, "there is no such thing to do here")

        async def again(given: Form, problem: Problem) -> web.Response:
            return await self._shown(asked, given, problem)

        return await tried(work, again, asked.request)


def _token_of(given: Form) -> dict[str, Any]:
    days = given.number("days")
    ttl = {"ttl_s": days * DAY_S} if isinstance(days, int | float) and days else {}
    return {"name": given.text("name"), "role": given.text("role"), **ttl}
