"""How does one version of an instance's views come forward? Read, fold, write; the position is part of the write."""

from collections.abc import Sequence

from admin.views.folding.state import ConnectionState, connection_of, encode
from admin.views.folding.working import Working, needs
from admin.views.projecting.loading import Loader
from admin.views.projecting.reading import read_batch
from admin.views.projecting.writing import Operations, changed_chats, changes
from shared.errors import NotOurs
from shared.streams import keys
from shared.streams.scripts import Scripts
from shared.telemetry import metrics

CHANGES_KEPT = 1_000


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

    async def advance(self, most: int) -> int:
        """Fold the next facts in, `most` at a time; how many there were. Raises NotOurs and RedisError."""
        batch, end, count = await read_batch(self._scripts, self._instance, self.position, most)
        if not count:
            return 0
        if not self._opened:
            self._working.connection = await self._connection()
            self._opened = True
        working = self._working
        working.begin()
        await self._loader.load(working, needs(batch))
        for entry, event in batch:
            working.fold(entry, event)
        chats = changed_chats(working) if self._tells else ()
        await self.write(changes(working), end, count, chats)
        metrics.VIEWS_FOLDED.inc(count)
        return count

    async def write(self, operations: Operations, end: str, count: int, chats: Sequence[str] = ()) -> None:
        """Write operations, and the position `end`, in one step. Raises NotOurs when the version moved without us."""
        i, working = self._instance, self._working
        if working.connection != working.connection_before:
            operations.add("HSET", "", f"{self.version}:connection", encode(working.connection))
        parts = operations.parts()
        names = [keys.fence(i, LANE), keys.view_head(i), keys.events(i), keys.view_changes(i)]
        names += [keys.view(i, self.version, part) if part else keys.view_head(i) for part in parts]
        told = "\n".join(chats) if any(chats) else ("\n" if chats else "")
        args = [
            self._fence, self.version, self.position, end, count, told, CHANGES_KEPT,
            *operations.args(len(names) - len(parts) + 1),
        ]  # fmt: skip
        word = bytes(await self._scripts.run("project", names, args)).decode()
        if word != "ok":
            raise NotOurs(word)
        self.position = end

    async def _connection(self) -> ConnectionState:
        data = await self._scripts.call("HGET", keys.view_head(self._instance), f"{self.version}:connection")
        return connection_of(data) if data else ConnectionState()


LANE = "views"
