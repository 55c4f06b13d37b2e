"""How does one template go to many? Choose it, paste the list, see what it comes to, start it, watch it, stop it."""

from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import quote

import msgspec
from aiohttp import web

from admin.access.principal import Role
from admin.http.endpoint import Asked
from admin.http.problems import Problem
from admin.page.rooms.pasted import Line, faults, lines
from admin.page.rooms.schedule import moment_of
from admin.page.rooms.talking import picked
from admin.page.screens import NOTHING_GIVEN, Form, Listed, Means, Seen, back_to, form, page, tried

ALL = "/admin/broadcasts"
ONE = f"{ALL}/{{id}}"


class NewSeen(Seen, frozen=True, kw_only=True):
    """Which template is to go out."""

    template: Annotated[str, msgspec.Meta(max_length=100)] = ""


class OneSeen(Seen, frozen=True, kw_only=True):
    """Which broadcast is looked at."""

    id: Annotated[str, msgspec.Meta(max_length=60)]


class Broadcasts:
    """The pages under `/broadcasts`."""

    def __init__(self, means: Means) -> None:
        self._means, self._ask = means, means.asking.ask
        self.endpoints = [
            page("/broadcasts", self.list),
            page("/broadcasts/new", self.new, Role.OPERATOR),
            form("/broadcasts/new", self.start, Role.OPERATOR),
            page("/broadcasts/{id}", self.read),
            form("/broadcasts/{id}", self.stop, Role.OPERATOR),
        ]

    async def list(self, asked: Asked[Listed, None]) -> web.Response:
        """All of them, the newest first."""
        instance, found = await self._means.instance(asked), None
        if instance:
            answer = await self._ask(asked.request, f"GET {ALL}", instance=instance, cursor=asked.query.cursor)
            found = answer.data
        return await self._means.rendering.show(asked.request, "broadcasts.html", instance=instance, found=found)

    async def new(self, asked: Asked[NewSeen, None]) -> web.Response:
        """The form; first of all, which template."""
        return await self._form(asked)

    async def _form(
        self, asked: Asked[NewSeen, None], given: Form = NOTHING_GIVEN, problem: Problem | None = None,
        trial: Any = None, pasted: str = "", listed: Sequence[Line] = (),
    ) -> web.Response:  # fmt: skip
        instance, request = await self._means.instance(asked), asked.request
        templates = (await self._ask(request, "GET /admin/templates", instance=instance)).data if instance else None
        wrong = faults(problem, listed) if problem else []
        if problem and wrong:  # each is told beside its line
            count = len(wrong) if wrong[0].of_titles else problem.more.get("fault_count", 1)
            problem = Problem(problem.status, "", parameter="recipients", fault_count=count)
        return await self._means.rendering.show(
            request, "broadcast_new.html", instance=instance, status=problem.status if problem else 200,
            templates=templates, picked=picked(templates, asked.query.template), trial=trial,
            pasted=pasted or given.text("recipients"), form=given, problem=problem,
            faults=wrong,
        )  # fmt: skip

    async def start(self, asked: Asked[NewSeen, None]) -> web.Response:
        """See what it would come to; then, confirmed, start it."""
        pasted, listed = "", list[Line]()

        async def work(given: Form) -> web.Response:
            nonlocal pasted, listed
            instance, request = await self._means.instance(asked), asked.request
            file = given.file("file")
            pasted = file.data.decode("utf-8-sig", "replace") if file else given.text("recipients")
            templates = (await self._ask(request, "GET /admin/templates", instance=instance)).data
            template = picked(templates, asked.query.template)
            listed = lines(pasted, template.variables if template else ())
            body = await self._body(asked, given, listed, instance)
            sure = given.checked("sure")
            body |= {"confirm": given.text("confirm")} if sure else {"dry_run": True}
            headers = given.once if sure else {}
            answer = (await self._ask(request, f"POST {ALL}", instance=instance, body=body, headers=headers)).data
            if not sure:
                return await self._form(asked, given, trial=answer, pasted=pasted)
            return back_to(f"/broadcasts/{quote(answer.id)}?instance={quote(instance)}", "started")

        async def again(given: Form, problem: Problem) -> web.Response:
            return await self._form(asked, given, problem, pasted=pasted, listed=listed)

        return await tried(work, again, asked.request)

    async def _body(
        self, asked: Asked[NewSeen, None], given: Form, listed: Sequence[Line], instance: str
    ) -> dict[str, Any]:
        body: dict[str, Any] = {
            "template": asked.query.template,
            "recipients": [line.recipient for line in listed],
        }
        if given.text("language"):
            body["language"] = given.text("language")
        if given.text("per_minute"):
            body["per_minute"] = given.number("per_minute")
        if given.text("send_at"):
            shell = await self._means.rendering.shell(asked.request, instance)
            body["send_at"] = moment_of(given.text("send_at"), shell.zone)
        return body

    async def read(self, asked: Asked[OneSeen, None]) -> web.Response:
        """How far one is."""
        return await self._read(asked)

    async def _read(self, asked: Asked[OneSeen, None], problem: Problem | None = None) -> web.Response:
        instance = await self._means.instance(asked)
        found = (await self._ask(asked.request, f"GET {ONE}", instance=instance, id=asked.query.id)).data
        return await self._means.rendering.show(
            asked.request, "broadcast.html", instance=instance, status=problem.status if problem else 200,
            found=found, problem=problem,
        )  # fmt: skip

    async def stop(self, asked: Asked[OneSeen, None]) -> web.Response:
        """Stop it."""

        async def work(_given: Form) -> web.Response:
            instance, id_ = await self._means.instance(asked), asked.query.id
            await self._ask(asked.request, f"POST {ONE}/stop", instance=instance, id=id_)
            return back_to(f"/broadcasts/{quote(id_)}?instance={quote(instance)}", "stopped")

        async def again(_given: Form, problem: Problem) -> web.Response:
            return await self._read(asked, problem)

        return await tried(work, again, asked.request)
