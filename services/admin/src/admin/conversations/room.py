"""What can be seen and done in conversations?"""

import msgspec
from aiohttp import web

from admin.access.principal import Role
from admin.conversations.calling import calls
from admin.conversations.chats import Chats
from admin.conversations.replying import ReplyBody, said
from admin.conversations.shapes import Answering, Calls, ConversationsAsked, MessagesAsked, PauseBody, Queued, TakeBody
from admin.http.endpoint import Asked, Endpoint, Nothing
from admin.http.pages import Page
from admin.http.problems import Problem
from admin.instances import Instances
from admin.library import Library
from admin.messages.accepting import Accepting
from admin.overview.surveying import Surveyor
from admin.steering.asking import OfChat, chat_of
from admin.steering.moments import end_of
from admin.views.model import Conversation, Message
from admin.views.views import Views
from shared import ids
from shared.events import SendRequested
from shared.service import Platform

LINES = "application/x-ndjson"


class Conversations:
    """The chats of an instance."""

    def __init__(
        self, platform: Platform, instances: Instances, views: Views, library: Library, accepting: Accepting,
        surveyor: Surveyor,
    ) -> None:  # fmt: skip
        self._instances, self._views, self._library = instances, views, library
        self._surveyor = surveyor
        self._chats, self._accepting, self._clock = Chats(platform), accepting, platform.clock
        one, staff = "/admin/conversations/{chat}", Role.STAFF
        self.endpoints = [
            Endpoint("GET", "/admin/conversations", Role.VIEWER, self.list, "conversations"),
            Endpoint("GET", "/admin/calls", Role.VIEWER, self.calls, "conversations"),
            Endpoint("GET", one, Role.VIEWER, self.read, "conversations"),
            Endpoint("GET", f"{one}/messages", Role.VIEWER, self.messages, "conversations"),
            Endpoint("GET", f"{one}/export", Role.VIEWER, self.export, "conversations", produces=LINES),
            Endpoint("POST", f"{one}/take", staff, self.take, "conversations", again=True),
            Endpoint("POST", f"{one}/give-back", staff, self.give_back, "conversations", again=True),
            Endpoint("POST", f"{one}/reply", staff, self.reply, "conversations", status=202, again=True),
            Endpoint("POST", f"{one}/pause", staff, self.pause, "conversations", again=True),
            Endpoint("POST", f"{one}/resume", staff, self.resume, "conversations", again=True),
        ]

    async def list(self, asked: Asked[ConversationsAsked, None]) -> Page[Conversation]:
        """The conversations, the newest word first.

        Those that want a person: the urgent ones first, then the longest waiting; of all instances at once with
        `status=wanted` and no instance.
        """
        q = asked.query
        if not q.instance and q.status == "wanted":
            names = [*(await self._surveyor.calls(await self._instances.names()))]
            return await calls(self._views, names, find=q.find, cursor=q.cursor, limit=q.limit)
        if not q.instance:
            raise Problem(400, "instance: is missing; without one, only `status=wanted` is told", parameter="instance")
        await self._instances.require(q.instance)
        return await self._views.conversations(q.instance, status=q.status, find=q.find, cursor=q.cursor, limit=q.limit)

    async def calls(self, _asked: Asked[Nothing, None]) -> Calls:
        """At which instances chats want a person, and how many."""
        found = await self._surveyor.calls(await self._instances.names())
        return Calls(total=sum(found.values()), instances=found)

    async def read(self, asked: Asked[OfChat, None]) -> Conversation:
        """One conversation, as a line of the list."""
        return await self._chats.as_held(await self._seen(asked.query))

    async def messages(self, asked: Asked[MessagesAsked, None]) -> Page[Message]:
        """What was said, the newest first, with how far each message came."""
        q = asked.query
        await self._instances.require(q.instance)
        return await self._views.messages(q.instance, chat_of(q.chat), cursor=q.cursor, limit=q.limit)

    async def export(self, asked: Asked[OfChat, None]) -> web.StreamResponse:
        """Every message of the conversation, one JSON object a line, the newest first."""
        found = await self._seen(asked.query)
        response = web.StreamResponse(headers={
            "Content-Type": LINES, "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="conversation-{found.chat.partition("@")[0]}.ndjson"',
        })  # fmt: skip
        await response.prepare(asked.request)
        cursor: str | None = ""
        while cursor is not None:
            page = await self._views.messages(found.instance, found.chat, cursor=cursor, limit=200)
            await response.write(b"".join(msgspec.json.encode(item) + b"\n" for item in page.items))
            cursor = page.next
        await response.write_eof()
        return response

    async def take(self, asked: Asked[OfChat, TakeBody]) -> Answering:
        """Answer a chat oneself. The bot is quiet there until it is given back. 409 when somebody else has it."""
        instance, chat = await self._known(asked.query)
        await self._chats.take(instance, chat, asked.who.name, force=asked.body.force)
        return Answering(instance=instance, chat=chat, status="taken", by=asked.who.name)

    async def give_back(self, asked: Asked[OfChat, None]) -> Answering:
        """Let the bot answer a chat again. That also settles that a person was wanted there."""
        instance, chat = await self._known(asked.query)
        await self._chats.give_back(instance, chat, asked.who.name)
        return Answering(instance=instance, chat=chat, status="bot", by=asked.who.name)

    async def reply(self, asked: Asked[OfChat, ReplyBody]) -> Queued:
        """Write to the patient, as a person: a text, a file or a template. The bot is quiet for a while after it."""
        instance, chat = await self._known(asked.query)
        content, template = await said(
            asked.body, instance, chat, self._library, allow_private=self._accepting.allow_private
        )
        now = self._clock.now_ms()
        send = SendRequested(
            id=ids.new(self._clock), instance=instance, chat=chat, occurred_at=now, recorded_at=now, to=chat,
            content=content, send_class="staff", quoted_id=asked.body.quoted_id, by=asked.who.name, template=template,
            idempotency_key=asked.key,
        )  # fmt: skip
        await self._accepting.check(send)
        await self._chats.staff_speaks(instance, chat)
        earlier = await self._accepting.take(send, "")  # a request that broke off, and came again with its key
        return Queued(id=earlier.id if earlier else send.id, status="queued")

    async def pause(self, asked: Asked[OfChat, PauseBody]) -> Answering:
        """Keep the bot quiet in a chat. 409 when a person has taken it: it is quiet there anyway."""
        instance, chat = await self._known(asked.query)
        until = end_of(asked.body.minutes, asked.body.until, self._clock.now_ms())
        await self._chats.pause(instance, chat, asked.who.name, until, asked.body.reason)
        return Answering(instance=instance, chat=chat, status="paused", by=asked.who.name, paused_until=until)

    async def resume(self, asked: Asked[OfChat, None]) -> Answering:
        """Let the bot answer again in a chat where it was paused."""
        instance, chat = await self._known(asked.query)
        await self._chats.resume(instance, chat, asked.who.name)
        return Answering(instance=instance, chat=chat, status="bot", by=asked.who.name)

    async def _known(self, query: OfChat) -> tuple[str, str]:
        instance, chat = await self._instances.require(query.instance), chat_of(query.chat)
        await self._chats.require(instance, chat)
        return instance, chat

    async def _seen(self, query: OfChat) -> Conversation:
        instance, chat = await self._instances.require(query.instance), chat_of(query.chat)
        found = await self._views.conversation(instance, chat)
        if found is None:
            raise Problem(404, f"there is no conversation with {chat}", parameter="chat")
        return found
