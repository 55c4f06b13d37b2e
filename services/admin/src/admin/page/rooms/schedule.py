"""What waits for its time? The soonest first; staff put something there, or take it back."""

import datetime as dt
from typing import Any

from aiohttp import web

from admin.access.principal import Role
from admin.http.endpoint import Asked
from admin.http.problems import Problem
from admin.page.screens import NOTHING_GIVEN, Form, Listed, Means, back_to, form, page, tried


class Schedule:
    """The page `/schedule`."""

    def __init__(self, means: Means) -> None:
        self._means, self._ask = means, means.asking.ask
        self.endpoints = [page("/schedule", self.list), form("/schedule", self.change, Role.STAFF)]

    async def list(self, asked: Asked[Listed, None]) -> web.Response:
        """What is scheduled, and a form for more."""
        return await self._shown(asked)

    async def _shown(
        self, asked: Asked[Listed, None], given: Form = NOTHING_GIVEN, problem: Problem | None = None
    ) -> web.Response:
        instance, request = await self._means.instance(asked), asked.request
        waiting = templates = None
        if instance:
            at: dict[str, Any] = {"instance": instance, "cursor": asked.query.cursor, "limit": 50}
            waiting = (await self._ask(request, "GET /admin/messages/scheduled", at)).data
            templates = await self._means.asking.look(request, "GET /admin/templates", instance=instance)
        return await self._means.rendering.show(
            request, "schedule.html", instance=instance, status=problem.status if problem else 200,
            waiting=waiting, templates=templates.items if templates else [], asked=asked.query,
            form=given, problem=problem, soonest=self._means.clock.now_ms() + 3_600_000,
        )  # fmt: skip

    async def change(self, asked: Asked[Listed, None]) -> web.Response:
        """Schedule a message, or take one back."""

        async def work(given: Form) -> web.Response:
            instance, request = await self._means.instance(asked), asked.request
            if given.text("act") == "cancel":
                at = {"instance": instance, "id": given.text("id")}
                await self._ask(request, "DELETE /admin/messages/{id}", at)
                return back_to(f"/schedule?instance={instance}", "cancelled")
            shell = await self._means.rendering.shell(request, instance)
            body = {
                "instance": instance, "to": given.text("to"), "text": given.text("text"), "class": "reminder",
                "send_at": moment_of(given.text("send_at"), shell.zone),
            }  # fmt: skip
            await self._ask(request, "POST /admin/messages", body=body, headers=given.once)
            return back_to(f"/schedule?instance={instance}", "scheduled")

        async def again(given: Form, problem: Problem) -> web.Response:
            return await self._shown(asked, given, problem)

        return await tried(work, again, asked.request)


def moment_of(local: str, zone: dt.tzinfo) -> str:
    """A time of the clinic's own clock, with its offset."""
    try:
        return dt.datetime.fromisoformat(local).replace(tzinfo=zone).isoformat()
    except ValueError:
        raise Problem(400, "`send_at` is a date and a time", parameter="send_at") from None
