"""The chats, as a messenger shows them: the list, one conversation with the story of each message, its contact."""

from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import quote, urlencode

import msgspec
from aiohttp import web

from admin.access.principal import Role
from admin.http.endpoint import Asked
from admin.http.problems import Problem
from admin.messages.upload_form import MOST_BYTES
from admin.page.forms import NOTHING_GIVEN
from admin.page.rooms import talking
from admin.page.screens import Form, Listed, Means, back_to, form, page, tried
from admin.views.model import Status

ONE = "/admin/conversations/{chat}"
FORM_LIMIT = MOST_BYTES + 1024**2  # a file, and the rest of its form; a little too much is told in its place
Text = Annotated[str, msgspec.Meta(max_length=100)]


class ChatsSeen(Listed, frozen=True, kw_only=True):
    """Which chats are listed."""

    status: Status | None = None
    find: Text = ""
    everywhere: bool = False
    """Beside an open chat: those of all numbers that want a person."""


class ChatSeen(ChatsSeen, frozen=True, kw_only=True):
    """Which conversation is open, and what of it."""

    chat: Annotated[str, msgspec.Meta(max_length=60)]
    before: Annotated[str, msgspec.Meta(max_length=300)] = ""
    """The cursor of older messages."""
    story: Text = ""
    """The message whose story is told."""
    template: Text = ""
    about: bool = False
    """On a narrow screen: the contact instead of the conversation."""


class ChatForm(ChatSeen, frozen=True, kw_only=True):
    """What is done to a conversation."""

    act: Annotated[str, msgspec.Meta(max_length=20)]


