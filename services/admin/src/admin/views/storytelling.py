"""How is a story told? From the entries of the log that it is made of."""

import asyncio
from typing import Any

from admin.views.folding import stories
from admin.views.folding.state import MessageState, message_of
from admin.views.model import Story
from admin.views.telling import step
from shared.errors import Undecodable
from shared.events import ReplyDrafted, decode
from shared.streams import keys
from shared.streams.scripts import Scripts


class Telling:
    """Tells stories of one version of the views."""

    def __init__(self, scripts: Scripts) -> None:
        self._scripts = scripts

    async def message(self, instance: str, version: int, id_: str) -> MessageState | None:
        """The state of one message."""
        data = await self._get(instance, version, "messages", id_)
        return message_of(data) if data else None

    async def story(self, instance: str, version: int, id_: str) -> Story | None:
        """By the story's id, or the id of a message, a send or WhatsApp's own."""
        entries = await self._entries(instance, version, id_)
        if entries is None:
            return None
        story, steps = entries
        log = keys.events(instance)
        found = await asyncio.gather(*(self._scripts.call("XRANGE", log, entry, entry) for entry in steps))
        events = {event.id: event for event in (_event(reply) for reply in found) if event is not None}
        if not events:
            return None
        drafts = [event for event in events.values() if isinstance(event, ReplyDrafted)]
        chat = next((event.chat for event in events.values() if event.chat), "")
        sources = dict.fromkeys(source for draft in drafts for source in draft.sources)
        return Story(id=story, instance=instance, chat=chat, steps=[*map(step, events.values())], sources=[*sources])

    async def _entries(self, instance: str, version: int, id_: str) -> tuple[str, list[str]] | None:
        """The story that an id belongs to, and its entries of the log."""
        if state := await self.message(instance, version, id_):
            id_ = state.story or id_
        elif ours := await self._get(instance, version, "ids", id_):
            state = await self.message(instance, version, ours.decode())
            id_ = state.story if state and state.story else ours.decode()
        data = await self._get(instance, version, "stories", id_)
        return (id_, stories.steps(data.decode())) if data else None

    async def _get(self, instance: str, version: int, part: str, name: str) -> bytes | None:
        found: bytes | None = await self._scripts.call("HGET", keys.view(instance, version, part), name)
        return found


def _event(reply: Any) -> Any:
    """The event in an XRANGE of one entry; None when it was trimmed or cannot be read."""
    if not reply:
        return None
    fields = reply[0][1]
    pairs = fields if isinstance(fields, dict) else dict(zip(fields[::2], fields[1::2], strict=False))
    try:
        return decode(pairs[b"e"])
    except (Undecodable, KeyError):
        return None
