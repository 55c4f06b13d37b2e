"""How often is something asked that takes long? What took long serves so many times as long, however many look."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
PATIENCE = 10  # at most a tenth of the time goes into it


class Kept(Generic[T]):
    """The last answer about some instances, for as long as it serves."""

    def __init__(self, ask: Callable[[Sequence[str]], Awaitable[T]]) -> None:
        self._ask = ask
        self._asking = asyncio.Lock()
        self._last: tuple[float, Sequence[str], T] | None = None

    async def of(self, names: Sequence[str]) -> T:
        """About these instances; it may be some seconds old."""
        async with self._asking:
            if self._last is not None and time.monotonic() < self._last[0] and self._last[1] == names:
                return self._last[2]
            began = time.monotonic()
            found = await self._ask(names)
            now = time.monotonic()
            self._last = (now + PATIENCE * (now - began), names, found)
            return found
