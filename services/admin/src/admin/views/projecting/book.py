"""How does one version of an instance's views come forward? Read, fold, write; the position is part of the write."""

import asyncio
from collections.abc import Sequence
from typing import Any

from admin.views.folding.needs import needs
from admin.views.folding.state import ConnectionState, connection_of, encode
from admin.views.folding.working import Working
from admin.views.projecting.loading import Loader
from admin.views.projecting.reading import Batch, read_batch
from admin.views.projecting.writing import Operations, changed_chats, changes, raw
from shared.errors import NotOurs
from shared.events import AnyEvent
from shared.streams import keys
from shared.streams.scripts import Scripts
from shared.telemetry import logs, metrics

LANE = "views"
CHANGES_KEPT = 1_000

_log = logs.get(__name__)


class Book:
    """One version, written under one lease. After any error it is of no use any more: open a new one."""

    def __init__(
        self, scripts: Scripts, instance: str, version: int, fence: int, position: str, *, tells: bool
    ) -> None:
        self.version = version
        self.position = position
        self._scripts = scripts
        self._instance = instance
        self._fence = fence
        self._tells = tells
        self._working = Working()
        self._loader = Loader(scripts, instance, version)
        self._opened = False

    async def advance(self, most: int, batches: int = 1) -> int:
        """Fold the next facts in, `most` at a time; how many there were. Raises NotOurs and RedisError.

        While one of several batches is written the next is read and folded.
        """
        total, writing, reading = 0, None, self._reading(self.position, most)
        try:
            for number in range(1, batches + 1):
                batch, end, count = await reading
                if not count:
                    break
                more = number < batches and count == most
                reading = self._reading(end, most) if more else reading
                operations, chats = await self._folded(batch)
                if writing is not None:
                    await writing
                writing = asyncio.create_task(self.write(operations, end, count, chats))
                await asyncio.sleep(0)  # its script is on the line before the next batch asks for states
                total += count
                if not more:
                    break
            if writing is not None:
                await writing
        finally:
            await ended([task for task in (reading, writing) if task is not None])
        return total

    def forget(self) -> None:
        """Load every state anew: they are changed by other hands."""
        kept = self._working
        self._working = Working()
        self._working.connection = self._working.connection_before = kept.connection

    def _reading(self, after: str, most: int) -> asyncio.Task[tuple[Batch, str, int]]:
        return asyncio.create_task(read_batch(self._scripts, self._instance, after, most))

    async def _folded(self, batch: Batch) -> tuple[Operations, Sequence[str]]:
        """What a batch changes, and the chats that have news."""
        working = self._working
        if not self._opened:
            working.connection = await self._connection()
            self._opened = True
        working.begin()
        await self._loader.load(working, needs(batch))
        for entry, event in batch:
            _fold(working, entry, event)
        operations = changes(working)
        if working.connection != working.connection_before:
            operations.add("HSET", "", f"{self.version}:connection", raw(encode(working.connection)))
        return operations, changed_chats(working) if self._tells else ()

    async def write(self, operations: Operations, end: str, count: int, chats: Sequence[str] = ()) -> None:
        """Write operations, and the position `end`, in one step. Raises NotOurs when the version moved without us."""
        i = self._instance
        parts = operations.parts()
        names = [keys.fence(i, LANE), keys.view_head(i), keys.events(i), keys.view_changes(i)]
        names += [keys.view(i, self.version, part) if part else keys.view_head(i) for part in parts]
        told = "\n".join(chats) if any(chats) else ("\n" if chats else "")
        args: list[str | bytes | int] = [
            self._fence, self.version, self.position, end, count, told, CHANGES_KEPT,
            operations.packed(len(names) - len(parts) + 1),
        ]  # fmt: skip
        word = bytes(await self._scripts.run("project", names, args)).decode()
        if word != "ok":
            raise NotOurs(word)
        self.position = end
        metrics.VIEWS_FOLDED.inc(count)

    async def _connection(self) -> ConnectionState:
        data = await self._scripts.call("HGET", keys.view_head(self._instance), f"{self.version}:connection")
        return connection_of(data) if data else ConnectionState()


def _fold(working: Working, entry: str, event: AnyEvent) -> None:
    """A fact that our own fault keeps from being folded is left out and told: it must not hold up all that follow."""
    try:
        working.fold(entry, event)
    except Exception:  # noqa: BLE001
        metrics.VIEWS_FAILED.inc()
        _log.exception("fact_not_folded", entry=entry, type=type(event).__name__)


async def ended(tasks: Sequence[asyncio.Task[Any]]) -> None:
    """None of them is left behind: a failure of one ends them all."""
    for task in tasks:
        if not task.done():
            task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
