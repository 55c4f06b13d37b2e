"""How is a person erased? By an order that outlives every replica: whoever has the lane carries it out to its end.

Work that waits goes first, then the log is rewritten, then every other key is looked through, and the views are rebuilt
from the log. A scan of every key proves it; what it finds sends the whole round off again. Only then the order, which
is the last thing that names the person, is replaced by what came of it. Every step may be done again.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import msgspec
from aiohttp import web
from msgspec.structs import replace
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

from admin.privacy.log import facts
from admin.privacy.names import Person, person_of
from admin.privacy.reasons import names_them
from admin.privacy.record import Erasure, Order, orders
from admin.privacy.removing import Removing
from admin.privacy.rewriting import LANE, Rewriting
from admin.privacy.scanning import Scanned, scan
from admin.views.projecting.head import read_head
from admin.views.projecting.projector import plain
from admin.views.rebuilding import order_rebuild
from shared import ids
from shared.errors import NotOurs
from shared.events import AnyEvent, PersonErased, encode
from shared.service import Platform
from shared.streams import keys
from shared.streams.connection import end_if_cancelled
from shared.streams.each import each
from shared.streams.ending import end
from shared.streams.keeping import keep_going
from shared.streams.lease import Lease, Renewal, acquire
from shared.streams.roster import views_hint
from shared.streams.scripts import Scripts
from shared.telemetry import logs, metrics

LOOK_EVERY_S = 1.0
SWEEP_EVERY = 600  # looks: at the start, and every ten minutes
AT_ONCE = 500  # instances of a sweep
ROUNDS = 3  # a message of theirs that was under way meanwhile leaves new traces
TOLD_EVERY = 5_000  # entries
VIEWS_WAIT_S = 0.1
PROBLEM_MAX = 300
NOT_KEPT = "not kept: it named the person"

_log = logs.get(__name__)


class Eraser:
    """Carries out erasures, one at a time, beside other replicas that do the same."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._client = plain(platform.settings.redis_url)
        self._scripts = Scripts(self._client)
        self._lease: Lease | None = None

    async def running(self, _app: web.Application) -> AsyncIterator[None]:
        """For `cleanup_ctx`."""
        task = asyncio.create_task(keep_going("admin", "erasures", self.keep_looking), name="erasures")
        yield
        await end([task])
        await self._client.aclose()

    async def keep_looking(self) -> None:
        """Look for orders again and again."""
        looks = 0
        while True:
            try:
                if looks % SWEEP_EVERY == 0:
                    await self._sweep()
                looks += 1
                for name in sorted(await self._scripts.call("SMEMBERS", keys.ERASING)):
                    await self._look_safely(name.decode(errors="replace"))
            except (RedisError, OSError, TimeoutError, NotOurs) as error:
                end_if_cancelled()
                metrics.REDIS_ERRORS.labels("erasure").inc()
                _log.warning("redis_error", error=str(error) or type(error).__name__, doing="looking for erasures")
            await asyncio.sleep(LOOK_EVERY_S)

    async def _look_safely(self, instance: str) -> None:
        """What is wrong with one instance keeps no other waiting."""
        try:
            await self.look(instance)
        except (RedisConnectionError, RedisTimeoutError, OSError, TimeoutError, NotOurs):
            raise
        except Exception:  # noqa: BLE001 - an order that nobody can read, a key of another type
            metrics.LOOPS_FAILED.labels("admin", "erasures").inc()
            _log.exception("erasure_not_looked_at", instance=instance)

    async def look(self, instance: str) -> None:
        """Carry out what was ordered of one instance, if no other replica does. Raises NotOurs and RedisError."""
        if not (waiting := await orders(self._scripts, instance) or await self._forgotten(instance)):
            return
        p = self._platform
        lease = await acquire(self._scripts, instance, LANE, p.replica, p.streams.lease_ms)
        if lease is None:
            return
        working = asyncio.create_task(self._all(lease, waiting), name=f"erasing in {instance}")
        renewing = asyncio.create_task(self._keep_renewing(lease), name=f"erasure lease {instance}")
        try:
            await asyncio.wait((working, renewing), return_when=asyncio.FIRST_COMPLETED)
            if not working.done():
                raise NotOurs("fenced")
            working.result()
        finally:
            await end([working, renewing])
            with contextlib.suppress(RedisError, OSError):
                await lease.release(self._scripts)

    async def _forgotten(self, instance: str) -> list[Order]:
        """Nothing is ordered there: it is not looked at any more, unless an order came in between."""
        await self._scripts.call("SREM", keys.ERASING, instance)
        if found := await orders(self._scripts, instance):
            await self._scripts.call("SADD", keys.ERASING, instance)
        return found

    async def _sweep(self) -> None:
        """Find the orders that no hint tells of, because who took them died in the middle of it."""
        names = sorted(await self._scripts.call("SMEMBERS", keys.INSTANCES))
        for start in range(0, len(names), AT_ONCE):
            some = names[start : start + AT_ONCE]
            counts = await each(
                self._scripts.call("HLEN", keys.erasing(name.decode(errors="replace"))) for name in some
            )
            if found := [name for name, count in zip(some, counts, strict=True) if isinstance(count, int) and count]:
                await self._scripts.call("SADD", keys.ERASING, *found)

    async def _keep_renewing(self, lease: Lease) -> None:
        while True:
            await asyncio.sleep(lease.life_ms / 3000)
            with contextlib.suppress(RedisError, OSError):
                if await lease.renew(self._scripts, "", ()) is Renewal.LOST:
                    return

    async def _all(self, lease: Lease, waiting: list[Order]) -> None:
        for order in waiting:
            erasing = Erasing(self._platform, self._scripts, lease, order)
            try:
                await erasing.run()
            except NotOurs:
                raise
            except Exception as error:  # noqa: BLE001 - a bug of ours, too: who asked is told, and it is tried again
                end_if_cancelled()
                metrics.ERASURES_BROKE_OFF.inc()
                _log.warning("erasure_broke_off", instance=lease.instance, id=order.id, error=repr(error))
                await erasing.broke_off(error)


