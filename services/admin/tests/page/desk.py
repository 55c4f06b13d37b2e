"""An application with the page, on an API that answers from memory."""

import msgspec
from aiohttp import web

from admin.access.principal import Principal, Role
from admin.http.endpoint import PRINCIPAL, Asked, Endpoint, Nothing, add
from admin.http.pages import Page
from admin.http.problems import Problem, as_problems
from admin.page.site import Outside, Site
from admin.views.model import Conversation, Message, Status, Story
from shared.clock import ManualClock
from tests_page.memory import NOW, MemoryViews


class OfInstance(msgspec.Struct, frozen=True, kw_only=True):
    instance: str


class OfChat(OfInstance, frozen=True, kw_only=True):
    chat: str
    cursor: str = ""
    limit: int = 50


class Which(OfInstance, frozen=True, kw_only=True):
    status: Status | None = None
    find: str = ""
    cursor: str = ""
    limit: int = 50


class OfId(OfInstance, frozen=True, kw_only=True):
    id: str


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    chat: str
    name: str = ""
    notes: str = ""
    vip: bool = False
    opted_out: bool = False


class TemplateLine(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    variables: list[str]
    texts: dict[str, str]


class TemplateList(msgspec.Struct, frozen=True, kw_only=True):
    clinic: str
    languages: list[str]
    items: list[TemplateLine]


class Desk:
    def __init__(self, views: MemoryViews) -> None:
        self.views = views
        self.did: list[tuple[str, object]] = []
        one = "/admin/conversations/{chat}"
        self.endpoints = [
            Endpoint("GET", "/admin/overview", Role.VIEWER, self.overview, "x"),
            Endpoint("GET", "/admin/conversations", Role.VIEWER, self.list, "x"),
            Endpoint("GET", one, Role.VIEWER, self.read, "x"),
            Endpoint("GET", f"{one}/messages", Role.VIEWER, self.messages, "x"),
            Endpoint("GET", f"{one}/export", Role.VIEWER, self.overview, "x"),
            *(Endpoint("POST", f"{one}/{act}", Role.STAFF, self.acted, "x") for act in ("take", "give-back", "reply", "pause", "resume")),
            Endpoint("GET", "/admin/contacts/{chat}", Role.VIEWER, self.contact, "x"),
            Endpoint("PATCH", "/admin/contacts/{chat}", Role.STAFF, self.acted, "x"),
            Endpoint("GET", "/admin/messages/{id}/story", Role.VIEWER, self.story, "x"),
            Endpoint("GET", "/admin/templates", Role.VIEWER, self.templates, "x"),
            *(Endpoint("GET", path, role, self.overview, "x") for path, role in [
                ("/admin/messages/scheduled", Role.VIEWER), ("/admin/broadcasts", Role.OPERATOR), ("/admin/knowledge", Role.VIEWER),
                ("/admin/dead-letters", Role.OPERATOR), ("/admin/instances", Role.OPERATOR), ("/admin/audit", Role.VIEWER), ("/admin/settings", Role.OPERATOR)]),
        ]

    async def overview(self, asked: Asked[Nothing, None]) -> Nothing:
        return Nothing()

    async def list(self, asked: Asked[Which, None]) -> Page[Conversation]:
        q = asked.query
        return await self.views.conversations(q.instance, status=q.status, find=q.find, cursor=q.cursor, limit=q.limit)

    async def read(self, asked: Asked[OfChat, None]) -> Conversation:
        found = await self.views.conversation(asked.query.instance, asked.query.chat)
        if found is None:
            raise Problem(404, "there is no conversation with that", parameter="chat")
        return found

    async def messages(self, asked: Asked[OfChat, None]) -> Page[Message]:
        return await self.views.messages(asked.query.instance, asked.query.chat, cursor=asked.query.cursor)

    async def acted(self, asked: Asked[OfChat, dict]) -> Nothing:
        if asked.body.get("text") == "bad":
            raise Problem(400, "`text` says nothing", parameter="text")
        self.did.append((asked.query.chat, asked.body))
        return Nothing()

    async def contact(self, asked: Asked[OfChat, None]) -> Contact:
        one = self.views.chats[asked.query.instance, asked.query.chat]
        return Contact(chat=one.chat, name=one.name, notes=one.notes, vip=one.vip, opted_out=one.opted_out)

    async def story(self, asked: Asked[OfId, None]) -> Story:
        return await self.views.story(asked.query.instance, asked.query.id)

    async def templates(self, asked: Asked[OfInstance, None]) -> TemplateList:
        return TemplateList(clinic="demo", languages=["pt", "es", "en"], items=[
            TemplateLine(name="lembrete", variables=["name", "day"], texts={"pt": "Olá, {name}! Sua consulta é {day}.", "es": "¡Hola, {name}! Su cita es {day}.", "en": "Hello {name}, your appointment is on {day}."}),
            TemplateLine(name="resultado", variables=["name"], texts={"pt": "{name}, seu resultado está pronto.", "es": "x", "en": "y"})])


class Names:
    async def names(self): return ["demo", "dosplazas"]
    async def require(self, name):
        if name not in await self.names(): raise Problem(404, f"nothing has come from an instance {name!r} yet", parameter="instance")
        return name


def application(views: MemoryViews, role: Role = Role.OPERATOR) -> web.Application:
    desk = Desk(views)
    site = Site(desk.endpoints, Outside(Names(), views, ManualClock(NOW), lambda _: "csrf-of-the-session", lambda _: "America/Sao_Paulo"))

    @web.middleware
    async def known(request, handler):
        if not request.path.startswith("/static"):
            request[PRINCIPAL] = Principal("Ana", role)
        response = await handler(request)
        return response

    async def policy(request, response):
        response.headers["Content-Security-Policy"] = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'"

    app = web.Application(middlewares=[as_problems, known], client_max_size=2**21)
    add(app, desk.endpoints)
    site.add_to(app)
    app.on_response_prepare.append(policy)
    return app
