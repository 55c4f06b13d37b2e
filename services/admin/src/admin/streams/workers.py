"""Which replicas are alive? Those whose heartbeat key exists; XINFO CONSUMERS would keep the names of the dead.

Heartbeats are found by SCAN, which looks at every key of the server. On a large one that takes a while, so a scan's
findings serve for ten times as long as it took (at most a tenth of the time goes into it), and each name found is
asked for again before it is told.
"""

import asyncio
import contextlib
import time
from typing import Any

import redis.asyncio as aioredis
from redis.exceptions import RedisError

from shared.streams import keys

SERVICES = ("responder", "sender")
SCAN_COUNT = 5_000  # about a millisecond of Redis's time a step
PATIENCE = 10


class Workers:
    """Knows the live replicas of the services that consume."""

    def __init__(self, client: aioredis.Redis) -> None:
        self._client = client
        self._found: list[str] = []
        self._fresh_until = 0.0
        self._scanning: asyncio.Task[None] | None = None

    async def alive(self) -> dict[str, list[str]]:
        """The live replicas' names by service."""
        if time.monotonic() >= self._fresh_until:
            await self._scan()
        return await self._told()

    async def lately(self) -> dict[str, list[str]]:
        """As `alive`, without waiting for a scan: one that began a moment ago may still be missing."""
        if self._fresh_until == 0.0:
            await self._scan()
        elif time.monotonic() >= self._fresh_until and (self._scanning is None or self._scanning.done()):
            self._scanning = asyncio.create_task(self._scan_quietly())
        return await self._told()

    async def _told(self) -> dict[str, list[str]]:
        names = await self._still_alive()
        return {service: _replicas(names, service) for service in SERVICES}

    async def _scan_quietly(self) -> None:
        with contextlib.suppress(RedisError, OSError, TimeoutError):  # the next question looks again
            await self._scan()

    async def is_alive(self, service: str, replica: str) -> bool:
        """Whether this one is, as of now."""
        return bool(await self._client.exists(keys.live(service, replica)))

    async def _scan(self) -> None:
        began = time.monotonic()
        every = keys.live("*", "*")
        self._found = sorted({name.decode() async for name in self._client.scan_iter(match=every, count=SCAN_COUNT)})
        now = time.monotonic()
        self._fresh_until = now + PATIENCE * (now - began)

    async def _still_alive(self) -> list[str]:
        found = self._found  # a scan may end while Redis is asked
        if not found:
            return []
        pipe = self._client.pipeline(transaction=False)
        for name in found:
            pipe.exists(name)
        replies: list[Any] = await pipe.execute()
        return [name for name, exists in zip(found, replies, strict=True) if exists]


def _replicas(names: list[str], service: str) -> list[str]:
    prefix = keys.live(service, "")
    return [name.removeprefix(prefix) for name in names if name.startswith(prefix)]
