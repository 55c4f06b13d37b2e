"""How does parked work come back when its time has come? Redis's clock decides; any replica may do it."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from redis.exceptions import RedisError, ResponseError

from shared.clock import SYSTEM, Clock
from shared.streams import keys
from shared.streams.broken import BrokenKey, Complaints
from shared.streams.connection import end_if_cancelled
from shared.streams.each import each
from shared.streams.roster import Roster, due_hint, wake_ups
from shared.streams.scripts import Scripts
from shared.telemetry import logs, metrics

TICK_S = 0.25
SWEEP_EVERY_TICKS = 240  # a lost hint costs a minute at the most
BATCH = 100
MOST_LOOKS = 10_000  # at what waits for a full stream: about 15 ms of Redis's time, once a second
FULL_WAIT_MS = 1_000

_log = logs.get(__name__)


class Promoter:
    """Moves due work of every instance back to its streams.

    `wa:wake:due` says which instances to look at; it is a hint, and a sweep finds what it missed.
    """

    def __init__(
        self, scripts: Scripts, roster: Roster, streams_of: Callable[[str], Sequence[str]], *, bound: int,
        clock: Clock = SYSTEM,
    ) -> None:  # fmt: skip
        self._scripts = scripts
        self._roster = roster
        self._streams_of = streams_of
        self._bound = bound
        self._clock = clock
        self._complaints = Complaints("due")

    async def keep_promoting(self) -> None:
        """Look again and again."""
        ticks = 0
        while True:
            try:
                await (self.sweep() if ticks % SWEEP_EVERY_TICKS == 0 else self.tick())
            except (RedisError, OSError, TimeoutError) as error:
                end_if_cancelled()
                metrics.REDIS_ERRORS.labels("promoter").inc()
                _log.warning("redis_error", error=str(error), doing="looking for due work")
            ticks += 1
            await asyncio.sleep(TICK_S)

    async def tick(self) -> None:
        """Look at the instances whose hint is due."""
        now = self._clock.now_ms()
        names = await self._hint("ZRANGEBYSCORE", keys.WAKE_DUE, "-inf", now, "LIMIT", 0, BATCH) or []
        await self._all([name.decode(errors="replace") for name in names])
        for name in names:
            if name.decode(errors="replace").encode() != name:  # no instance: nobody else would forget it
                await self._scripts.call("ZREM", keys.WAKE_DUE, name)

    async def sweep(self) -> None:
        """Look at every instance."""
        instances = await self._roster.instances()
        counts = await each(self._scripts.call("ZCARD", keys.due(name)) for name in instances)
        await self._all([name for name, count in zip(instances, counts, strict=True) if count])  # a refusal, too

    async def _all(self, instances: Iterable[str]) -> None:
        names = list(instances)
        for name, reply in zip(names, await each(map(self.promote, names)), strict=True):
            if isinstance(reply, BrokenKey):
                self._complaints.about(reply.key, reply.problem, "parked work of its instance waits")
            elif isinstance(reply, ResponseError):
                metrics.REDIS_ERRORS.labels("promoter").inc()
                _log.warning("redis_error", error=str(reply), instance=name, doing="bringing due work back")

    async def promote(self, instance: str) -> int:
        """Move what is due of one instance; how many there were."""
        streams = self._streams_of(instance)
        await self._hint("ZREM", keys.WAKE_DUE, instance)  # first: a hint that comes meanwhile is kept
        names = [keys.due(instance), keys.parked(instance), *streams]
        args = [BATCH, self._bound, MOST_LOOKS, FULL_WAIT_MS]
        moved, wait_ms = await self._scripts.run("promote", names, args, wake_ups(instance, streams))
        if wait_ms >= 0:
            await self._hint(*due_hint(instance, self._clock.now_ms() + max(int(wait_ms), 1)))
        return int(moved)

    async def _hint(self, *command: Any) -> Any:
        """The reply of a command about hints; None when they are of a wrong type: the sweep finds all."""
        try:
            return await self._scripts.call(*command)
        except BrokenKey as broken:
            self._complaints.about(broken.key, broken.problem, "what is due is found within a minute")
            return None
