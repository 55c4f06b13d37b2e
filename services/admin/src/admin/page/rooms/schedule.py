"""What waits for its time? The soonest first; staff put something there, or take it back."""

import asyncio
import contextlib
import datetime as dt
from typing import Annotated, Any

import msgspec
from aiohttp import web

from admin.access.principal import Role
from admin.http.endpoint import Asked
from admin.http.problems import Problem
from admin.page.screens import NOTHING_GIVEN, Form, Listed, Means, back_to, form, page, tried

SEEN_WITHIN_S = 2.0  # the views are some 100 ms behind
LOOK_EVERY_S = 0.05


class ScheduleSeen(Listed, frozen=True, kw_only=True):
    """What is scheduled, and what the form holds."""

    again: Annotated[str, msgspec.Meta(max_length=100)] = ""
    """The id of a message that is written again."""


class Schedule:
    """The page `/schedule`."""

    def __init__(self, means: Means) -> None:
        self._means, self._ask = means, means.asking.ask
        self.endpoints = [page("/schedule", self.list), form("/schedule", self.change, Role.STAFF)]

    async def list(self, asked: Asked[ScheduleSeen, None]) -> web.Response:
        """What is scheduled, and a form for more."""
        return await self._shown(asked)

    async def _shown(
        self, asked: Asked[ScheduleSeen, None], given: Form = NOTHING_GIVEN, problem: Problem | None = None
    ) -> web.Response:
        instance, request = await self._means.instance(asked), asked.request
        waiting = again = None
        if instance:
            at: dict[str, Any] = {"instance": instance, "cursor": asked.query.cursor, "limit": 50}
            waiting = (await self._ask(request, "GET /admin/messages/scheduled", at)).data
            again = await self._means.views.message(instance, asked.query.again) if asked.query.again else None
        return await self._means.rendering.show(
            request, "schedule.html", instance=instance, status=problem.status if problem else 200,
            waiting=waiting, again=again, asked=asked.query,
            form=given, problem=problem, soonest=self._means.clock.now_ms() + 3_600_000,
        )  # fmt: skip

    async def change(self, asked: Asked[ScheduleSeen, None]) -> web.Response:
        """Schedule a message, or take one back."""

        async def work(given: Form) -> web.Response:
            instance, request = await self._means.instance(asked), asked.request
            if given.text("act") == "cancel":
                at = {"instance": instance, "id": given.text("id")}
                await self._ask(request, "DELETE /admin/messages/{id}", at)
                await self._seen(instance, at["id"], scheduled=False)
                return back_to(f"/schedule?instance={instance}", "cancelled")
            shell = await self._means.rendering.shell(request, instance)
            body = {
                "instance": instance, "to": given.text("to"), "text": given.text("text"), "class": "reminder",
                "send_at": moment_of(given.text("send_at"), shell.zone),
            }  # fmt: skip
            taken = (await self._ask(request, "POST /admin/messages", body=body, headers=given.once)).data
            await self._seen(instance, taken.id, scheduled=True)
            return back_to(f"/schedule?instance={instance}", "scheduled")

        async def again(given: Form, problem: Problem) -> web.Response:
            return await self._shown(asked, given, problem)

        return await tried(work, again, asked.request)

    async def _seen(self, instance: str, id_: str, *, scheduled: bool) -> None:
        """Wait until the views tell so, that the page which says it shows it; not for long: they may stand still."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SEEN_WITHIN_S):
                while True:
                    found = await self._means.views.message(instance, id_)
                    if found is not None and (found.progress == "scheduled") == scheduled:
                        return
                    await asyncio.sleep(LOOK_EVERY_S)


def moment_of(local: str, zone: dt.tzinfo) -> str:
    """A time of the clinic's own clock, with its offset."""
    try:
        return dt.datetime.fromisoformat(local).replace(tzinfo=zone).isoformat()
    except ValueError:
        raise Problem(400, "`send_at` is a date and a time", parameter="send_at") from None
