"""What comes next? Facts that are read, and whose states are brought, while those before are folded and written."""

import asyncio
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from admin.views.folding.needs import Needs, needs
from admin.views.folding.working import Working
from admin.views.projecting.loading import Loader
from admin.views.projecting.reading import Batch
from shared.streams.ending import end

DEPTH = 2
"""Chunks that are under way at a time: one is folded, one is ready or brought."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Facts, what they need, the entry that they end at, and how many the log had: some may be unreadable here."""

    facts: Batch
    needs: Needs
    end: str
    count: int

    def batches(self, most: int) -> Iterator[tuple[Batch, str, int]]:
        """In parts: the facts, the entry that they end at, and how many there were."""
        left = self.count
        for start in range(0, len(self.facts) - most, most):
            batch = self.facts[start : start + most]
            left -= most
            yield batch, batch[-1][0], most
        yield self.facts[self.count - left :], self.end, left


class Ahead:
    """The next chunks behind the entry `after`, of so many facts each, or as many chunks as there are.

    What is brought early is older than what is being folded. It never takes the place of a state that `working` has,
    and whatever a batch that is not yet written changes is in `working`: nothing of it may be forgotten meanwhile.
    """

    def __init__(self, loader: Loader, working: Working, after: str, sizes: Iterable[int]) -> None:
        self._loader = loader
        self._working = working
        self._after = after
        self._sizes = deque(sizes)
        self._coming: deque[asyncio.Task[Chunk]] = deque()

    async def next(self) -> Chunk | None:
        """The next chunk, with all that it needs in `working`; None: that was all. Raises RedisError."""
        while self._sizes and len(self._coming) < DEPTH:
            before = self._coming[-1] if self._coming else None
            self._coming.append(asyncio.create_task(self._bring(before, self._sizes.popleft())))
        if not self._coming:
            return None
        chunk = await self._coming[0]
        self._coming.popleft()
        if not chunk.count:
            return None
        await self._loader.load(self._working, chunk.needs)  # what only the chunks before it could tell
        return chunk

    async def end(self) -> None:
        """Nothing is brought any more."""
        await end(self._coming)

    async def _bring(self, before: asyncio.Task[Chunk] | None, most: int) -> Chunk:
        if before is not None:
            self._after = (await before).end
        facts, end, count = await self._loader.read(self._after, most)
        wanted = needs(facts)
        await self._loader.load(self._working, wanted)
        return Chunk(facts, wanted, end, count)
