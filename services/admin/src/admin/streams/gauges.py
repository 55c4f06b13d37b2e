"""How much waits, and who is alive? Read from Redis every few seconds for Prometheus, in a few round trips.

A few instances are all looked at each time. Of many, those are that somebody was woken for since, those where something
waited, and a share of the others, so that each is looked at once a minute whatever got lost. And of many, those where
all is zero have no series: a hundred thousand of them would take Prometheus's question a second to answer.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence

from aiohttp import web
from redis.exceptions import RedisError

from admin.instances import Instances
from admin.streams import readings
from admin.streams.news import News
from admin.streams.readings import Reading
from admin.streams.workers import Workers
from shared.streams.keeping import keep_going
from shared.streams.scripts import Scripts
from shared.telemetry import logs, metrics

EVERY_S = 5.0
CANCEL_AGAIN_S = 0.1
MOST = 10_000  # instances that are looked at; nine series each
FEW = 200  # some 10 ms for all of them
SHARES = 12  # of the others, one each time: a minute for all

_log = logs.get(__name__)


class Gauges:
    """Keeps the gauges of what waits."""

    def __init__(self, scripts: Scripts, instances: Instances, workers: Workers) -> None:
        self._scripts, self._instances, self._workers = scripts, instances, workers
        self._news = News(scripts)
        self._looked: set[str] = set()
        self._shown: set[str] = set()
        """Those that have series."""
        self._moving: set[str] = set()
        """Where something waited, or the views were behind, when it was last looked."""
        self._missed: dict[str, int] = {}
        self._turn, self._many = 0, False

    async def running(self, _app: web.Application) -> AsyncIterator[None]:
        """For `cleanup_ctx`."""
        task = asyncio.create_task(keep_going("admin", "gauges", self._keep_reading), name="gauges")
        yield
        while not task.done():  # again and again: wait_for of Python 3.11, which redis-py uses, can swallow a cancel
            task.cancel()
            await asyncio.wait((task,), timeout=CANCEL_AGAIN_S)

    async def _keep_reading(self) -> None:
        while True:
            try:
                await self.read()
                metrics.REDIS_UP.set(1)
            except (RedisError, OSError, TimeoutError) as error:
                self._looked.clear()  # nobody knows what happened meanwhile
                metrics.REDIS_ERRORS.labels("admin").inc()
                metrics.REDIS_UP.set(0)
                _log.warning("redis_error", error=str(error) or type(error).__name__, doing="reading the gauges")
            await asyncio.sleep(EVERY_S)

    async def read(self) -> None:
        """Set the gauges that may have changed, and drop those of instances that are gone."""
        names = await self._instances.names()
        if len(names) > MOST:
            _log.warning("too_many_instances", shown=MOST, of=len(names))
        names = names[:MOST]
        for service, replicas in (await self._workers.alive()).items():
            metrics.CONSUMERS.labels(service).set(len(replicas))
        for reading in await readings.read(self._scripts, self._due(names, await self._news.since_last())):
            self._show(reading)
        gone = self._looked.difference(names)
        self._looked, self._moving = self._looked - gone, self._moving - gone
        for name in self._shown & gone:
            self._drop(name)

    def _due(self, names: Sequence[str], woken: set[str]) -> Sequence[str]:
        self._turn = (self._turn + 1) % SHARES
        self._many = len(names) > FEW
        if not self._many:
            return names
        wanted = woken | self._moving | set(names[self._turn :: SHARES])
        return [name for name in names if name in wanted or name not in self._looked]

    def _show(self, reading: Reading) -> None:
        name, views = reading.instance, reading.views
        if reading.trouble:  # a key of another type: one instance's trouble, not all others'
            _log.warning("instance_not_measured", instance=name, error=reading.trouble)
            return
        self._looked.add(name)
        moving = any(stream.depth for stream in reading.streams.values()) or reading.parked or views.behind
        (self._moving.add if moving else self._moving.discard)(name)
        if self._many and not (moving or reading.dead or views.missed):
            self._drop(name)
            return
        self._shown.add(name)
        metrics.PARKED.labels(name).set(reading.parked)
        metrics.DEAD_LETTERS.labels(name).set(reading.dead)
        metrics.VIEWS_BEHIND.labels(name).set(views.behind)
        for stream, numbers in reading.streams.items():
            metrics.QUEUE_DEPTH.labels(name, stream).set(numbers.depth)
            metrics.PENDING.labels(name, stream).set(numbers.pending)
        self._tell_missed(name, views.missed)

    def _tell_missed(self, name: str, missed: int) -> None:
        """It is rare, and lasts until a rebuild: a series only for those that it happened to."""
        before = self._missed.get(name, 0)
        if missed > before:
            do = "raise WA_LOG_MAXLEN, or keep an admin running: see FrontdeskViewsMissed"
            _log.error("views_missed_facts", instance=name, facts=missed - before, do=do)
        if missed:
            metrics.VIEWS_MISSED.labels(name).set(missed)
            self._missed[name] = missed
        elif before:
            metrics.VIEWS_MISSED.remove(name)
            del self._missed[name]

    def _drop(self, name: str) -> None:
        """Its series, if it has any."""
        if name not in self._shown:
            return
        self._shown.discard(name)
        self._tell_missed(name, 0)
        for stream in ("stream", "vip", "inbound"):
            metrics.QUEUE_DEPTH.remove(name, stream)
            metrics.PENDING.remove(name, stream)
        for gauge in (metrics.PARKED, metrics.DEAD_LETTERS, metrics.VIEWS_BEHIND):
            gauge.remove(name)
