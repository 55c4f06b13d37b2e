"""Is it on the disk, and on the replicas? Asked of Redis, for those who want no answer before.

WAITAOF and WAIT speak of what their own connection wrote. So one connection writes a mark of its own after the others'
appends, and waits for that: what was written before it is then as safe. Callers that come while it waits share the
next round, so that a disk which is synced once a second delays webhooks and does not limit them.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import redis.asyncio as aioredis
from aiohttp import web
from redis.exceptions import RedisError, ResponseError

from shared.errors import SettingsError
from shared.streams import keys
from shared.streams.connection import connect_blocking
from shared.telemetry import logs

WITHIN_MS = 5_000  # everysec syncs once a second; a disk that takes longer gets a 503, and the gateway comes again
MARK_LIFE_MS = 60_000

_log = logs.get(__name__)


class NotDurable(RedisError):  # noqa: N818 - it is answered as every trouble with Redis is
    """It was written, and is not as safe as was asked for."""


class Durability:
    """Waits until what was written so far is safe. With nothing asked for, it is at once."""

    def __init__(self, url: str, *, aof: bool, replicas: int) -> None:
        self._aof = aof
        self._replicas = replicas
        self._url = url
        self._client: aioredis.Redis | None = None
        self._waiting: list[asyncio.Future[None]] = []
        self._rounds: asyncio.Task[None] | None = None

    @property
    def wanted(self) -> bool:
        """Whether anything is asked for."""
        return self._aof or self._replicas > 0

    async def running(self, _app: web.Application) -> AsyncIterator[None]:
        """For `cleanup_ctx`. Raises SettingsError when this Redis cannot do what is asked."""
        if self.wanted:
            self._client = connect_blocking(self._url, WITHIN_MS)
            await self._try_it()
        yield
        if self._rounds is not None:
            self._rounds.cancel()
        if self._client is not None:
            await self._client.aclose()

    async def reached(self) -> None:
        """Return when all that was written before is safe. Raises RedisError when that is not so in time."""
        if not self.wanted:
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        if self._rounds is None or self._rounds.done():
            self._rounds = asyncio.create_task(self._keep_asking())
        await future

    async def _keep_asking(self) -> None:
        while self._waiting:
            asked, self._waiting = self._waiting, []
            try:
                await self._round()
            except (RedisError, OSError, TimeoutError) as error:
                _settle(asked, error)
            except BaseException:
                _settle(asked, NotDurable("the service is stopping"))
                raise
            else:
                _settle(asked, None)

    async def _round(self) -> None:
        assert self._client is not None, "use it within `running`"
        async with self._client.pipeline(transaction=False) as pipe:
            pipe.execute_command("SET", keys.DURABLE, "1", "PX", MARK_LIFE_MS)
            pipe.execute_command(*self._question())
            _, reply = await pipe.execute()
        self._judge(reply)

    def _question(self) -> tuple[str | int, ...]:
        if self._aof:
            return "WAITAOF", 1, self._replicas, WITHIN_MS
        return "WAIT", self._replicas, WITHIN_MS

    def _judge(self, reply: Any) -> None:
        disk, copies = reply if self._aof else (1, reply)
        if disk < 1 or copies < self._replicas:
            raise NotDurable(f"after {WITHIN_MS} ms on {disk} disk and {copies} of {self._replicas} replicas")

    async def _try_it(self) -> None:
        try:
            await self._round()
        except ResponseError as error:
            raise SettingsError(f"{_setting(self._aof)}: this Redis cannot do it: {error}") from None
        except (RedisError, OSError, TimeoutError) as error:
            _log.warning("durability_not_tried", error=str(error) or type(error).__name__)


def _setting(aof: bool) -> str:
    return "WA_WAIT_AOF (Redis 7.2 or later, with appendonly yes)" if aof else "WA_WAIT_REPLICAS"


def _settle(futures: list[asyncio.Future[None]], error: BaseException | None) -> None:
    for future in futures:
        if future.done():
            continue
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)
