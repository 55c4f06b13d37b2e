"""Which instances have news? Those that the wake-up streams name, and, every few seconds, those whose log grew.

Facts come with work, or behind it: whoever wakes a service for an instance wakes its projector too, who looks at the
log for some seconds after that. An instance that nothing comes from costs one command every ten seconds. When a sweep
finds very many, as at a start, they are taken in turn, and each is left as soon as all is folded in.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import redis.asyncio as aioredis
from aiohttp import web
from redis.exceptions import RedisError

from admin.views.projecting.following import Following, Means
from admin.views.projecting.retention import Retention
from shared.errors import NotOurs
from shared.service import Platform
from shared.streams import keys
from shared.streams.connection import connect, end_if_cancelled
from shared.streams.ending import end
from shared.streams.keeping import keep_going
from shared.streams.scripts import Scripts
from shared.telemetry import logs, metrics

WOKEN_BY = ("views", "responder", "sender", "receipts")
TICK_S = 0.25
SWEEP_EVERY_TICKS = 40
AT_ONCE = 500  # commands of a sweep in one round trip
TURNS = 4
READ_MOST = 1_000
MOST_SWEPT = 200  # of a sweep's finds at the same time: each has a lease that must be renewed

_log = logs.get(__name__)


def plain(url: str) -> aioredis.Redis:
    """A client of the projector's own, so that its batches hold up nobody; logs are read as they come."""
    client = connect(url)
    for command in ("XRANGE", "XREVRANGE"):
        client.set_response_callback(command, _as_it_comes)
    return client


def _as_it_comes(response: Any, **_kwargs: Any) -> Any:
    return response


class Projector:
    """Keeps the views of all instances."""

    def __init__(self, platform: Platform, retention_days: int = 0) -> None:
        self._client = plain(platform.settings.redis_url)
        scripts, reading = Scripts(self._client), Scripts(self._client)
        self._means = Means(
            scripts, reading, platform.clock, platform.replica, platform.streams.lease_ms,
            asyncio.Semaphore(TURNS), Retention(scripts, platform.clock, retention_days),
        )  # fmt: skip
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._followings: dict[str, Following] = {}
        self._swept: dict[str, None] = {}
        """What a sweep found, and has to wait for its turn."""
        self._crowded = False
        self._last: dict[str, str] = {}
        self._ends: dict[str, bytes] = {}
        """The end of each log, as the last sweep saw it."""

    async def running(self, _app: web.Application) -> AsyncIterator[None]:
        """For `cleanup_ctx`."""
        listening = asyncio.create_task(keep_going("admin", "projector", self.keep_listening), name="projector")
        yield
        await end([listening])
        await self.stop()

    async def stop(self) -> None:
        """End every batch that is under way, and give the leases back."""
        self._swept.clear()
        for following in self._followings.values():
            following.stop()
        if self._tasks:
            await asyncio.wait(self._tasks.values(), timeout=5)
        await end([*self._tasks.values()])
        await self._client.aclose()

    async def keep_listening(self) -> None:
        """Look again and again."""
        ticks = 0
        while True:
            try:
                await asyncio.gather(*(self._listen(service) for service in WOKEN_BY))
                if ticks % SWEEP_EVERY_TICKS == 0:  # behind the listening: what came before it began is seen here
                    await self.sweep()
                ticks += 1
            except (RedisError, OSError, TimeoutError) as error:
                end_if_cancelled()
                ticks = 0
                metrics.REDIS_ERRORS.labels("views").inc()
                _log.warning("redis_error", error=str(error) or type(error).__name__, doing="looking for news")
            await asyncio.sleep(TICK_S)

    async def sweep(self) -> None:
        """Wake every instance whose log has grown since the last time."""
        known: Any = await self._client.smembers(keys.INSTANCES)
        names = sorted(name.decode(errors="replace") for name in known)
        for start in range(0, len(names), AT_ONCE):
            some = names[start : start + AT_ONCE]
            pipe = self._client.pipeline(transaction=False)
            for name in some:
                pipe.execute_command("XREVRANGE", keys.events(name), "+", "-", "COUNT", 1)
            for name, newest in zip(some, await pipe.execute(raise_on_error=False), strict=True):
                if isinstance(newest, list) and newest and self._ends.get(name) != newest[0][0]:
                    self._ends[name] = newest[0][0]
                    self._swept[name] = None
        self._crowded = len(self._swept) > MOST_SWEPT
        self._take_up()

    async def _listen(self, service: str) -> None:
        stream, last = keys.wake(service), self._last.get(service)
        if last is None:
            newest = await self._means.scripts.call("XREVRANGE", stream, "+", "-", "COUNT", 1)
            self._last[service] = newest[0][0].decode() if newest else "0-0"
            return
        entries = await self._means.scripts.call("XRANGE", stream, f"({last}", "+", "COUNT", READ_MOST)
        for name in {fields[1] for _, fields in entries}:
            self.wake(name.decode(errors="replace"))
        if entries:
            self._last[service] = entries[-1][0].decode()

    def wake(self, instance: str) -> None:
        """There is news of this instance."""
        if (following := self._followings.get(instance)) is not None:
            following.poke()
            return
        self._begin(Following(self._means, instance))

    def _take_up(self) -> None:
        """Some of what a sweep found."""
        while self._swept and len(self._tasks) < MOST_SWEPT:
            instance = next(iter(self._swept))
            del self._swept[instance]
            if instance not in self._followings:
                self._begin(Following(self._means, instance, lingers=not self._crowded))

    def _begin(self, following: Following) -> None:
        instance = following.instance
        self._followings[instance] = following
        task = self._tasks[instance] = asyncio.create_task(following.run(), name=f"views {instance}")
        task.add_done_callback(lambda done: self._ended(instance, done))

    def _ended(self, instance: str, task: asyncio.Task[None]) -> None:
        self._tasks.pop(instance, None)
        following = self._followings.pop(instance)
        if task.cancelled():
            return
        self._take_up()
        if error := task.exception():
            self._ends.pop(instance, None)  # the next sweep begins again
            metrics.VIEWS_FAILED.inc()
            if not isinstance(error, NotOurs):
                _log.warning("views_broke_off", instance=instance, error=repr(error))
        elif following.was_poked:  # too late for it to notice
            self.wake(instance)