class Erasing:
    """One order, under the lane of erasures."""

    def __init__(self, platform: Platform, scripts: Scripts, lease: Lease, order: Order) -> None:
        self._platform = platform
        self._scripts = scripts
        self._lease = lease
        self._instance = lease.instance
        self._order = order
        self._facts = self._keys = 0
        self._texts: list[str] = []
        self._names: set[str] = set()

    async def run(self) -> None:
        """Erase, and prove it."""
        scanned = Scanned()
        for _ in range(ROUNDS):
            person = await person_of(self._order.chat, self._facts_of, self._order.names)
            await self._keep(names=tuple(sorted(person.chats)))  # first: a replica that dies takes them with it
            await self._round(person)
            scanned = await scan(self._scripts, self._instance, person, self._texts)
            if not scanned.found:
                break
        await self._end(scanned, person, await self._disk())

    async def broke_off(self, error: Exception) -> None:
        """Tell who asks why it is not done. Raises RedisError, when it is Redis that is away."""
        await self._keep(problem=f"{type(error).__name__}: {error}"[:PROBLEM_MAX])

    async def _round(self, person: Person) -> None:
        i, fence = self._instance, self._lease.fence
        removing = Removing(self._scripts, i, fence, person)
        await removing.run()  # first, so that nothing of theirs that waits leads to new facts
        rewriting = Rewriting(self._scripts, i, fence, person)
        await self._copy_begins()
        await rewriting.run(self._progress, removing.of)
        await removing.run()
        self._facts += len(rewriting.removed)
        self._keys += removing.touched
        await self._views()
        await rewriting.forget_others()
        self._names |= rewriting.names
        self._texts = list(dict.fromkeys([*self._texts, *rewriting.texts.only_theirs]))

    async def _copy_begins(self) -> None:
        """The copy that somebody left behind goes: it is as large as the log, and nobody else knows its name."""
        if self._order.copy:
            await self._scripts.call("UNLINK", keys.rewritten(self._instance, self._order.copy))
        await self._keep(copy=self._lease.fence)

    def _facts_of(self, person: Person) -> AsyncIterator[AnyEvent]:
        return facts(self._scripts, self._instance, person)

    async def _progress(self, done: int) -> None:
        if done - self._order.done >= TOLD_EVERY or not self._order.done:
            await self._keep(done=done)

    async def _keep(self, **about: Any) -> None:
        self._order = replace(self._order, **about)
        names = [keys.fence(self._instance, LANE), keys.erasing(self._instance)]
        args: list[Any] = [self._lease.fence, self._order.id, msgspec.json.encode(self._order)]
        if await self._scripts.run("erase_step", names, args) == b"fenced":
            raise NotOurs("fenced")

    async def _views(self) -> None:
        """The views are made anew from the log, and the old ones are gone."""
        i, order = self._instance, ids.new(self._platform.clock)
        await order_rebuild(self._platform, i, order, b"", anew=True)
        while True:
            head = await read_head(self._scripts, i)
            if head.is_done and not head.old and not head.building:
                return
            await self._scripts.call(*views_hint(i))
            await asyncio.sleep(VIEWS_WAIT_S)

    async def _disk(self) -> str:
        """The append-only file holds the past until it is written anew: begin that now."""
        try:
            reply = await self._scripts.call("BGREWRITEAOF")
        except RedisError as error:
            return f"BGREWRITEAOF was refused ({error}): run it, and let old backups go"
        return reply.decode() if isinstance(reply, bytes) else str(reply)

    async def _end(self, scanned: Scanned, person: Person, disk: str) -> None:
        p, order, now = self._platform, self._order, self._platform.clock.now_ms()
        reason = NOT_KEPT if names_them(order.reason, person.chats, self._names) else order.reason
        record = Erasure(
            id=order.id, instance=self._instance, state="done", by=order.by, reason=reason,
            asked_at=order.asked_at, ended_at=now, done=order.total, total=order.total, facts=self._facts,
            keys=self._keys, scanned=scanned.keys, values=scanned.values, names=len(person.needles),
            texts=len(self._texts), found=scanned.found, places=scanned.told, disk=disk,
        )  # fmt: skip
        fact = PersonErased(
            id=ids.derived(order.id, "erased"), instance=self._instance, occurred_at=now, recorded_at=now, by=order.by,
            request_id=order.id, facts=self._facts, keys=self._keys,
        )  # fmt: skip
        i = self._instance
        names_ = [keys.fence(i, LANE), keys.erasing(i), keys.erasures(i), keys.events(i)]
        args: list[Any] = [
            self._lease.fence, order.id, msgspec.json.encode(record), encode(fact), p.streams.log_maxlen,
        ]  # fmt: skip
        if await self._scripts.run("erased", names_, args, then=[views_hint(i)]) == b"fenced":
            raise NotOurs("fenced")
        _log.info("person_erased", instance=i, id=order.id, facts=self._facts, keys=self._keys, found=scanned.found)
