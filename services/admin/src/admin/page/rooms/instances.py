"""Which WhatsApp numbers are there, are they connected, and how is one connected, paced and pointed at us?"""

from typing import Any
from urllib.parse import quote

from aiohttp import web

from admin.access.principal import Role
from admin.http.endpoint import Asked
from admin.http.problems import Problem
from admin.page.rooms.talking import pause_of
from admin.page.screens import NOTHING_GIVEN, Form, Listed, Means, Seen, back_to, form, page, tried

ALL = "/admin/instances"
ONE = f"{ALL}/{{instance}}"
A_PAGE = 100  # numbers
LIMITS = ("tokens_per_second", "bucket_capacity", "recipient_tokens_per_second", "new_contacts_per_day")


class Instances:
    """The pages under `/instances`."""

    def __init__(self, means: Means) -> None:
        self._means, self._ask = means, means.asking.ask
        self.endpoints = [
            page("/instances", self.list),
            form("/instances", self.create, Role.OPERATOR),
            page("/instances/{instance}", self.read),
            form("/instances/{instance}", self.change, Role.OPERATOR),
        ]

    async def list(self, asked: Asked[Listed, None]) -> web.Response:
        """All numbers and their state, page by page."""
        return await self._listed(asked)

    async def _listed(
        self, asked: Asked[Listed, None], given: Form = NOTHING_GIVEN, problem: Problem | None = None
    ) -> web.Response:
        found = (await self._ask(asked.request, f"GET {ALL}", cursor=asked.query.cursor, limit=A_PAGE)).data
        return await self._means.rendering.show(
            asked.request, "instances.html", found=found, form=given, problem=problem,
            status=problem.status if problem else 200,
        )  # fmt: skip

    async def create(self, asked: Asked[Listed, None]) -> web.Response:
        """Make a new one at the gateway, then show its QR code."""

        async def work(given: Form) -> web.Response:
            name = given.text("name")
            body = {"name": name, "number": given.text("number"), "webhook": given.checked("webhook")}
            await self._ask(asked.request, f"POST {ALL}", body=body)
            return back_to(f"/instances/{quote(name, safe='')}?done=created")

        async def again(given: Form, problem: Problem) -> web.Response:
            return await self._listed(asked, given, problem)

        return await tried(work, again, asked.request)

    async def read(self, asked: Asked[Seen, None]) -> web.Response:
        """One number: its state, its QR code until it is connected, its webhook, its pace."""
        return await self._read(asked)

    async def _read(
        self, asked: Asked[Seen, None], given: Form = NOTHING_GIVEN, problem: Problem | None = None
    ) -> web.Response:
        instance, request = asked.query.instance, asked.request
        found, trouble = None, problem
        try:
            found = (await self._ask(request, f"GET {ONE}", instance=instance)).data
        except Problem as refused:
            trouble = trouble or refused
        limits, version = await self._limits(request, instance)
        qr = None
        if found and found.number.gateway and found.number.gateway.state != "open":
            qr, trouble = await self._qr(request, instance, trouble)
        return await self._means.rendering.show(
            request, "instance.html", instance=instance, status=trouble.status if trouble else 200, name=instance,
            found=found, qr=qr, limits=limits, version=version, limit_names=LIMITS, form=given, problem=trouble,
        )  # fmt: skip

    async def _limits(self, request: web.Request, instance: str) -> tuple[Any, str]:
        try:
            answer = await self._ask(request, f"GET {ONE}/limits", instance=instance)
        except Problem:
            return None, ""
        return answer.data, answer.etag

    async def _qr(self, request: web.Request, instance: str, trouble: Problem | None) -> tuple[Any, Problem | None]:
        try:
            return (await self._ask(request, f"GET {ONE}/qr", instance=instance)).data, trouble
        except Problem as refused:
            return None, trouble or refused

    async def change(self, asked: Asked[Seen, None]) -> web.Response:
        """Set the webhook, the pace, or pause the bot there."""

        async def work(given: Form) -> web.Response:
            instance, request = asked.query.instance, asked.request
            at = f"/instances/{quote(instance, safe='')}"
            match given.text("act"):
                case "webhook":
                    await self._ask(request, f"POST {ONE}/webhook", instance=instance)
                    return back_to(at, "connected")
                case "limits":
                    body = {name: value for name in LIMITS if (value := given.number(name)) is not None}
                    headers = {"If-Match": given.text("version")} if given.text("version") else {}
                    await self._ask(request, f"PUT {ONE}/limits", instance=instance, body=body, headers=headers)
                    return back_to(at, "saved")
                case "pause":
                    await self._ask(request, "POST /admin/bot/pause", instance=instance, body=pause_of(given))
                    return back_to(at, "paused")
                case "resume":
                    await self._ask(request, "POST /admin/bot/resume", instance=instance)
                    return back_to(at, "resumed")
            raise Problem(404, "there is no such thing to do here")

        async def again(given: Form, problem: Problem) -> web.Response:
            return await self._read(asked, given, problem)

        return await tried(work, again, asked.request)
