"""What arrived on the patients' phones, and what was the gateway asked to do?

Both are journals: bounded, numbered, in order, and one can wait for the next entry.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

KEPT = 200_000  # entries; a load test of 1,000/s for three minutes


class Journal:
    def __init__(self, kept: int = KEPT) -> None:
        self._entries: deque[dict[str, Any]] = deque(maxlen=kept)
        self._waiting: set[asyncio.Future[None]] = set()
        self.seq = 0

    def add(self, entry: dict[str, Any]) -> dict[str, Any]:
        self.seq += 1
        entry["seq"] = self.seq
        self._entries.append(entry)
        if self._waiting:
            self.wake()
        return entry

    def wake(self) -> None:
        for future in self._waiting:
            if not future.done():
                future.set_result(None)

    def clear(self) -> None:
        self._entries.clear()
        self.wake()

    def since(self, seq: int, wanted: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
        found = [entry for entry in self._newer(seq) if wanted(entry)]
        found.reverse()
        return found

    def _newer(self, seq: int) -> Iterator[dict[str, Any]]:
        for entry in reversed(self._entries):
            if entry["seq"] <= seq:
                return
            yield entry

    async def wait_since(
        self, seq: int, wanted: Callable[[dict[str, Any]], bool], seconds: float
    ) -> list[dict[str, Any]]:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while not (found := self.since(seq, wanted)) and (left := deadline - loop.time()) > 0:
            seq = max(seq, self.seq)  # what is older was looked at
            await self._next(left)
        return found

    async def _next(self, seconds: float) -> None:
        future = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(future, seconds)
        finally:
            self._waiting.discard(future)
