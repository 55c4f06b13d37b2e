"""What do the views tell? For tests of the rooms: as little as they need, folded from the whole log when asked."""

from collections.abc import AsyncIterator, Sequence

import redis.asyncio as aioredis

from admin.http.pages import Page
from admin.views.model import Connection, Conversation, Day, Lag, Message, Status, Step, Story
from shared.events import MessageReceived, SendAccepted, SendRequested, SendScheduled, Text
from shared.streams.log import read_log

FURTHER = {SendAccepted: "accepted", SendScheduled: "scheduled"}


class LogViews:
    """Views that keep nothing."""

    def __init__(self, client: aioredis.Redis) -> None:
        self._client = client

    async def _all(self, instance: str) -> list[tuple[str, Message]]:
        found: dict[str, tuple[str, Message]] = {}
        async for _, event in read_log(self._client, instance):
            match event:
                case MessageReceived(id=id_, text=text):
                    message = Message(id=id_, story=id_, at=event.occurred_at, author="patient", kind="text", text=text,
                                      progress="received", message_id=event.message_id)  # fmt: skip
                    found[id_] = (event.chat, message)
                case SendRequested(id=id_, content=content, by=by):
                    text = content.text if isinstance(content, Text) else ""
                    message = Message(id=id_, story=id_, at=event.occurred_at, author="staff", kind="text", text=text,
                                      progress="queued", by=by, broadcast_id=event.broadcast_id)  # fmt: skip
                    found[id_] = (event.chat, message)
                case SendAccepted(send_id=id_) if id_ in found:
                    chat, message = found[id_]
                    found[id_] = (chat, Message(**{f: getattr(message, f) for f in message.__struct_fields__}
                                                | {"progress": "accepted"}))  # fmt: skip
        return list(reversed(found.values()))

    async def conversations(
        self, instance: str, *, status: Status | None = None, find: str = "", cursor: str = "", limit: int = 50
    ) -> Page[Conversation]:
        chats = dict.fromkeys(chat for chat, _ in await self._all(instance))
        return Page(items=[Conversation(instance=instance, chat=chat) for chat in chats if find in chat][:limit])

    async def conversation(self, instance: str, chat: str) -> Conversation | None:
        found = await self.conversations(instance)
        return next((one for one in found.items if one.chat == chat), None)

    async def messages(self, instance: str, chat: str, *, cursor: str = "", limit: int = 50) -> Page[Message]:
        items = [message for of, message in await self._all(instance) if of == chat]
        start = int(cursor or 0)
        more = str(start + limit) if len(items) > start + limit else None
        return Page(items=items[start : start + limit], next=more)

    async def message(self, instance: str, id_: str) -> Message | None:
        return next((message for _, message in await self._all(instance) if message.id == id_), None)

    async def story(self, instance: str, id_: str) -> Story | None:
        for chat, message in await self._all(instance):
            if message.id == id_:
                step = Step(at=message.at, type="told", id=id_, said=message.text)
                return Story(id=id_, instance=instance, chat=chat, steps=[step])
        return None

    async def scheduled(self, instance: str, *, cursor: str = "", limit: int = 50) -> Page[Message]:
        return Page(items=[])

    async def days(self, instance: str, since: str, until: str) -> Sequence[Day]:
        return [Day(instance=instance, day=until, received=3, reply_ms=[0, 0, 90, 0, 0, 9, 0, 1, 0, 0, 0, 0])]

    async def counts(self, instance: str) -> dict[Status, int]:
        return {"bot": len((await self.conversations(instance)).items)}

    async def connection(self, instance: str) -> Connection:
        return Connection(instance=instance, state="open")

    async def lag(self, instance: str) -> Lag:
        return Lag(instance=instance, version=1, position="0-0", behind=0)

    async def changes(self, instance: str) -> AsyncIterator[str]:
        if instance is None:
            yield ""
