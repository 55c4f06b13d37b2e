"""Where does a send wait, and was it ever asked for? Looked up by its id: parked, in a stream, or in the log."""

from dataclasses import dataclass
from typing import Any

import redis.asyncio as aioredis

from shared import ids
from shared.errors import Undecodable
from shared.events import SendRequested, decode
from shared.streams import keys

BATCH = 1_000
LOOK_BACK_MS = 60_000  # the clock that made the id may be ahead of Redis's
MOST_FACTS = 20_000  # half an hour of a busy instance's log: a send is asked for when its id is made


@dataclass(frozen=True, slots=True)
class Waiting:
    """A send that has not come to its end."""

    send: SendRequested
    stream: str
    entry_id: str
    """Empty when it is parked."""


class Finder:
    """Looks for sends."""

    def __init__(self, client: aioredis.Redis) -> None:
        self._redis = client

    async def waiting(self, instance: str, send_id: str) -> Waiting | None:
        """Where it waits, or None when it does not."""
        if (parked := await self._parked(instance, send_id)) is not None:
            return parked
        for stream in (keys.outbound_vip(instance), keys.outbound(instance)):
            found = await self._find(stream, send_id, start="-", most=None)
            if found is not None:
                return Waiting(found[1], stream, found[0])
        return await self._parked(instance, send_id)  # it may have been put aside meanwhile

    async def _parked(self, instance: str, send_id: str) -> Waiting | None:
        value: Any = await self._redis.hget(keys.parked(instance), send_id)
        stream, _, data = bytes(value or b"").partition(b"\n")
        send = _send(data, send_id)
        return Waiting(send, stream.decode(), "") if send else None

    async def was_requested(self, instance: str, send_id: str) -> bool:
        """Whether the log has its request. It is looked for from the time in the id on."""
        start = str(max(0, ids.time_ms(send_id) - LOOK_BACK_MS))
        return await self._find(keys.events(instance), send_id, start=start, most=MOST_FACTS) is not None

    async def _find(
        self, stream: str, send_id: str, *, start: str, most: int | None
    ) -> tuple[str, SendRequested] | None:
        needle, seen = send_id.encode(), 0
        while most is None or seen < most:
            entries: Any = await self._redis.xrange(stream, start, count=BATCH)
            for id_, fields in entries:
                data = fields.get(b"e", b"")
                if needle in data and (send := _send(data, send_id)):
                    return id_.decode(), send
            if len(entries) < BATCH:
                return None
            seen, start = seen + len(entries), f"({entries[-1][0].decode()}"
        return None


def _send(data: bytes, send_id: str) -> SendRequested | None:
    try:
        event = decode(data)
    except Undecodable:
        return None
    return event if isinstance(event, SendRequested) and event.id == send_id else None
