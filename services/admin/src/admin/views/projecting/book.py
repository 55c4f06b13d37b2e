"""How does one version of an instance's views come forward? Read, fold, write; the position is part of the write."""

import asyncio
from collections.abc import Iterator, Sequence

from admin.views.folding.state import ConnectionState, connection_of, encode
from admin.views.folding.working import Working
from admin.views.projecting.ahead import Ahead
from admin.views.projecting.loading import Loader, keep_few
from admin.views.projecting.reading import Batch
from admin.views.projecting.writing import Operations, changed_chats, changes, raw
from shared.errors import NotOurs
from shared.events import AnyEvent
from shared.streams import keys
from shared.streams.ending import end
from shared.streams.scripts import Scripts
from shared.telemetry import logs, metrics

LANE = "views"
CHANGES_KEPT = 1_000
BROUGHT_AT_ONCE = 5  # batches
FOLDED_AT_ONCE = 75
"""Facts, some half a millisecond: then whoever else has something to do in this process has a turn."""

_log = logs.get(__name__)


class Book:
    """One version, written under one lease. After any error it is of no use any more: open a new one."""

    def __init__(self, scripts: Scripts, loader: Loader, fence: int, position: str, *, tells: bool) -> None:
        self.version = loader.version
        self.position = position
        self._scripts = scripts
        self._instance = loader.instance
        self._fence = fence
        self._tells = tells
        self._working = Working()
        self._loader = loader
        self._opened = False

    async def advance(self, most: int, batches: int = 1) -> int:
        """Fold the next facts in, `most` at a time; how many there were. Raises NotOurs and RedisError.

        While one of several batches is written the next is folded, and those behind them are brought.
        """
        keep_few(self._working)
        if not self._opened:
            self._working.connection = await self._connection()
            self._opened = True
        total, writing = 0, None
        ahead = Ahead(self._loader, self._working, self.position, _sizes(most, batches))
        try:
            while (chunk := await ahead.next()) is not None:
                for batch, upto, count in chunk.batches(most):
                    operations, chats = await self._folded(batch)
                    if writing is not None:
                        await writing
                    writing = asyncio.create_task(self.write(operations, upto, count, chats))
                    total += count
            if writing is not None:
                await writing
        finally:
            await ahead.end()
            await end([] if writing is None else [writing])
        return total

    def forget(self) -> None:
        """Load every state anew: they are changed by other hands."""
        kept = self._working
        self._working = Working()
        self._working.connection = self._working.connection_before = kept.connection

    async def _folded(self, batch: Batch) -> tuple[Operations, Sequence[str]]:
        """What a batch changes, and the chats that have news."""
        working = self._working
        working.begin()
        for start in range(0, len(batch), FOLDED_AT_ONCE):
            await asyncio.sleep(0)
            for entry, event in batch[start : start + FOLDED_AT_ONCE]:
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


def _sizes(most: int, batches: int) -> Iterator[int]:
    """How many facts are brought at a time: a few batches, for a round trip costs more than they do."""
    for start in range(0, batches, BROUGHT_AT_ONCE):
        yield most * min(BROUGHT_AT_ONCE, batches - start)
