"""How is one instance's work done by one replica? In order within each chat, side by side across chats.

A lane is an instance's work streams in one service. The replica that holds its lease reads it, keeps what it read in
queues by chat, and ends every entry by one atomic commit. An entry that is to be tried again stays where it is, in the
stream and at the head of its chat: it keeps its place in the order, and no worker sleeps on it.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence

from redis.exceptions import RedisError

from shared.errors import NotOurs
from shared.streams.broken import BrokenKey
from shared.streams.delivery import Flight, Owner
from shared.streams.ending import end
from shared.streams.flying import Flying
from shared.streams.intake import Intake
from shared.streams.lease import Lease, Renewal
from shared.streams.tools import Tools
from shared.streams.traffic import Traffic, steady_ms
from shared.telemetry import logs, metrics

REDIS_PAUSE_S = 0.2

_log = logs.get(__name__)


class Lane:
    """One instance's work, while we hold its lease. `streams` are in their order of precedence."""

    def __init__(self, tools: Tools, lease: Lease, streams: Sequence[str]) -> None:
        self._tools = tools
        self._lease = lease
        owner = Owner(lease.instance, tools.group, tools.replica, lease.fence, lease.lane)
        self._intake = Intake(tools, owner, streams)
        self._streams = streams
        self._traffic = Traffic(tools, streams, self._now)
        self._signal = asyncio.Event()
        self._flying = Flying(
            tools, owner, self._traffic, self._intake, pause=self._pause, lose=self._lose, landed=self._signal.set
        )
        self._working: dict[asyncio.Task[None], Flight] = {}
        self._stopping = False
        self._lost = False

    def poke(self) -> None:
        """There may be something new to read."""
        self._intake.poke()
        self._signal.set()

    @property
    def was_poked(self) -> bool:
        """Something came in that was not read."""
        return self._intake.more

    def stop(self) -> None:
        """Begin nothing more; `run` ends when what was begun is ended."""
        self._stopping = True
        self._signal.set()

    async def run(self) -> None:
        """Work until there is nothing to do for a lease's life, the lease is lost, or `stop`."""
        renewing = asyncio.create_task(self._keep_renewing())
        renewing.add_done_callback(self._renewed_no_more)
        try:
            await self._work_until_idle()
            if self._working:
                await asyncio.wait(self._working, timeout=self._tools.settings.drain_s)
        finally:
            self._stopping = True
            await end([renewing, *self._working])
            if not self._lost:
                await self._give_back()

    # ── the loop ───────────────────────────────────────────────────────────────────────────────────────────────────
    @property
    def _over(self) -> bool:
        return self._stopping or self._lost

    async def _work_until_idle(self) -> None:
        idle_since = time.monotonic()
        while not self._over:
            self._signal.clear()
            await self._attempt(self._round)
            await self._attempt(self._look_around)
            if len(self._intake) or self._intake.more:
                idle_since = time.monotonic()
            elif time.monotonic() - idle_since > self._lease.life_ms / 1000:
                return
            await self._wait()

    async def _round(self) -> None:
        """Read and begin as much as may begin now."""
        while not self._over:
            if self._intake.more and len(enough := self._traffic.enough) < len(self._streams):
                self._traffic.add(await self._intake.next(enough))
            if not self._begin_next():
                return

    def _now(self) -> int:
        return steady_ms()

    async def _wait(self) -> None:
        longest, soon = self._lease.life_ms / 3000, self._traffic.wait_ms
        timeout = longest if soon is None else min(soon / 1000, longest)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):  # wait_for of Python 3.11 can swallow a cancellation
                await self._signal.wait()

    async def _look_around(self) -> None:
        self._traffic.add(await self._intake.abandoned())

    def _begin_next(self) -> bool:
        """Begin the next delivery. False: nothing can begin now."""
        if not self._traffic.may_begin(len(self._working)):
            return False
        flight = self._traffic.begin()
        if flight is None:
            return self._intake.more
        task = asyncio.create_task(self._fly(flight))
        self._working[task] = flight
        task.add_done_callback(self._landed)
        return True

    async def _fly(self, flight: Flight) -> None:
        await self._flying.fly(flight)

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._working.pop(task, None)
        self._signal.set()
        if task.cancelled():
            error: object = "" if self._over else "cancelled from within"
        else:
            error = task.exception()
        if error:
            _log.error("delivery_failed", error=repr(error))
            self._lose("a delivery could not be ended; whoever takes the lane next begins from what is in Redis")

    # ── trouble ────────────────────────────────────────────────────────────────────────────────────────────────────
    async def _attempt(self, step: Callable[[], Awaitable[None]]) -> None:
        """Do one step; an unreachable Redis costs a pause, not the lane."""
        try:
            await step()
        except NotOurs as why:
            self._lose(str(why))
        except (RedisError, OSError) as error:
            await self._pause(error)
            self.poke()

    async def _pause(self, error: Exception) -> None:
        metrics.REDIS_ERRORS.labels(self._tools.service).inc()
        if isinstance(error, BrokenKey):
            self._tools.complaints.about(error.key, error.problem, "this instance waits")
        else:
            _log.warning("redis_error", error=str(error), instance=self._lease.instance)
        await asyncio.sleep(REDIS_PAUSE_S * (0.5 + self._tools.draw.random()))

    def _lose(self, why: str) -> None:
        if not self._lost:
            _log.warning("lane_lost", instance=self._lease.instance, why=why)
            metrics.LEASES_LOST.labels(self._tools.service).inc()
        self._lost = True
        self._signal.set()

    async def _keep_renewing(self) -> None:
        while not self._lost:
            await asyncio.sleep(self._lease.life_ms / 3000)
            working = [one.entry for flight in self._working.values() for one in flight.turn]
            try:
                match await self._lease.renew(self._tools.scripts, self._tools.group, working):
                    case Renewal.LOST:
                        self._lose("another replica took it over")
                    case Renewal.WANTED:
                        self.stop()
            except (RedisError, OSError) as error:
                _log.warning("lease_not_renewed", instance=self._lease.instance, error=str(error))

    def _renewed_no_more(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()):
            self._lose(f"its lease cannot be renewed: {error!r}")

    async def _give_back(self) -> None:
        try:
            await self._lease.release(self._tools.scripts)
        except (RedisError, OSError):
            _log.info("lease_left_to_expire", instance=self._lease.instance)
