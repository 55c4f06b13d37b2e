"""How do we talk to Redis? Without silent retries, with every wait bounded, and many calls in one round trip."""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any

import redis.asyncio as aioredis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

from shared.streams.broken import recognised

CONNECT_TIMEOUT_S = 1.0
COMMAND_TIMEOUT_S = 2.0  # a webhook is answered 503 after this; the gateway waits 30 s
MOST_CONNECTIONS = 64
MOST_IN_ONE_TRIP = 256  # keeps a round trip under ~10 ms of Redis's time


def connect(url: str) -> aioredis.Redis:
    """A client for ordinary commands. It never retries by itself: a retried XADD is stored twice.

    Calls beyond `MOST_CONNECTIONS` at the same time wait for a connection, as long as a command may take.
    """
    pool = aioredis.BlockingConnectionPool.from_url(
        url, max_connections=MOST_CONNECTIONS, timeout=COMMAND_TIMEOUT_S, **_options(COMMAND_TIMEOUT_S)
    )
    return aioredis.Redis.from_pool(pool)


def end_if_cancelled() -> None:
    """For loops that outlive errors: redis-py can put an error of its own in the place of a cancellation."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def connect_blocking(url: str, block_ms: int) -> aioredis.Redis:
    """A client for blocking reads alone; its socket outwaits the block."""
    return aioredis.Redis.from_url(url, **_options(block_ms / 1000 + COMMAND_TIMEOUT_S))


def _options(timeout_s: float) -> dict[str, Any]:
    return {
        "socket_connect_timeout": CONNECT_TIMEOUT_S,
        "socket_timeout": timeout_s,
        "retry": Retry(NoBackoff(), 0),
        "health_check_interval": 0,
    }


class Pipelined:
    """Sends calls that arrive together in one round trip, in their order.

    A call that finds the line idle goes at once; those that arrive while a trip is under way share the next one.
    """

    def __init__(self, client: aioredis.Redis) -> None:
        self._client = client
        self._waiting: list[tuple[tuple[Any, ...], asyncio.Future[Any]]] = []
        self._hints: dict[tuple[Any, ...], None] = {}
        self._flusher: asyncio.Task[None] | None = None

    def call(self, *command: Any) -> asyncio.Future[Any]:
        """Send one command. The future ends with its reply, or with the RedisError that it met.

        Raises ValueError or TypeError at once for what cannot be sent: it must not spoil the trip for the others.
        """
        _check(command)
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append((command, future))
        if self._flusher is None:
            self._flusher = asyncio.create_task(self._flush())
            self._flusher.add_done_callback(self._flushed)
        return future

    def hint(self, *command: Any) -> None:
        """Send a command behind all that was called before, once however many ask for it, whatever becomes of it."""
        self._hints[command] = None

    async def _flush(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST_IN_ONE_TRIP], self._waiting[MOST_IN_ONE_TRIP:]
            hints = tuple(self._hints)
            if not self._waiting:  # else some of them belong to what goes with the next trip: they go with both
                self._hints.clear()
            await self._trip(batch, hints)
        self._flusher = None

    def _flushed(self, task: asyncio.Task[None]) -> None:
        if self._flusher is not task:  # it came to its end
            return
        self._flusher = None
        why = "cancelled" if task.cancelled() else repr(task.exception())
        waiting, self._waiting = self._waiting, []
        for _, future in waiting:  # nobody would send them
            _settle(future, RedisConnectionError(f"the calls were not sent: {why}"))

    async def _trip(
        self, batch: list[tuple[tuple[Any, ...], asyncio.Future[Any]]], hints: Sequence[tuple[Any, ...]]
    ) -> None:
        pipe = self._client.pipeline(transaction=False)
        for command in (*(command for command, _ in batch), *hints):
            pipe.execute_command(*command)
        try:
            replies = (await pipe.execute(raise_on_error=False))[: len(batch)]
        except (RedisError, OSError, TimeoutError) as error:
            await _drop_idle(self._client, error)
            if isinstance(error, (RedisTimeoutError, TimeoutError)):
                batch, self._waiting = batch + self._waiting, []  # else each trip's calls would wait one timeout more
            replies = [_as_redis_error(error)] * len(batch)
        except BaseException:
            for _, future in batch:
                future.cancel()
            raise
        for (command, future), reply in zip(batch, replies, strict=True):
            _settle(future, recognised(command, reply))


def _check(command: tuple[Any, ...]) -> None:
    for part in command:
        if isinstance(part, str):
            part.encode()
        elif not isinstance(part, (bytes, int, float)):
            raise TypeError(f"{command[0]}: a {type(part).__name__} cannot be sent to Redis")


def _settle(future: asyncio.Future[Any], reply: Any) -> None:
    if future.done():
        return
    if isinstance(reply, Exception):
        future.set_exception(reply)
    else:
        future.set_result(reply)


def _as_redis_error(error: Exception) -> RedisError:
    return error if isinstance(error, RedisError) else RedisConnectionError(str(error) or type(error).__name__)


async def _drop_idle(client: aioredis.Redis, error: Exception) -> None:
    """After a broken connection the pool's others are most likely as dead: let the next call dial anew."""
    if not isinstance(error, (RedisConnectionError, RedisTimeoutError, OSError)):
        return
    with contextlib.suppress(RedisError, OSError, TimeoutError):  # closing over TLS waits for a server that may be gone
        await client.connection_pool.disconnect(inuse_connections=False)
