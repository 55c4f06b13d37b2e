"""How are entries read from a group? New ones, and those that somebody left behind; by the holder of the lane alone."""

from collections.abc import Sequence
from typing import Any

from redis.exceptions import ResponseError

from shared.errors import NotOurs
from shared.streams import keys
from shared.streams.delivery import Entry, Owner
from shared.streams.scripts import Scripts

CLAIM_COUNT = 100


class GroupReader:
    """Reads streams as one consumer of a group. A group that is gone is made again, at the start."""

    def __init__(self, scripts: Scripts, group: str, consumer: str) -> None:
        self._scripts = scripts
        self._group = group
        self._consumer = consumer

    async def new(self, owner: Owner, stream: str, count: int) -> list[Entry]:
        """Entries that no consumer has had yet. Raises NotOurs when the lane is another's by now."""
        (entries,) = await self._run("read", owner, stream, [count])
        return [_entry(stream, id_, fields, claimed=False) for id_, fields in entries]

    async def abandoned(self, owner: Owner, stream: str, min_idle_ms: int) -> list[Entry]:
        """Entries pending for `min_idle_ms` or longer, now ours; the scan goes on until its cursor is back at 0-0.

        Those that were trimmed while they were pending come without data. Raises NotOurs.
        """
        found: list[Entry] = []
        cursor = "0-0"
        while True:
            after, entries, lost = await self._run("claim", owner, stream, [min_idle_ms, cursor, CLAIM_COUNT])
            found += [_entry(stream, id_, fields, claimed=True) for id_, fields in entries]
            found += [Entry(stream, _text(id_), None, claimed=True, trimmed=True) for id_ in lost]
            cursor = _text(after)
            if cursor == "0-0":
                return found

    async def pending(self, stream: str) -> tuple[int, int]:
        """How many entries were handed out and not ended: to this consumer, and to others."""
        try:
            reply: Any = await self._scripts.call("XPENDING", stream, self._group)
        except ResponseError as error:
            if "NOGROUP" in str(error):
                return 0, 0
            raise
        ours = sum(int(one["pending"]) for one in reply["consumers"] if _text(one["name"]) == self._consumer)
        return ours, int(reply["pending"]) - ours

    async def register(self, stream: str) -> None:
        """Make the group, at 0 so that it sees what was there before it, and this consumer known to it.

        Monitoring sees it then, before its first entry.
        """
        try:
            await self._scripts.call("XGROUP", "CREATE", stream, self._group, "0", "MKSTREAM")
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise
        await self._scripts.call("XGROUP", "CREATECONSUMER", stream, self._group, self._consumer)

    async def _run(self, script: str, owner: Owner, stream: str, args: Sequence[str | int]) -> Any:
        names = [stream, keys.fence(owner.instance, owner.lane)]
        word, *reply = await self._scripts.run(script, names, [self._group, self._consumer, owner.fence, *args])
        if _text(word) != "ok":
            raise NotOurs(_text(word))
        return reply


def _entry(stream: str, id_: Any, fields: Sequence[bytes], *, claimed: bool) -> Entry:
    data = dict(zip(fields[::2], fields[1::2], strict=False)).get(b"e")
    return Entry(stream, _text(id_), data, claimed)


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
