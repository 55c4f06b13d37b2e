"""How does an open page hear of news? One reader an instance, for as long as anybody listens, whoever folds."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from redis.exceptions import RedisError

from shared.streams import keys
from shared.streams.connection import end_if_cancelled
from shared.streams.ending import end
from shared.streams.scripts import Scripts

EVERY_S = 0.25
MOST_UNREAD = 1_000  # a listener who is further behind misses the rest


class _Hub:
    def __init__(self) -> None:
        self.listeners: set[asyncio.Queue[str]] = set()
        self.last = ""
        self.task: asyncio.Task[None] | None = None


class Changes:
    """Tells listeners of one process what changed."""

    def __init__(self, scripts: Scripts) -> None:
        self._scripts = scripts
        self._hubs: dict[str, _Hub] = {}

    async def of(self, instance: str) -> AsyncIterator[str]:
        """The chat of every change from now on."""
        hub = self._hubs.setdefault(instance, _Hub())
        queue: asyncio.Queue[str] = asyncio.Queue(MOST_UNREAD)
        if hub.task is None:
            hub.last = await self._newest(instance)
            hub.task = hub.task or asyncio.create_task(self._keep_reading(instance, hub), name=f"changes {instance}")
        hub.listeners.add(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            hub.listeners.discard(queue)
            if not hub.listeners and hub.task is not None:
                task, hub.task = hub.task, None
                await end([task])

    async def _newest(self, instance: str) -> str:
        newest: Any = await self._scripts.call("XREVRANGE", keys.view_changes(instance), "+", "-", "COUNT", 1)
        return _text(newest[0][0]) if newest else "0-0"

    async def _keep_reading(self, instance: str, hub: _Hub) -> None:
        while True:
            try:
                stream = keys.view_changes(instance)
                entries: Any = await self._scripts.call("XRANGE", stream, f"({hub.last}", "+", "COUNT", MOST_UNREAD)
                for entry, fields in entries:
                    hub.last = _text(entry)
                    value = fields[b"c"] if isinstance(fields, dict) else fields[1]
                    for chat in dict.fromkeys(_text(value).split("\n")):
                        _tell(hub, chat)
            except (RedisError, OSError, TimeoutError):
                end_if_cancelled()
            await asyncio.sleep(EVERY_S)


def _tell(hub: _Hub, chat: str) -> None:
    for queue in hub.listeners:
        with contextlib.suppress(asyncio.QueueFull):
            queue.put_nowait(chat)


def _text(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
