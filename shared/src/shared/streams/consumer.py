"""How does a service find and share its work? Lanes are opened where work is, held by lease, and given back."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

import redis.asyncio as aioredis
from redis.exceptions import RedisError, ResponseError

from shared.streams import keys
from shared.streams.broken import BrokenKey
from shared.streams.connection import end_if_cancelled
from shared.streams.each import each
from shared.streams.ending import end
from shared.streams.keeping import Loop, keep_going
from shared.streams.lane import Lane
from shared.streams.lease import acquire
from shared.streams.roster import Roster
from shared.streams.tools import Tools
from shared.telemetry import logs, metrics

SWEEP_EVERY_TICKS = 30  # with a 6 s lease a tick is 2 s, so a lost wake-up costs a minute at the most

_log = logs.get(__name__)


class Consumer:
    """One replica's share of a service's work, over all instances."""

    def __init__(
        self, tools: Tools, client: aioredis.Redis, roster: Roster, streams_of: Callable[[str], Sequence[str]]
    ) -> None:
        self._tools = tools
        self._client = client
        self.roster = roster
        self._streams_of = streams_of
        self._watched: set[str] = set()
        self._registered: set[str] = set()
        self._lanes: dict[str, Lane] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._background: list[asyncio.Task[None]] = []
        self._stopping = False

    async def start(self) -> None:
        """Begin to listen, to beat and to work."""
        loops: dict[str, Loop] = {
            "heartbeat": self.roster.keep_beating,
            "listen": lambda: self.roster.listen(self._wake, self._after_a_gap),
            "tick": self._keep_ticking,
        }
        service = self._tools.service
        self._background = [
            asyncio.create_task(keep_going(service, name, loop), name=name) for name, loop in loops.items()
        ]

    async def stop(self) -> None:
        """Begin nothing more, end what was begun within the drain time, and give the lanes back."""
        self._stopping = True
        for lane in self._lanes.values():
            lane.stop()
        if self._tasks:
            await asyncio.wait(self._tasks.values(), timeout=self._tools.settings.drain_s)
        await end([*self._tasks.values(), *self._background])
        await self._pass_on()

    def _wake(self, instance: str) -> None:
        """There is work for this instance."""
        self._watched.add(instance)
        lane = self._lanes.get(instance)
        if lane is not None:
            lane.poke()
        elif instance not in self._tasks and not self._stopping:
            task = asyncio.create_task(self._open(instance), name=f"lane {instance}")
            self._tasks[instance] = task
            task.add_done_callback(lambda done: self._closed(instance, done))

    async def _open(self, instance: str) -> None:
        tools, streams = self._tools, self._streams_of(instance)
        await self._register(instance)
        lease = await acquire(tools.scripts, instance, tools.lane, tools.replica, tools.settings.lease_ms)
        if lease is None:
            return
        if self._stopping:
            await lease.release(tools.scripts)
            return
        lane = self._lanes[instance] = Lane(tools, lease, streams)
        metrics.LANES.labels(tools.service).set(len(self._lanes))
        await lane.run()

    async def _register(self, instance: str) -> None:
        if instance not in self._registered:
            await asyncio.gather(*(self._tools.reader.register(stream) for stream in self._streams_of(instance)))
            self._registered.add(instance)

    def _closed(self, instance: str, task: asyncio.Task[None]) -> None:
        self._tasks.pop(instance, None)
        lane = self._lanes.pop(instance, None)
        metrics.LANES.labels(self._tools.service).set(len(self._lanes))
        if task.cancelled():
            return
        if error := task.exception():
            self._trouble("lane_ended", instance, error)
        elif lane is not None and lane.was_poked:  # too late for it to notice
            self._wake(instance)

    async def _keep_ticking(self) -> None:
        """Look after every instance that may have work: one whose worker died, one whose wake-up got lost."""
        ticks = 0
        while True:
            await asyncio.sleep(self._tools.settings.lease_ms / 3000)
            ticks += 1
            try:
                await (self._sweep() if ticks % SWEEP_EVERY_TICKS == 0 else self._check(sorted(self._watched)))
            except (RedisError, OSError, TimeoutError):
                end_if_cancelled()
                metrics.REDIS_ERRORS.labels(self._tools.service).inc()

    async def _after_a_gap(self) -> None:
        self._registered.clear()  # Redis may have lost the groups: make them again
        await self._sweep()

    async def _sweep(self) -> None:
        await self._check(await self.roster.instances())

    async def _check(self, instances: Sequence[str]) -> None:
        streams = [(instance, stream) for instance in instances for stream in self._streams_of(instance)]
        # Forgotten before Redis is asked: whoever is woken meanwhile is watched again.
        forgotten = {instance for instance in instances if instance not in self._lanes} & self._watched
        self._watched -= forgotten
        try:
            lengths = await each(self._tools.scripts.call("XLEN", stream) for _, stream in streams)
        except BaseException:
            self._watched |= forgotten
            raise
        asked = list(zip((instance for instance, _ in streams), lengths, strict=True))
        broken = {instance: reply for instance, reply in asked if isinstance(reply, ResponseError)}
        busy = {instance for instance, length in asked if length} - broken.keys()
        for instance in sorted(busy):
            self._wake(instance)
        idle = [instance for instance in instances if instance not in busy and instance not in broken]
        for instance, reply in zip(idle, await each(map(self._register, idle)), strict=True):
            if isinstance(reply, ResponseError):
                broken[instance] = reply
        self._report(broken)
        self._watched |= forgotten & broken.keys()

    def _report(self, broken: Mapping[str, ResponseError]) -> None:
        """Their own keys are in trouble (of a wrong type): the other instances go on."""
        for instance, error in broken.items():
            self._trouble("instance_not_worked", instance, error)

    def _trouble(self, what: str, instance: str, error: BaseException) -> None:
        metrics.REDIS_ERRORS.labels(self._tools.service).inc()
        if isinstance(error, BrokenKey):
            self._tools.complaints.about(error.key, error.problem, "its instance is not worked")
        else:
            _log.warning(what, instance=instance, error=repr(error))

    async def _pass_on(self) -> None:
        """Tell the others at once that these instances are free."""
        try:
            for instance in self._watched:
                await self._client.xadd(keys.wake(self._tools.service), {"i": instance}, maxlen=10_000)
        except (RedisError, OSError, TimeoutError):
            _log.info("others_not_told", instances=len(self._watched))
