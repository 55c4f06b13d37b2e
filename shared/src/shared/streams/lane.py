"""How is one instance's work done by one replica? In order within each chat, side by side across chats.

A lane is an instance's work streams in one service. The replica that holds its lease reads it, keeps what it read in
queues by chat, and ends every entry by one atomic commit. An entry that is to be tried again stays where it is, in the
stream and at the head of its chat: it keeps its place in the order, and no worker sleeps on it.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from redis.exceptions import RedisError

from shared.errors import NotOurs, QueueFull
from shared.streams import keys
from shared.streams.chats import ChatQueues
from shared.streams.delivery import Delivery, Done, Flight, Hold, Owner, Wait
from shared.streams.ending import end
from shared.streams.intake import Intake
from shared.streams.lease import Lease, Renewal
from shared.streams.tools import Tools
from shared.streams.worker import admit, work
from shared.telemetry import logs, metrics

QUEUE_FULL_WAIT_MS = 1_000
REDIS_PAUSE_S = 0.2
MOST_RESTARTS = 3
ADMIT_WIDTH = 16  # enough to hide a round trip to Redis behind the others

_log = logs.get(__name__)


class Lane:
    """One instance's work, while we hold its lease. `streams` are in their order of precedence."""

    def __init__(self, tools: Tools, lease: Lease, streams: Sequence[str]) -> None:
        self._tools = tools
        self._lease = lease
        self._owner = Owner(lease.instance, tools.group, tools.replica, lease.fence, lease.lane)
        self._intake = Intake(tools, self._owner, streams)
        self._streams = streams
        self._queues = ChatQueues(tools.queue_of)
        self._working: dict[asyncio.Task[None], Flight] = {}
        self._signal = asyncio.Event()
        self._paused_until_ms = 0
        self._admitting = 0
        self._width = 1
        self._probing = False
        """The whole lane had to wait: until one delivery is done, they go one at a time."""
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
            if self._intake.more and len(enough := self._enough()) < len(self._streams):
                self._queue(await self._intake.next(enough))
            if not self._begin_next():
                return

    def _enough(self) -> list[str]:
        """Streams of which as much is ready as one read brings. Each for itself, so that no backlog of the others
        keeps a VIP unread."""
        count = self._tools.settings.stream_read_count
        return [name for name in self._streams if self._queues.ready_of(vip=keys.is_vip(name)) >= count]

    def _queue(self, flights: Sequence[Flight]) -> None:
        for flight in flights:
            flight.ready_at_ms = self._from_wall(flight.ready_at_ms)
            self._queues.add(flight, self._now())
            if self._tools.handler.takes_turns:
                self._queues.reconsider(flight, self._now())

    def _now(self) -> int:
        """Milliseconds that never go back: nobody who sets the machine's clock makes a wait longer."""
        return time.monotonic_ns() // 1_000_000

    def _from_wall(self, at_ms: int) -> int:
        """When a time of day is reached, by `_now`."""
        return self._now() + max(0, at_ms - self._tools.clock.now_ms())

    async def _wait(self) -> None:
        now = self._now()
        times = [at for at in (self._queues.next_at_ms(), self._paused_until_ms) if at and at > now]
        timeout = min([(at - now) / 1000 for at in times] + [self._lease.life_ms / 3000])
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):  # wait_for of Python 3.11 can swallow a cancellation
                await self._signal.wait()

    async def _look_around(self) -> None:
        self._queue(await self._intake.abandoned())

    def _begin_next(self) -> bool:
        """Begin the next delivery. False: nothing can begin now."""
        now = self._now()
        busy = len(self._working) >= self._tools.settings.concurrency or self._admitting >= self._width
        if self._paused_until_ms > now or busy or (self._probing and self._working):
            return False
        flight = self._queues.next(now)
        if flight is None:
            return self._intake.more
        self._admitting += 1
        flight.waiting = False
        task = asyncio.create_task(self._fly(flight))
        self._working[task] = flight
        task.add_done_callback(self._landed)
        return True

    async def _admit(self, flight: Flight) -> Delivery | Wait | Done | Hold:
        """Ask the handler. While it grants, more are asked side by side; once it says wait, one after the other."""
        try:
            admitted = await admit(self._tools, self._owner, flight.delivery)
        finally:
            self._admitting -= 1
            self._signal.set()
        waits = isinstance(admitted, Wait) and admitted.scope == "lane"
        self._width = 1 if waits else min(self._width + 1, ADMIT_WIDTH)
        return admitted

    def _put_off(self, flight: Flight, wait: Wait) -> None:
        now = self._now()
        until = now + max(1, round(wait.seconds * 1000))
        if wait.scope == "lane":
            self._queues.put_back(flight)
            self._paused_until_ms = until
        else:
            flight.waiting = True
            self._queues.hold(flight, until, now)

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

    # ── one delivery ───────────────────────────────────────────────────────────────────────────────────────────────
    async def _fly(self, flight: Flight) -> None:
        try:
            if self._tools.handler.takes_turns:
                behind = tuple(follower.delivery for follower in self._queues.behind(flight))
                flight.delivery = replace(flight.delivery, followers=behind)
            outcome = await self._admit(flight)
            if isinstance(outcome, Wait):
                self._put_off(flight, outcome)
                return
            if isinstance(outcome, Delivery):
                flight.delivery = outcome
                outcome = await work(self._tools, self._owner, flight.delivery)
            if self._overtaken(flight, outcome):
                self._queues.put_back(flight)
                return
            ended = outcome
            await self._insist(lambda: self._settle(flight, ended))
        except (RedisError, OSError) as error:
            await self._pause(error)
            self._queues.put_back(flight)
        except QueueFull as full:
            _log.warning("queue_full", error=str(full))
            now = self._now()
            self._queues.hold(flight, now + QUEUE_FULL_WAIT_MS, now)
        except NotOurs as why:
            self._not_ours(flight, why)

    def _overtaken(self, flight: Flight, outcome: Done | Hold) -> bool:
        """More came while a turn was worked on. A chat that never pauses is answered all the same, in the end."""
        if not (isinstance(outcome, Done) and outcome.turn and flight.restarts < MOST_RESTARTS):
            return False
        if len(self._queues.behind(flight)) == len(flight.delivery.followers):
            return False
        flight.restarts += 1
        metrics.HANDLED.labels(self._tools.service, "overtaken").inc()
        return True

    async def _settle(self, flight: Flight, outcome: Done | Hold) -> None:
        delivery, committer = flight.delivery, self._tools.committer
        if isinstance(outcome, Hold):
            await committer.hold(self._owner, delivery.entry, delivery.key, outcome)
            self._keep(flight, outcome)
        else:
            turn = delivery.followers if outcome.turn else ()
            also = [(follower.entry, follower.key) for follower in turn]
            progress = outcome.progress or delivery.progress
            await committer.done(self._owner, delivery.entry, delivery.key, outcome, progress, also)
            self._probing = False
            self._finish(flight, turn)
            metrics.HANDLED.labels(self._tools.service, "done").inc(1 + len(turn))
            metrics.HANDLE_SECONDS.labels(self._tools.service).observe(time.monotonic() - delivery.read_at)

    def _keep(self, flight: Flight, hold: Hold) -> None:
        flight.delivery = replace(flight.delivery, progress=hold.progress)
        metrics.HANDLED.labels(self._tools.service, "retry").inc()
        until = self._from_wall(hold.until_ms)
        if hold.lane:
            self._probing = True
            self._paused_until_ms = max(self._paused_until_ms, until)
        self._queues.hold(flight, until, self._now())

    def _finish(self, flight: Flight, followers: Sequence[Delivery] = ()) -> None:
        for delivery in (flight.delivery, *followers):
            self._intake.forget(delivery.entry)
        self._queues.finish(flight, self._now(), len(followers))

    def _not_ours(self, flight: Flight, why: NotOurs) -> None:
        metrics.HANDLED.labels(self._tools.service, "not_ours").inc()
        if str(why) == "fenced":
            self._lose("another replica took it over")
        self._finish(flight)

    # ── trouble ────────────────────────────────────────────────────────────────────────────────────────────────────
    async def _insist(self, step: Callable[[], Awaitable[None]]) -> None:
        """Do it, whatever Redis goes through: what was done outside is known to nobody else."""
        while True:
            try:
                return await step()
            except (RedisError, OSError) as error:
                await self._pause(error)

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

    async def _give_back(self) -> None:
        try:
            await self._lease.release(self._tools.scripts)
        except (RedisError, OSError):
            _log.info("lease_left_to_expire", instance=self._lease.instance)
