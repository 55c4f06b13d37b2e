"""How does a full stream make room? By ending what has expired in it, the oldest first.

A send that may have reached the gateway stays, whatever its age: its outcome is still to be found out. Nothing else
ever leaves a stream unread: what is alive waits, and what would come to a full stream is refused.
"""

import time
from typing import Any

from shared.clock import Clock
from shared.errors import Undecodable
from shared.events import SendExpired, SendRequested, decode, encode, following
from shared.streams import keys
from shared.streams.progress import parse
from shared.streams.scripts import Scripts
from shared.telemetry import metrics

BATCH = 500  # entries looked at in one go: about 5 ms of decoding
PAUSE_S = 1.0


class Shedder:
    """Ends expired sends of one instance's stream, each with its fact."""

    def __init__(self, scripts: Scripts, clock: Clock, *, log_maxlen: int) -> None:
        self._scripts = scripts
        self._clock = clock
        self._log_maxlen = log_maxlen
        self._searched: dict[str, float] = {}
        """When a stream was searched last, by the monotonic clock."""

    async def shed(self, instance: str, stream: str) -> int:
        """How many entries were ended; it stops at the first batch that made room.

        A stream in which nothing was found is not searched again for a second: many chats may ask at once.
        """
        if time.monotonic() < self._searched.get(stream, 0.0) + PAUSE_S:
            return 0
        self._searched[stream] = time.monotonic()
        ended = await self._search(instance, stream)
        if ended:
            self._searched.pop(stream, None)
            metrics.SHED.inc(ended)
        return ended

    async def _search(self, instance: str, stream: str) -> int:
        start = "-"
        while True:
            entries: Any = await self._scripts.call("XRANGE", stream, start, "+", "COUNT", BATCH)
            expired = self._expired(entries)
            if expired and (ended := await self._end(instance, stream, expired)):
                return ended
            if len(entries) < BATCH:
                return 0
            start = f"({entries[-1][0].decode()}"

    def _expired(self, entries: Any) -> list[tuple[bytes, SendRequested]]:
        now = self._clock.now_ms()
        sends = ((id_, _send(fields)) for id_, fields in entries)
        return [(id_, send) for id_, send in sends if send and send.expires_at is not None and send.expires_at <= now]

    async def _end(self, instance: str, stream: str, expired: list[tuple[bytes, SendRequested]]) -> int:
        progress = keys.progress(instance)
        stored = await self._scripts.call("HMGET", progress, *(send.id for _, send in expired))
        args: list[str | bytes | int] = [keys.OUTBOUND_GROUP, self._log_maxlen]
        for (id_, send), data in zip(expired, stored, strict=True):
            if not parse(data).may_be_sent:
                args += [id_, send.id, data or b"", encode(self._fact(send))]
        return int(await self._scripts.run("shed", [stream, keys.events(instance), progress], args))

    def _fact(self, send: SendRequested) -> SendExpired:
        now, at = self._clock.now_ms(), send.expires_at or 0
        return following(SendExpired, send, "expired", now, send_id=send.id, expired_at=at)


def _send(fields: Any) -> SendRequested | None:
    """The send in an entry, which is a flat list of names and values here; None when it is something else."""
    named = fields if isinstance(fields, dict) else dict(zip(fields[::2], fields[1::2], strict=False))
    try:
        event = decode(named[b"e"])
    except (Undecodable, KeyError):
        return None
    return event if isinstance(event, SendRequested) else None
