"""Who is watching the chat page, and what do they hear?"""

from __future__ import annotations

import asyncio
from typing import Any

BEHIND = 1000  # events a slow watcher may be behind before the oldest are dropped


class Live:
    def __init__(self) -> None:
        self._watchers: set[asyncio.Queue[dict[str, Any]]] = set()

    def publish(self, event: dict[str, Any]) -> None:
        for queue in self._watchers:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(event)

    @property
    def watched(self) -> bool:
        return bool(self._watchers)

    def join(self) -> asyncio.Queue[dict[str, Any]]:
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue(BEHIND)
        self._watchers.add(queue)
        return queue

    def leave(self, queue: asyncio.Queue[dict[str, Any]]) -> None:
        self._watchers.discard(queue)
