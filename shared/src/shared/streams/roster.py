"""Which instances have work? One wake-up path, so that thousands of idle instances cost next to nothing.

Whoever appends work also names the instance on the wake stream of the service that is to do it. Wake-ups are hints:
they may be lost, and a sweep over `wa:instances` finds what they missed.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import redis.asyncio as aioredis
from redis.exceptions import RedisError

from shared.streams import keys
from shared.streams.broken import BrokenKey, Complaints, asked
from shared.streams.connection import end_if_cancelled
from shared.telemetry import logs, metrics

WAKE_MAXLEN = 10_000  # a reader that is further behind sweeps anyway
HEARTBEAT_MS = 3_000
HEARTBEAT_LIFE_MS = 10_000  # three beats may be lost
BACKOFF_S = (0.1, 0.2, 0.5, 1.0, 2.0)

_log = logs.get(__name__)


def service_of(stream: str) -> str | None:
    """The service that works a stream, or None when it is no work stream."""
    if stream.endswith("}:inbound"):
        return "responder"
    if stream.endswith("}:receipts"):
        return "receipts"
    if stream.endswith("}:appointments"):
        return "appointments"
    return "sender" if stream.endswith(("}:stream", "}:stream:vip")) else None


def wake_ups(instance: str, streams: Sequence[str]) -> list[tuple[str | int, ...]]:
    """The commands that wake the services of these streams for an instance."""
    services = dict.fromkeys(service for stream in streams if (service := service_of(stream)))
    return [("XADD", keys.wake(service), "MAXLEN", "~", WAKE_MAXLEN, "*", "i", instance) for service in services]


def views_hint(instance: str) -> tuple[str | int, ...]:
    """The command that tells the projectors of facts that come without work, which would wake them."""
    return ("XADD", keys.wake("views"), "MAXLEN", "~", WAKE_MAXLEN, "*", "i", instance)


def due_hint(instance: str, due_ms: int) -> tuple[str | int, ...]:
    """The command that tells the promoters when to look at an instance."""
    return ("ZADD", keys.WAKE_DUE, "LT", due_ms, instance)


class Roster:
    """Hears of instances with work, and says that this replica is alive."""

    def __init__(
        self, client: aioredis.Redis, blocking: aioredis.Redis, service: str, replica: str, block_ms: int
    ) -> None:
        self._client = client
        self._blocking = blocking
        self._service = service
        self._replica = replica
        self._block_ms = block_ms
        self._complaints = Complaints(service)

    async def listen(self, on_wake: Callable[[str], None], sweep: Callable[[], Awaitable[None]]) -> None:
        """Call `on_wake` for every instance that is named, and `sweep` first and after every gap in the listening."""
        last: str | None = None
        failures = 0
        while True:
            try:
                if last is None:
                    last = await self._newest()
                    await sweep()
                last = await self._read(last, on_wake)
                failures = 0
                metrics.REDIS_UP.set(1)
            except BrokenKey as broken:
                self._complaints.about(broken.key, broken.problem, "work is found by looking, every few seconds")
                last = None
                await self._look(sweep)
            except (RedisError, OSError, TimeoutError) as error:
                end_if_cancelled()
                last = None
                failures = await self._pause(failures, error)

    async def _look(self, sweep: Callable[[], Awaitable[None]]) -> None:
        """Nobody is heard: what there is to do is looked for."""
        try:
            await sweep()
        except (RedisError, OSError, TimeoutError):
            end_if_cancelled()
        await asyncio.sleep(BACKOFF_S[-1])

    async def _newest(self) -> str:
        name = keys.wake(self._service)
        newest: Any = await asked("XREVRANGE", name, self._client.xrevrange(name, count=1))
        return newest[0][0].decode() if newest else "0-0"

    async def _read(self, last: str, on_wake: Callable[[str], None]) -> str:
        name = keys.wake(self._service)
        reading: Any = self._blocking.xread({name: last}, count=1000, block=self._block_ms)
        reply: Any = await asked("XREAD", name, reading)
        if isinstance(reply, dict):
            reply = [(stream, batches[0]) for stream, batches in reply.items()]
        for _, entries in reply or ():
            for name in dict.fromkeys(fields[b"i"] for _, fields in entries if b"i" in fields):
                on_wake(name.decode(errors="replace"))
            last = entries[-1][0].decode()
        return last

    async def _pause(self, failures: int, error: Exception) -> int:
        metrics.REDIS_ERRORS.labels(self._service).inc()
        metrics.REDIS_UP.set(0)
        if failures == 0:
            _log.warning("redis_unreachable", error=str(error), doing="listening for work")
        await asyncio.sleep(BACKOFF_S[min(failures, len(BACKOFF_S) - 1)])
        return failures + 1

    async def beat(self) -> None:
        """Say once that this replica is alive."""
        await self._client.set(keys.live(self._service, self._replica), "1", px=HEARTBEAT_LIFE_MS)

    async def keep_beating(self) -> None:
        """Say it again and again; the last word is taken back on the way out."""
        try:
            while True:
                try:
                    await self.beat()
                except (RedisError, OSError, TimeoutError):
                    end_if_cancelled()
                    metrics.REDIS_ERRORS.labels(self._service).inc()
                await asyncio.sleep(HEARTBEAT_MS / 1000)
        finally:
            await self._fall_silent()

    async def _fall_silent(self) -> None:
        try:
            await self._client.delete(keys.live(self._service, self._replica))
        except (RedisError, OSError, TimeoutError):
            _log.info("heartbeat_left_to_expire", after_ms=HEARTBEAT_LIFE_MS)

    async def instances(self) -> list[str]:
        """Every instance that ever had a message."""
        reading: Any = self._client.smembers(keys.INSTANCES)
        try:
            names: Any = await asked("SMEMBERS", keys.INSTANCES, reading)
        except BrokenKey as broken:
            self._complaints.about(broken.key, broken.problem, "only work that somebody is woken for is found")
            return []
        return sorted(name.decode(errors="replace") for name in names)
