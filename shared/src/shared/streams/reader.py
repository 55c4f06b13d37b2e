"""How are entries read from a group? New ones, and those that somebody left behind."""

from typing import Any

import redis.asyncio as aioredis
from redis.exceptions import ResponseError

from shared.streams.delivery import Entry

CLAIM_COUNT = 100


class GroupReader:
    """Reads one instance's streams as one consumer of a group. A group that is gone is made again, at the start."""

    def __init__(self, client: aioredis.Redis, group: str, consumer: str) -> None:
        self._client = client
        self._group = group
        self._consumer = consumer

    async def new(self, stream: str, count: int) -> list[Entry]:
        """Entries that no consumer has had yet."""
        try:
            reply = await self._client.xreadgroup(self._group, self._consumer, {stream: ">"}, count=count)
        except ResponseError as error:
            if "NOGROUP" not in str(error):
                raise
            await self.ensure_group(stream)
            reply = await self._client.xreadgroup(self._group, self._consumer, {stream: ">"}, count=count)
        return [_entry(stream, id_, fields, claimed=False) for id_, fields in _entries_of(reply)]

    async def abandoned(self, stream: str, min_idle_ms: int) -> list[Entry]:
        """Entries pending for `min_idle_ms` or longer, now ours; the scan goes on until its cursor is back at 0-0."""
        entries: list[Entry] = []
        cursor: Any = "0-0"
        while True:
            reply = await self._claim(stream, min_idle_ms, cursor)
            if reply is None:
                return entries
            entries += [_entry(stream, id_, fields, claimed=True) for id_, fields in reply[1] if id_ is not None]
            # Redis 7 and later name, in a third element, entries that were trimmed while pending.
            deleted = reply[2] if len(reply) > 2 else ()
            entries += [Entry(stream, _text(id_), None, claimed=True) for id_ in deleted]
            cursor = _text(reply[0])
            if cursor == "0-0":
                return entries

    async def others_have_pending(self, stream: str) -> bool:
        """Has a consumer other than this one been handed entries that it has not ended?"""
        try:
            consumers = await self._client.xinfo_consumers(stream, self._group)
        except ResponseError as error:
            if "NOGROUP" in str(error) or "no such key" in str(error):
                return False
            raise
        return any(c["pending"] and _text(c["name"]) != self._consumer for c in consumers)

    async def register(self, stream: str) -> None:
        """Make this consumer known to the group, so that monitoring sees it before its first entry."""
        await self.ensure_group(stream)
        await self._client.xgroup_createconsumer(stream, self._group, self._consumer)

    async def _claim(self, stream: str, min_idle_ms: int, cursor: str) -> Any:
        try:
            return await self._client.xautoclaim(
                stream, self._group, self._consumer, min_idle_ms, start_id=cursor, count=CLAIM_COUNT
            )
        except ResponseError as error:
            if "NOGROUP" not in str(error):
                raise
            await self.ensure_group(stream)
            return None

    async def ensure_group(self, stream: str) -> None:
        """Make the group at 0, so that it sees what was there before it."""
        try:
            await self._client.xgroup_create(stream, self._group, id="0", mkstream=True)
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise


def _entries_of(reply: Any) -> list[tuple[Any, Any]]:
    """The entries of a reply about one stream: a list of pairs under RESP2, a mapping under RESP3."""
    if not reply:
        return []
    batches = list(reply.values()) if isinstance(reply, dict) else [batch for _, batch in reply]
    batch = batches[0]
    # redis-py wraps a RESP3 batch in one more list
    return batch[0] if batch and isinstance(batch[0], list) and batch[0] and isinstance(batch[0][0], tuple) else batch


def _entry(stream: str, id_: Any, fields: Any, *, claimed: bool) -> Entry:
    if isinstance(fields, list):
        fields = dict(zip(fields[::2], fields[1::2], strict=False))
    data = (fields or {}).get(b"e")
    return Entry(stream, _text(id_), data, claimed)


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