class Chats:
    """The pages under `/chats`."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._ask = means.asking.ask
        self._look = means.asking.look
        self.endpoints = [
            page("/chats", self.list),
            page("/chats/{instance}/{chat}", self.read),
            form("/chats/{instance}/{chat}/{act}", self.act, Role.STAFF, body_limit=FORM_LIMIT),
        ]

    async def list(self, asked: Asked[ChatsSeen, None]) -> web.Response:
        """The list; beside it, on a wide screen, room for a conversation."""
        names = [] if asked.query.instance else await self._means.instances.names()
        everywhere = len(names) > 1
        instance = "" if everywhere else await self._means.instance(asked)
        return await self._shown(asked, instance, everywhere=everywhere, open=None)

    async def read(self, asked: Asked[ChatSeen, None]) -> web.Response:
        """One conversation, beside the list."""
        return await self._conversation(asked)

    async def _conversation(
        self, asked: Asked[Any, None], given: Form = NOTHING_GIVEN, problem: Problem | None = None, preview: str = ""
    ) -> web.Response:
        q, request = asked.query, asked.request
        at = {"instance": q.instance, "chat": q.chat}
        found = await self._ask(request, f"GET {ONE}", at)
        messages = await self._ask(request, f"GET {ONE}/messages", at, cursor=q.before, limit=50)
        contact = await self._contact(request, at)
        templates = await self._look(request, "GET /admin/templates", instance=q.instance)
        story = await self._story(request, q)
        return await self._shown(
            asked, q.instance, everywhere=q.everywhere, status=problem.status if problem else 200,
            open=found.data, messages=messages.data, contact=contact[0], version=contact[1], story=story,
            told_at=_told_at(messages.data.items, q.story) if story else "",
            templates=templates.items if templates else [], languages=templates.languages if templates else [],
            picked=talking.picked(templates, q.template), preview=preview, form=given, problem=problem,
            most_bytes=MOST_BYTES,
        )  # fmt: skip

    async def _contact(self, request: web.Request, at: dict[str, str]) -> tuple[Any, str]:
        try:
            answer = await self._ask(request, "GET /admin/contacts/{chat}", at)
        except Problem:
            return None, ""
        return answer.data, answer.etag

    async def _story(self, request: web.Request, q: ChatSeen) -> Any:
        if not q.story:
            return None
        return await self._look(request, "GET /admin/messages/{id}/story", id=q.story, instance=q.instance)

    async def _shown(
        self, asked: Asked[Any, None], instance: str, *, everywhere: bool, status: int = 200, **more: Any
    ) -> web.Response:
        q, request = asked.query, asked.request
        calls = (await self._ask(request, "GET /admin/calls")).data
        people, counts = None, dict[str, int]()
        if instance or everywhere:
            answer = await self._ask(
                request, "GET /admin/conversations", instance=None if everywhere else instance,
                status="wanted" if everywhere else q.status, find=q.find or None, cursor=q.cursor, limit=50,
            )  # fmt: skip
            people = answer.data
            counts = {} if everywhere else dict[str, int](**await self._means.views.counts(instance))
        return await self._means.rendering.show(
            request, "chats.html", instance=instance, status=status, people=people, counts=counts, asked=q,
            calls=calls, everywhere=everywhere, kept=_kept(q, everywhere=everywhere), **more,
        )  # fmt: skip

    async def act(self, asked: Asked[ChatForm, None]) -> web.Response:
        """Take over, give back, reply, pause, resume, or write something down about the contact."""

        async def work(given: Form) -> web.Response:
            q = asked.query
            if q.act == "reply" and given.checked("preview"):
                return await self._conversation(asked, given, preview=await self._previewed(asked, given))
            done = await self._done(asked, given)
            at = f"/chats/{quote(q.instance, safe='')}/{quote(q.chat, safe='@')}{_kept(q, everywhere=q.everywhere)}"
            return back_to(at, done)

        async def again(given: Form, problem: Problem) -> web.Response:
            return await self._conversation(asked, given, problem)

        return await tried(work, again, asked.request)

    async def _done(self, asked: Asked[ChatForm, None], given: Form) -> str:
        q, request = asked.query, asked.request
        at = {"instance": q.instance, "chat": q.chat}
        match q.act:
            case "take":
                await self._ask(request, f"POST {ONE}/take", at, body={"force": given.checked("force")})
                return "taken"
            case "give-back":
                await self._ask(request, f"POST {ONE}/give-back", at)
                return "given_back"
            case "reply":
                body = await self._reply(request, q.instance, given)
                await self._ask(request, f"POST {ONE}/reply", at, body=body, headers=given.once)
                return ""
            case "pause":
                await self._ask(request, f"POST {ONE}/pause", at, body=talking.pause_of(given))
                return "paused"
            case "resume":
                await self._ask(request, f"POST {ONE}/resume", at)
                return "resumed"
            case "contact":
                headers = {"If-Match": given.text("version")} if given.text("version") else {}
                body = talking.contact_of(given)
                await self._ask(request, "PATCH /admin/contacts/{chat}", at, body=body, headers=headers)
                return "saved"
        raise Problem(404, f"a chat has no {q.act!r}")

    async def _reply(self, request: web.Request, instance: str, given: Form) -> dict[str, Any]:
        file = given.file("file")
        if file is None:
            return talking.reply_of(given)
        kept = await self._ask(
            request, "POST /admin/uploads", instance=instance, once="true", file=file, headers=given.once
        )  # fmt: skip
        return talking.reply_of(given, kept.data)

    async def _previewed(self, asked: Asked[ChatForm, None], given: Form) -> str:
        filled = talking.filled(given)
        answer = await self._ask(
            asked.request, "POST /admin/templates/{name}/preview", name=filled.pop("name"),
            instance=asked.query.instance, body=filled,
        )  # fmt: skip
        return str(answer.data.text)


def _told_at(messages: Sequence[Any], story: str) -> str:
    """The message that a story is told at: the one that was meant, else the newest that it is about."""
    ids = [one.id for one in messages]
    return story if story in ids else next((one.id for one in messages if one.story == story), "")


def _kept(asked: ChatsSeen, *, everywhere: bool) -> str:
    """What of an address keeps the list beside a chat as it is: `?status=wanted`."""
    given = {"everywhere": "1" if everywhere else "", "status": asked.status or "", "find": asked.find}
    kept = {name: value for name, value in given.items() if value}
    return f"?{urlencode(kept)}" if kept else ""
