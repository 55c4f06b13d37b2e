"""How does a test play death, sleep and lost answers, one step at a time?

A played replica has the product's own lane on a real Redis. Its event loop runs only while the test lets things settle,
its clock stands still until the test moves it, and each of its scripts can be made to fail before Redis hears of it or
after.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Literal

import redis.asyncio as aioredis
from redis.exceptions import ConnectionError as RedisConnectionError

from shared.clock import ManualClock
from shared.settings import StreamSettings
from shared.streams import keys
from shared.streams.broken import Complaints
from shared.streams.commit import Committer
from shared.streams.delivery import Handler
from shared.streams.lane import Lane
from shared.streams.lease import acquire
from shared.streams.reader import GroupReader
from shared.streams.scripts import Scripts
from shared.streams.tools import Tools
from shared.telemetry.tracing import Tracing

FOR_EVER_MS = 3_600_000
STILL = StreamSettings(
    lease_ms=FOR_EVER_MS, stream_claim_idle_ms=FOR_EVER_MS, stream_read_count=3, concurrency=4, max_deliveries=3
)
"""Nothing happens by itself: no lease is renewed, nothing is claimed for its age."""
BOUND = 4
"""Of the streams that work goes on to."""
CALM = 25  # turns of the event loop without a call to Redis, after which nothing more is going to happen

When = Literal["before", "after"]
How = Literal["lost", "dead", "asleep"]
"""The answer gets lost; the process dies; it stands still until it is woken."""


class Nerves:
    """Counts what is under way, of all replicas, so that a test knows when everything has settled."""

    def __init__(self) -> None:
        self.under_way = 0
        self.calls = 0

    def begin(self) -> None:
        self.under_way += 1
        self.calls += 1

    def end(self) -> None:
        self.under_way -= 1

    async def settle(self) -> None:
        """Let the loop run until everybody waits for the test."""
        calm = 0
        while calm < CALM:
            calls = self.calls
            await asyncio.sleep(0.0002 if self.under_way else 0)
            calm = 0 if self.under_way or calls != self.calls else calm + 1


class PlayedScripts(Scripts):
    """One replica's scripts, which lose answers and die as `trips` says."""

    def __init__(self, client: aioredis.Redis, nerves: Nerves) -> None:
        super().__init__(client)
        self._nerves = nerves
        self.awake = asyncio.Event()
        self.awake.set()
        self.trips: dict[tuple[str, When], tuple[int, How | None]] = {}
        """Scripts that fail: after so many more calls, and how."""
        self.dead = False

    async def run(self, name: str, *args: Any, **about: Any) -> Any:
        await self._trip(name, "before")
        reply = await self._counted(super().run(name, *args, **about))
        await self._trip(name, "after")
        return reply

    async def call(self, *command: Any) -> Any:
        await self._alive()
        return await self._counted(super().call(*command))

    async def _counted(self, asking: Any) -> Any:
        self._nerves.begin()
        try:
            return await asking
        finally:
            self._nerves.end()

    async def _alive(self) -> None:
        await self.awake.wait()
        if self.dead:
            raise RedisConnectionError("this replica is dead")

    async def _trip(self, name: str, when: When) -> None:
        await self._alive()
        left, how = self.trips.pop((name, when), (-1, None))
        if left > 0:
            self.trips[name, when] = left - 1, how
        elif how == "lost":
            raise RedisConnectionError(f"the wire broke {when} {name}")
        elif how == "asleep":
            self.awake.clear()
            await self._alive()
        elif how == "dead":
            self.dead = True
            await asyncio.Future[None]()


class _Lane(Lane):
    """A lane in the test's time."""

    def _now(self) -> int:
        return self._tools.clock.now_ms()


class Played:
    """One replica, as often as it is opened again."""

    def __init__(self, client: aioredis.Redis, name: str, clock: ManualClock, nerves: Nerves) -> None:
        self.name = name
        self.scripts: PlayedScripts
        self._client, self._clock, self._nerves = client, clock, nerves
        self._lane: _Lane | None = None
        self._task: asyncio.Task[None] | None = None
        self.fence = 0
        self.begin()

    def begin(self) -> None:
        """A process of its own, which knows nothing of the one before."""
        self.scripts = PlayedScripts(self._client, self._nerves)

    @property
    def has_lane(self) -> bool:
        return self._task is not None and not self._task.done()

    async def open(self, instance: str, streams: Sequence[str], handler: Callable[["Played"], Handler]) -> bool:
        """Take the lane, if nobody holds it."""
        lease = await acquire(self.scripts, instance, "sender", self.name, FOR_EVER_MS)
        if lease is None:
            return False
        self.fence = lease.fence
        tools = Tools(
            service="sender", group=keys.OUTBOUND_GROUP, lane="sender", replica=self.name, scripts=self.scripts,
            committer=Committer(self.scripts, log_maxlen=0, bound=BOUND),
            reader=GroupReader(self.scripts, keys.OUTBOUND_GROUP, self.name), handler=handler(self), settings=STILL,
            tracing=Tracing("sender", self.name, None), complaints=Complaints("sender"), clock=self._clock,
        )  # fmt: skip
        self._lane = _Lane(tools, lease, streams)
        self._task = asyncio.create_task(self._lane.run())
        return True

    def poke(self) -> None:
        """A wake-up, or the time that it waits for."""
        if self._lane is not None and self.has_lane:
            self._lane.poke()

    def stop(self) -> None:
        """As on SIGTERM."""
        if self._lane is not None and self.has_lane:
            self._lane.stop()

    async def die(self) -> None:
        """As on kill -9: nothing more reaches Redis. It comes back as a new process."""
        self.scripts.dead = True
        self.scripts.awake.set()
        if self._task is not None:
            while not self._task.done():
                self._task.cancel()
                await asyncio.wait([self._task], timeout=0.05)
        self.begin()
