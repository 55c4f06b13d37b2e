"""How much waits, and who is alive? Read from Redis every few seconds for Prometheus, in a few round trips."""

import asyncio
from collections.abc import AsyncIterator, Sequence

from aiohttp import web
from redis.exceptions import RedisError, ResponseError

from admin.instances import Instances
from admin.streams.targets import targets
from admin.streams.workers import Workers
from shared.streams import keys
from shared.streams.scripts import Scripts
from shared.telemetry import logs, metrics

EVERY_S = 5.0
CANCEL_AGAIN_S = 0.1
MOST = 10_000  # instances that are shown; nine series each
AT_ONCE = 256  # one round trip each

_log = logs.get(__name__)


class Gauges:
    """Keeps the gauges of what waits."""

    def __init__(self, scripts: Scripts, instances: Instances, workers: Workers) -> None:
        self._scripts = scripts
        self._instances = instances
        self._workers = workers
        self._shown: set[str] = set()

    async def running(self, _app: web.Application) -> AsyncIterator[None]:
        """For `cleanup_ctx`."""
        task = asyncio.create_task(self._keep_reading(), name="gauges")
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
                metrics.REDIS_ERRORS.labels("admin").inc()
                metrics.REDIS_UP.set(0)
                _log.warning("redis_error", error=str(error) or type(error).__name__, doing="reading the gauges")
            await asyncio.sleep(EVERY_S)

    async def read(self) -> None:
        """Set every gauge once, and drop those of instances that are gone."""
        names = await self._instances.names()
        if len(names) > MOST:
            _log.warning("too_many_instances", shown=MOST, of=len(names))
        names = names[:MOST]
        for service, replicas in (await self._workers.alive()).items():
            metrics.CONSUMERS.labels(service).set(len(replicas))
        for start in range(0, len(names), AT_ONCE):
            await self._measure(names[start : start + AT_ONCE])
        gone = self._shown.difference(names)
        self._shown -= gone
        self._drop(gone)

    async def _measure(self, names: Sequence[str]) -> None:
        found = await asyncio.gather(*map(self._ask, names), return_exceptions=True)
        for name, numbers in zip(names, found, strict=True):
            if isinstance(numbers, ResponseError):  # a key of another type: one instance's trouble, not all others'
                _log.warning("instance_not_measured", instance=name, error=str(numbers))
                continue
            if isinstance(numbers, BaseException):
                raise numbers
            _show(name, numbers)
            self._shown.add(name)

    async def _ask(self, name: str) -> Sequence[int]:
        wanted = targets(name)
        views = keys.events(name), keys.view_head(name)
        where = [keys.due(name), keys.dead_letters(name), *views, *(target.key for target in wanted)]
        numbers: Sequence[int] = await self._scripts.run("measure", where, [target.group for target in wanted])
        return numbers

    def _drop(self, gone: set[str]) -> None:
        for name in gone:
            for target in targets(name):
                metrics.QUEUE_DEPTH.remove(name, target.name)
                metrics.PENDING.remove(name, target.name)
            metrics.PARKED.remove(name)
            metrics.DEAD_LETTERS.remove(name)
            metrics.VIEWS_BEHIND.remove(name)


def _show(name: str, numbers: Sequence[int]) -> None:
    """Set an instance's gauges to what `measure` answered."""
    metrics.PARKED.labels(name).set(numbers[0])
    metrics.DEAD_LETTERS.labels(name).set(numbers[1])
    metrics.VIEWS_BEHIND.labels(name).set(numbers[2])
    for at, target in enumerate(targets(name)):
        metrics.QUEUE_DEPTH.labels(name, target.name).set(numbers[3 + 2 * at])
        metrics.PENDING.labels(name, target.name).set(numbers[4 + 2 * at])
