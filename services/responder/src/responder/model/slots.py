"""Who is answered first when more patients wait than the endpoint should be asked for at once?"""

import asyncio
import contextlib
import heapq
import itertools
import time
from collections.abc import AsyncIterator

from responder.model.failure import CallFailed
from shared.telemetry import metrics


class Slots:
    """So many at the same time; VIPs before others, else in the order of their coming."""

    def __init__(self, size: int) -> None:
        self._free = size
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._order = itertools.count()

    @property
    def waiting(self) -> int:
        return sum(not turn.done() for _, _, turn in self._waiting)

    @contextlib.asynccontextmanager
    async def take(self, deadline: float, *, vip: bool) -> AsyncIterator[None]:
        """Hold a slot. Raises CallFailed when none comes free before the deadline."""
        await self._enter(deadline, vip)
        try:
            yield
        finally:
            self._leave()

    async def _enter(self, deadline: float, vip: bool) -> None:
        if self._free:
            self._free -= 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (0 if vip else 1, next(self._order), turn))
        try:
            with metrics.MODEL_WAITING.track_inprogress():
                async with asyncio.timeout(deadline - time.monotonic()):
                    await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled():
                self._leave()  # it came in the same moment: the next one has it
            if isinstance(error, TimeoutError):
                raise CallFailed("busy", "no free slot before the deadline") from error
            raise

    def _leave(self) -> None:
        """Hand the slot to the first who still waits."""
        while self._waiting:
            _, _, turn = heapq.heappop(self._waiting)
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1
