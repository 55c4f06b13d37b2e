"""How is one instance followed? Under a lease, while it has news: its views, their rebuild, and the end of old ones."""

import asyncio
import contextlib
from dataclasses import dataclass

from redis.exceptions import RedisError

from admin.views.folding.state import SCHEMA
from admin.views.projecting.book import LANE, Book
from admin.views.projecting.head import Head, read_head
from admin.views.projecting.loading import Loader
from admin.views.projecting.retention import Retention
from shared.clock import Clock
from shared.errors import NotOurs
from shared.streams import keys
from shared.streams.ending import end
from shared.streams.lease import Lease, acquire
from shared.streams.scripts import Scripts
from shared.telemetry import logs, metrics

LIVE_BATCH = 500
BUILD_BATCH = 300  # its script takes Redis a millisecond or two: what others ask waits no longer
BUILD_BATCHES = 20  # between two looks at the live facts
READERS_END_MS = 5_000  # a page that began with the old version is answered by then
QUIET_S = (0.05, 0.1, 0.2, 0.25, 0.4, 0.5, *[0.5] * 16)
"""How long it is waited for more: ten seconds, in which most of what follows from a wake-up has come."""

_log = logs.get(__name__)


@dataclass(frozen=True)
class Means:
    """What all followings of a replica share."""

    scripts: Scripts
    reading: Scripts
    """A line of its own: what is brought does not wait behind what is written."""
    clock: Clock
    replica: str
    lease_ms: int
    turns: asyncio.Semaphore
    """So many fold at the same time."""
    retention: Retention


class Following:
    """One instance, from a wake-up until nothing has come for a while; without lingering, until all is folded in."""

    def __init__(self, means: Means, instance: str, *, lingers: bool = True) -> None:
        self.instance = instance
        self._means = means
        self._lingers = lingers
        self._news = asyncio.Event()
        self._over = False
        self._live: Book | None = None
        self._build: Book | None = None
        self._lease: Lease

    def poke(self) -> None:
        """There is news."""
        self._lingers = True
        self._news.set()

    @property
    def was_poked(self) -> bool:
        """Whether there is news that it came to its end without looking at."""
        return self._news.is_set() and not self._over

    def stop(self) -> None:
        """Come to an end behind the batch that is under way."""
        self._over = True
        self._news.set()

    async def run(self) -> None:
        """Follow it, if nobody else does. Raises NotOurs and RedisError."""
        scripts, i = self._means.scripts, self.instance
        lease = await acquire(scripts, i, LANE, self._means.replica, self._means.lease_ms)
        if lease is None:
            return
        self._lease = lease
        renewing = asyncio.create_task(self._keep_renewing(), name=f"views lease {i}")
        try:
            await self._follow()
        finally:
            await end([renewing])
            with contextlib.suppress(RedisError, OSError):
                await lease.release(scripts)

    async def _follow(self) -> None:
        quiet = 0
        while not self._over and quiet < (len(QUIET_S) if self._lingers else 1):
            self._news.clear()
            async with self._means.turns:
                busy = await self._round()
            quiet = 0 if busy else quiet + 1
            if not busy and not self._over:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(QUIET_S[quiet - 1]):
                        await self._news.wait()

    async def _round(self) -> bool:
        """One batch of each version. False: there was nothing to do."""
        head = await self._opened(await read_head(self._means.scripts, self.instance))
        self._lingers = self._lingers or bool(head.old)  # it goes in a few seconds
        folded = await self._live.advance(LIVE_BATCH) if self._live else 0
        built = await self._build.advance(BUILD_BATCH, BUILD_BATCHES) if self._build else 0
        if self._build and not built:
            return await self._serve(head) or bool(folded)
        if head.old and not self._build and self._means.clock.now_ms() - head.number("served") > READERS_END_MS:
            await self._remove(head.old)
        elif not folded and not built and self._live:
            return await self._means.retention.apply(self.instance, head, self._live)
        return bool(folded or built)

    # ── versions ───────────────────────────────────────────────────────────────────────────────────────────────────
    async def _opened(self, head: Head) -> Head:
        """With a book open for every version that is to be written."""
        ours = head.schema == SCHEMA
        if head.version and ours and (self._live is None or self._live.version != head.version):
            self._live = self._book(head.version, head, tells=True)
        if head.building and head.number("building_schema") == SCHEMA and not head.waits:
            if self._build is None:
                self._build = self._book(head.building, head, tells=False)
        elif not head.version or not ours or head.waits or head.building:
            return await self._begin(head)
        return head

    async def _begin(self, head: Head) -> Head:
        """Begin a new version. The very first one serves from its beginning."""
        if head.building:
            await self._unlink(head.building)
        version = max(head.version, head.building, head.old) + 1
        await self._switch("begin", version, head.version, head.wanted if head.waits else "")
        _log.info("views_rebuild_began", instance=self.instance, version=version, order=head.wanted)
        if not head.version:
            await self._switch("serve", version, 0, "")
        self._live = self._build = None
        return await self._opened(await read_head(self._means.scripts, self.instance))

    def _book(self, version: int, head: Head, *, tells: bool) -> Book:
        position = head.position(version)
        loader = Loader(self._means.reading, self.instance, version)
        return Book(self._means.scripts, loader, self._lease.fence, position, tells=tells)

    async def _serve(self, head: Head) -> bool:
        """The new version has caught up: it serves from now on. False: not quite yet."""
        assert self._build is not None
        if head.old:
            await self._remove(head.old)
        if await self._switch("serve", self._build.version, head.version, "") == "behind":
            return True
        took = (self._means.clock.now_ms() - head.number("began")) / 1000
        metrics.VIEWS_REBUILD_SECONDS.observe(max(0.0, took))
        _log.info("views_rebuilt", instance=self.instance, version=self._build.version, seconds=round(took, 3))
        self._live = self._build = None
        return True

    async def _remove(self, version: int) -> None:
        await self._unlink(version)
        await self._switch("forget", version, 0, "")

    async def _unlink(self, version: int) -> None:
        await self._means.scripts.call("UNLINK", *(keys.view(self.instance, version, part) for part in keys.VIEW_PARTS))

    async def _switch(self, word: str, version: int, old: int, order: str) -> str:
        i, now = self.instance, self._means.clock.now_ms()
        names = [keys.fence(i, LANE), keys.view_head(i), keys.events(i)]
        args: list[str | int] = [self._lease.fence, word, version, old, now, order, SCHEMA]
        reply = bytes(await self._means.scripts.run("switch", names, args)).decode()
        if reply == "fenced":
            raise NotOurs(reply)
        return reply

    async def _keep_renewing(self) -> None:
        while True:
            await asyncio.sleep(self._means.lease_ms / 3000)
            with contextlib.suppress(RedisError, OSError):
                if not await self._lease.renew(self._means.scripts, "", ()):
                    self.stop()
