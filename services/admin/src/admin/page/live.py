"""Is there anything new? Server-sent events: one line for each change of a chat, as the views learn of it."""

import asyncio
import contextlib
from typing import Annotated

import msgspec
from aiohttp import web

from admin.access.principal import Role
from admin.http.endpoint import EVENTS, Asked, Endpoint
from admin.http.streaming import Stream
from admin.instances import Instances
from admin.page.screens import TAG
from admin.views.views import Views
from shared.streams.ending import end

KEEP_ALIVE_S = 15.0  # proxies hang up on what is silent for 30 s or more
GATHER_S = 0.2  # a burst of changes is one piece of news
RETRY_MS = 3_000
MOST_FOLLOWED = 100  # at four looks a second 400 commands/s; the overview of more asks again by itself
WAITING = 1_000  # more than any page needs to know; what is beyond it is not told one by one


class LiveAsked(msgspec.Struct, frozen=True, kw_only=True):
    """Of which instance; empty: of all."""

    instance: Annotated[str, msgspec.Meta(max_length=100)] = ""


class Live:
    """Tells browsers that something changed. What it is, they ask for themselves."""

    def __init__(self, instances: Instances, views: Views) -> None:
        self._instances = instances
        self._views = views
        self._closing = asyncio.Event()
        self.endpoints = [Endpoint("GET", "/live", Role.VIEWER, self.follow, TAG, produces=EVENTS)]

    async def close(self, _app: web.Application) -> None:
        """End every stream, so that a stop does not wait for browsers."""
        self._closing.set()

    async def follow(self, asked: Asked[LiveAsked, None]) -> web.StreamResponse:
        """`data: <chat>` for each change, from now on."""
        wanted = asked.query.instance
        names = [await self._instances.require(wanted)] if wanted else (await self._instances.names())[:MOST_FOLLOWED]
        stream = Stream(asked.request, {"Content-Type": EVENTS})
        news: asyncio.Queue[str] = asyncio.Queue(WAITING)
        async with asyncio.TaskGroup() as group:
            followers = [group.create_task(self._follow(name, news)) for name in names]
            await self._tell(stream, news)
            await end(followers)
        return stream.response

    async def _follow(self, instance: str, news: asyncio.Queue[str]) -> None:
        async for chat in self._views.changes(instance):
            with contextlib.suppress(asyncio.QueueFull):
                news.put_nowait(chat)

    async def _tell(self, stream: Stream, news: asyncio.Queue[str]) -> None:
        reads = await stream.begin(f"retry: {RETRY_MS}\n\n".encode())
        while reads and not self._closing.is_set():
            chats = await self._gathered(news)
            reads = await stream.give([b"data: %s\n\n" % chat.encode() for chat in sorted(chats)] or (b": here\n\n",))

    async def _gathered(self, news: asyncio.Queue[str]) -> set[str]:
        """What changed within a moment; nothing, when all was quiet for long."""
        closing = asyncio.ensure_future(self._closing.wait())
        first = asyncio.ensure_future(news.get())
        try:
            await asyncio.wait({closing, first}, timeout=KEEP_ALIVE_S, return_when=asyncio.FIRST_COMPLETED)
            if not first.done():
                return set()
            await asyncio.sleep(GATHER_S)
            found = {first.result()}
            while not news.empty():
                found.add(news.get_nowait())
            return found
        finally:
            closing.cancel()
            first.cancel()
