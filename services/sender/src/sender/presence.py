"""Who shows "typing…" while an answer is worked out? Any one sender, at once or not at all.

The responder's wishes are on one stream, which is read without acknowledging: a wish that is lost, late or one too many
costs a patient nothing, so no lane, no token and no retry is spent on it.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import redis.asyncio as aioredis
from aiohttp import web
from redis.exceptions import RedisError, ResponseError

from sender.breaker import Breaker
from sender.evolution import Evolution
from shared.errors import Undecodable
from shared.events import PresenceRequested, decode
from shared.service import Platform
from shared.streams import keys
from shared.streams.connection import connect_blocking, end_if_cancelled
from shared.streams.ending import end
from shared.telemetry import logs, metrics

STALE_MS = 5_000  # by then the answer is there, or another wish
MOST_AT_ONCE = 16  # calls last as long as they show: more would be a flood
PAUSE_S = 1.0

_log = logs.get(__name__)


class Presence:
    """Reads wishes and carries them out."""

    def __init__(self, platform: Platform, gateway: Evolution, breaker: Breaker) -> None:
        self._platform = platform
        self._gateway = gateway
        self._breaker = breaker
        self._showing: set[asyncio.Task[None]] = set()

    async def running(self, _app: web.Application) -> AsyncIterator[None]:
        """For `cleanup_ctx`, behind the gateway's."""
        block_ms = self._platform.streams.stream_block_ms
        async with connect_blocking(self._platform.settings.redis_url, block_ms) as client:
            listening = asyncio.create_task(self._listen(client, block_ms))
            yield
            await end([listening, *self._showing])

    async def _listen(self, client: aioredis.Redis, block_ms: int) -> None:
        while True:
            try:
                for data in await self._wishes(client, block_ms):
                    self._take(data)
            except ResponseError as error:  # there is no group yet, or not any more; what waited is stale
                await self._made(client, error)
            except (RedisError, OSError, TimeoutError) as error:
                end_if_cancelled()
                _log.warning("redis_error", error=str(error), doing="listening for typing wishes")
                await asyncio.sleep(PAUSE_S)

    async def _wishes(self, client: aioredis.Redis, block_ms: int) -> list[bytes]:
        streams: Any = {keys.PRESENCE: ">"}
        found: Any = await client.xreadgroup(
            keys.PRESENCE_GROUP, self._platform.replica, streams, count=MOST_AT_ONCE, block=block_ms, noack=True
        )
        pairs = found.items() if isinstance(found, dict) else (found or [])
        return [data for _, batches in pairs for data in _bytes(batches)]

    async def _made(self, client: aioredis.Redis, error: ResponseError) -> None:
        if "NOGROUP" not in str(error):
            _log.warning("redis_error", error=str(error), doing="listening for typing wishes")
            await asyncio.sleep(PAUSE_S)
            return
        try:
            await client.xgroup_create(keys.PRESENCE, keys.PRESENCE_GROUP, "$", mkstream=True)
        except RedisError as made:
            if "BUSYGROUP" not in str(made):
                await asyncio.sleep(PAUSE_S)

    def _take(self, data: bytes) -> None:
        try:
            event = decode(data)
        except Undecodable:
            return
        if not isinstance(event, PresenceRequested):
            return
        if self._platform.clock.now_ms() - event.occurred_at > STALE_MS:
            metrics.SIGNS.labels("typing", "late").inc()
        elif self._breaker.is_open or len(self._showing) >= MOST_AT_ONCE:
            metrics.SIGNS.labels("typing", "spared").inc()
        else:
            task = asyncio.create_task(self._show(event))
            self._showing.add(task)
            task.add_done_callback(self._showing.discard)

    async def _show(self, event: PresenceRequested) -> None:
        shown = await self._gateway.show_typing(event.instance, event.to, event.shown_ms)
        metrics.SIGNS.labels("typing", "shown" if shown else "refused").inc()


def _bytes(batches: Any) -> list[bytes]:
    """The events in a stream's reply: RESP3 nests the entries once more than RESP2."""
    entries = batches[0] if batches and batches[0] and isinstance(batches[0][0], list | tuple) else batches
    return [fields[b"e"] for _, fields in entries if fields and b"e" in fields]
