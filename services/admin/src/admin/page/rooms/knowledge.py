"""What does the clinic know, and what does a question find? Its texts, to read and to edit, and a place to try it."""

from typing import Annotated, Any
from urllib.parse import quote

import msgspec
from aiohttp import web

from admin.access.principal import Role
from admin.http.endpoint import Asked
from admin.http.problems import Problem
from admin.http.reading import File
from admin.knowledge.room import BODY_LIMIT
from admin.page.screens import NOTHING_GIVEN, Form, Means, Seen, back_to, form, page, tried

ALL = "/admin/knowledge"
ONE = f"{ALL}/{{name}}"
FORM_LIMIT = BODY_LIMIT + 1024**2  # a text, and the rest of its form; a little too much is told in its place


class KnowledgeSeen(Seen, frozen=True, kw_only=True):
    """Which question is asked."""

    question: Annotated[str, msgspec.Meta(max_length=500)] = ""


class TextSeen(Seen, frozen=True, kw_only=True):
    """Which text is read."""

    name: Annotated[str, msgspec.Meta(max_length=120)]


class Knowledge:
    """The pages under `/knowledge`."""

    def __init__(self, means: Means) -> None:
        self._means, self._ask = means, means.asking.ask
        self.endpoints = [
            page("/knowledge", self.list),
            page("/knowledge/new", self.new, Role.OPERATOR),
            form("/knowledge/new", self.upload, Role.OPERATOR, body_limit=FORM_LIMIT),
            page("/knowledge/texts/{name}", self.read),
            form("/knowledge/texts/{name}", self.change, Role.OPERATOR, body_limit=FORM_LIMIT),
        ]

    async def list(self, asked: Asked[KnowledgeSeen, None]) -> web.Response:
        """The texts; and, when a question is asked, what is found."""
        return await self._listed(asked)

    async def _listed(
        self, asked: Asked[Any, None], given: Form = NOTHING_GIVEN, problem: Problem | None = None
    ) -> web.Response:
        request, instance = asked.request, await self._means.instance(asked)
        question = getattr(asked.query, "question", "")
        texts = answer = None
        if instance:
            texts = (await self._ask(request, f"GET {ALL}", instance=instance)).data
        if question and instance and problem is None:
            try:
                body = {"question": question}
                answer = (await self._ask(request, f"POST {ALL}/ask", instance=instance, body=body)).data
            except Problem as refused:
                problem = refused
        return await self._means.rendering.show(
            request, "knowledge.html", instance=instance, status=problem.status if problem else 200,
            texts=texts, question=question, answer=answer, form=given, problem=problem,
        )  # fmt: skip

    async def new(self, asked: Asked[Seen, None]) -> web.Response:
        """A form for a new text."""
        return await self._edited(asked, "", None, "", "")

    async def read(self, asked: Asked[TextSeen, None]) -> web.Response:
        """One text."""
        return await self._read(asked)

    async def _read(
        self, asked: Asked[Any, None], given: Form = NOTHING_GIVEN, problem: Problem | None = None
    ) -> web.Response:
        instance = await self._means.instance(asked)
        found = await self._ask(asked.request, f"GET {ONE}", instance=instance, name=asked.query.name)
        typed = _typed(given) if given.checked("text") or given.file("file") else found.data.text
        return await self._edited(asked, asked.query.name, found.data, found.etag, typed, given, problem)

    async def _edited(
        self, asked: Asked[Any, None], name: str, found: Any, version: str, text: str,
        given: Form = NOTHING_GIVEN, problem: Problem | None = None,
    ) -> web.Response:  # fmt: skip
        return await self._means.rendering.show(
            asked.request, "knowledge_text.html", instance=await self._means.instance(asked),
            status=problem.status if problem else 200, name=name, found=found, version=version, text=text,
            taken=_name(given), form=given, problem=problem,
        )  # fmt: skip

    async def upload(self, asked: Asked[Seen, None]) -> web.Response:
        """Put a new text there: written here, or a file."""

        async def work(given: Form) -> web.Response:
            instance, name = await self._means.instance(asked), _name(given)
            await self._check_new(asked.request, instance, name)
            await self._put(asked.request, instance, name, _text(given), {})
            return back_to(f"/knowledge?instance={quote(instance)}", "saved")

        async def again(given: Form, problem: Problem) -> web.Response:
            return await self._edited(asked, "", None, "", _typed(given), given, problem)

        return await tried(work, again, asked.request)

    async def change(self, asked: Asked[TextSeen, None]) -> web.Response:
        """Change a text, by hand or by another file; or remove what was uploaded."""

        async def work(given: Form) -> web.Response:
            instance, name = await self._means.instance(asked), asked.query.name
            headers = {"If-Match": given.text("version")} if given.text("version") else {}
            if given.text("act") == "remove":
                await self._ask(asked.request, f"DELETE {ONE}", instance=instance, name=name, headers=headers)
                return back_to(f"/knowledge?instance={quote(instance)}", "removed")
            await self._put(asked.request, instance, name, _text(given), headers)
            return back_to(f"/knowledge?instance={quote(instance)}", "saved")

        async def again(given: Form, problem: Problem) -> web.Response:
            return await self._read(asked, given, problem)

        return await tried(work, again, asked.request)

    async def _check_new(self, request: web.Request, instance: str, name: str) -> None:
        texts = (await self._ask(request, f"GET {ALL}", instance=instance)).data
        if name in {line.name for line in texts.items}:
            raise Problem(409, f"there is a text called {name!r} already: open it to change it", parameter="name")

    async def _put(self, request: web.Request, instance: str, name: str, text: bytes, headers: dict[str, str]) -> None:
        headers = {**headers, "Content-Type": "text/markdown; charset=utf-8"}
        await self._ask(request, f"PUT {ONE}", instance=instance, name=name, body=text, headers=headers)


def _name(given: Form) -> str:
    """As it was written, else as the file is called."""
    file = given.file("file")
    return given.text("name") or (file.name if file else "")


def _text(given: Form) -> bytes:
    """The file's if there is one, else what was written."""
    file = given.file("file")
    return given.text("text").encode() if file is None else file.data


def _typed(given: Form) -> str:
    """What is shown again when it was refused. A file that says something in words is among it: it need not be chosen
    again."""
    file = given.file("file")
    return given.text("text") if file is None else _words(file) or given.text("text")


def _words(file: File) -> str:
    try:
        return file.data.decode("utf-8-sig") if b"\x00" not in file.data else ""
    except UnicodeDecodeError:
        return ""
