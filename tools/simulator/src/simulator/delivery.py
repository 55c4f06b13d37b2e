"""How does an event reach the webhook, and what if it does not?

As recorded: up to 10 attempts, 5 s doubling to 300 s, 20 % either way, 30 s for each answer; the statuses below are
final; bodies and headers stay the same from attempt to attempt; what waits is in memory only.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from random import Random

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector

ATTEMPTS, FIRST_WAIT, LONGEST_WAIT, JITTER, ANSWER_WITHIN = 10, 5.0, 300.0, 0.2, 30.0
LEAST_WITHIN = 2.0  # scaled down, the timeout still leaves a busy machine time to answer
FINAL = frozenset({400, 401, 403, 404, 422})


@dataclass(slots=True)
class Tuning:
    """What a test may do to the deliveries."""

    duplicate: int = 0
    reorder: bool = False
    window_ms: float = 200
    delay_ms: float = 0
    drop: float = 0
    concurrency: int = 64


@dataclass(slots=True)
class Job:
    urls: tuple[str, ...]  # the same place behind several doors: each attempt takes the next
    headers: dict[str, str]
    body: bytes
    done: Callable[[], None] | None = None
    attempt: int = 0


@dataclass(slots=True)
class Counts:
    emitted: int = 0
    delivered: int = 0
    attempts: int = 0
    refused: int = 0
    given_up: int = 0
    dropped: int = 0


@dataclass
class Delivery:
    random: Random
    scale: float = 1.0
    tuning: Tuning = field(default_factory=Tuning)
    counts: Counts = field(default_factory=Counts)
    _ready: deque[Job] = field(default_factory=deque)
    _later: set[asyncio.TimerHandle] = field(default_factory=set)
    _running: set[asyncio.Task[None]] = field(default_factory=set)
    _session: ClientSession | None = None
    _paused: bool = False
    _turn: int = 0

    def state(self) -> dict[str, object]:
        waiting = {"queued": len(self._ready), "later": len(self._later), "running": len(self._running)}
        return {**asdict(self.tuning), "counts": asdict(self.counts), **waiting}

    def submit(self, job: Job) -> None:
        self.counts.emitted += 1
        if self.tuning.drop and self.random.random() < self.tuning.drop:
            self.counts.dropped += 1
            return
        for _ in range(1 + self.tuning.duplicate):
            self._after(self._hold(), Job(job.urls, job.headers, job.body, job.done))

    def _hold(self) -> float:
        shuffled = self.random.random() * self.tuning.window_ms if self.tuning.reorder else 0.0
        return (self.tuning.delay_ms + shuffled) / 1000

    def _after(self, seconds: float, job: Job) -> None:
        if seconds <= 0:
            self._enqueue(job)
            return

        def due() -> None:
            self._later.discard(timer)
            self._enqueue(job)

        timer = asyncio.get_running_loop().call_later(seconds, due)
        self._later.add(timer)

    def _enqueue(self, job: Job) -> None:
        self._ready.append(job)
        self._pump()

    def _pump(self) -> None:
        """One more worker while there is work and room; each stops when nothing waits."""
        if self._ready and not self._paused and len(self._running) < self.tuning.concurrency:
            task = asyncio.create_task(self._work())
            self._running.add(task)
            task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._pump()

    async def _work(self) -> None:
        while self._ready and not self._paused and len(self._running) <= self.tuning.concurrency:
            await self._attempt(self._ready.popleft())

    async def _attempt(self, job: Job) -> None:
        job.attempt += 1
        self.counts.attempts += 1
        status = await self._post(job)
        if 200 <= status < 300:
            self.counts.delivered += 1
            if job.done:
                job.done()
        elif status in FINAL:
            self.counts.refused += 1
        elif job.attempt >= ATTEMPTS:
            self.counts.given_up += 1
        else:
            self._after(self.wait_before(job.attempt + 1), job)

    async def _post(self, job: Job) -> int:
        """The status answered; 0 for no answer."""
        self._turn += 1
        url = job.urls[self._turn % len(job.urls)]
        try:
            async with self._open().post(url, data=job.body, headers=job.headers) as response:
                return response.status
        except (ClientError, OSError, TimeoutError):
            return 0

    def _open(self) -> ClientSession:
        if self._session is None:
            timeout = ClientTimeout(total=max(ANSWER_WITHIN * self.scale, LEAST_WITHIN))
            self._session = ClientSession(connector=TCPConnector(limit=0), timeout=timeout)
        return self._session

    def wait_before(self, attempt: int) -> float:
        wait = min(FIRST_WAIT * 2.0 ** (attempt - 2), LONGEST_WAIT)
        return wait * self.scale * self.random.uniform(1 - JITTER, 1 + JITTER)

    def pause(self, paused: bool) -> None:
        self._paused = paused
        for _ in range(min(self.tuning.concurrency, len(self._ready))):
            self._pump()

    def forget(self) -> None:
        """What a restart of the gateway does to everything that waits."""
        self._ready.clear()
        for timer in self._later:
            timer.cancel()
        self._later.clear()

    async def close(self) -> None:
        self.forget()
        for task in list(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
            self._session = None
