"""What is known of a person, and how is it handed to them, or removed for good? For operators."""

from typing import Annotated, Any
from urllib.parse import quote

import msgspec
from aiohttp import web

from admin.access.principal import Role
from admin.http.endpoint import Asked
from admin.http.problems import Problem
from admin.page.screens import NOTHING_GIVEN, Form, Means, Seen, back_to, form, page, tried
from admin.steering.asking import chat_of

ERASE = "POST /admin/privacy/erase"


class PrivacySeen(Seen, frozen=True, kw_only=True):
    """Who is looked for, or which erasure is followed."""

    chat: Annotated[str, msgspec.Meta(max_length=60)] = ""
    erasure: Annotated[str, msgspec.Meta(max_length=60)] = ""


class Privacy:
    """The page `/settings/privacy`."""

    def __init__(self, means: Means) -> None:
        self._means, self._ask = means, means.asking.ask
        self.endpoints = [
            page("/settings/privacy", self.read, Role.OPERATOR),
            form("/settings/privacy", self.erase, Role.OPERATOR),
        ]

    async def read(self, asked: Asked[PrivacySeen, None]) -> web.Response:
        """Whom to look for; what is known of them; how their erasure stands."""
        return await self._shown(asked)

    async def _shown(
        self, asked: Asked[PrivacySeen, None], given: Form = NOTHING_GIVEN, problem: Problem | None = None
    ) -> web.Response:
        request, q, known, erased = asked.request, asked.query, None, None
        instance, chat = await self._means.instance(asked), q.chat
        try:
            if chat:
                chat = chat_of(chat)
                known = await self._known(request, instance, chat)
            if q.erasure:
                at = {"instance": instance, "id": q.erasure}
                erased = (await self._ask(request, "GET /admin/privacy/erasures/{id}", at)).data
        except Problem as refused:
            problem = problem or refused
        return await self._means.rendering.show(
            request, "privacy.html", instance=instance, status=problem.status if problem else 200,
            known=known, erased=erased, chat=chat, form=given, problem=problem,
        )  # fmt: skip

    async def _known(self, request: web.Request, instance: str, chat: str) -> Any:
        return (await self._ask(request, ERASE, instance=instance, dry_run=True, body={"chat": chat})).data

    async def erase(self, asked: Asked[PrivacySeen, None]) -> web.Response:
        """Erase the person, when their number was written once more."""

        async def work(given: Form) -> web.Response:
            instance = await self._means.instance(asked)
            body = {"chat": chat_of(asked.query.chat), "reason": given.text("reason")}
            confirm = _digits(given.text("confirm")) or None
            erased = await self._ask(asked.request, ERASE, instance=instance, confirm=confirm, body=body)
            return back_to(f"/settings/privacy?instance={quote(instance)}&erasure={quote(erased.data.id)}")

        async def again(given: Form, problem: Problem) -> web.Response:
            return await self._shown(asked, given, problem)

        return await tried(work, again, asked.request)


def _digits(written: str) -> str:
    """A number is the same with its spaces and dashes."""
    try:
        return chat_of(written)
    except Problem:
        return written
