"""Who requests a broadcast's messages? One replica an instance, by a lease; when it dies, another goes on from there.

Each step writes the messages and their count in one script, behind the lease's fence: nobody is requested twice and
nobody is left out, wherever a replica dies. Only so many wait ahead in the stream, so that a patient's answer never
stands behind a whole list, and a stop is in force at once.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import msgspec
from aiohttp import web
from redis.exceptions import RedisError, ResponseError

from admin.broadcasts.record import Record, Records
from shared.events import encode
from shared.service import Platform
from shared.streams import keys
from shared.streams.ending import end
from shared.streams.keeping import keep_going
from shared.streams.lease import Lease, Renewal, acquire
from shared.streams.roster import wake_ups
from shared.telemetry import logs, metrics

LANE = "broadcasts"
AHEAD = 10  # at the default pace of one a second, an answer waits at most ten seconds behind a broadcast
LOOK_EVERY_S = 0.5
SWEEP_EVERY = 120  # looks: a lost hint costs a minute
BURST_MS = 2_000  # of its own pace, after a wait

_log = logs.get(__name__)


class Runner:
    """Runs the broadcasts of every instance, beside other replicas that do the same."""

    def __init__(self, platform: Platform) -> None:
        self._platform, self._records = platform, Records(platform)
        self._scripts, self._clock = platform.scripts, platform.clock
        self._leases: dict[str, Lease] = {}
        self._next_at: dict[str, float] = {}
        """When a broadcast with a pace of its own may go on, ms."""

    async def running(self, _app: web.Application) -> AsyncIterator[None]:
        """For `cleanup_ctx`."""
        task = asyncio.create_task(keep_going("admin", "broadcasts", self._keep_running), name="broadcasts")
        yield
        await end([task])
        for lease in self._leases.values():
            with contextlib.suppress(RedisError, OSError, TimeoutError):
                await lease.release(self._scripts)

    async def _keep_running(self) -> None:
        looks = 0
        while True:
            try:
                await self.look(sweep=looks % SWEEP_EVERY == 0)
            except (RedisError, OSError, TimeoutError) as error:
                metrics.REDIS_ERRORS.labels("admin").inc()
                _log.warning("redis_error", error=str(error) or type(error).__name__, doing="running broadcasts")
            looks += 1
            await asyncio.sleep(LOOK_EVERY_S)

    async def look(self, *, sweep: bool = False) -> None:
        """One step of every broadcast that this replica may run."""
        hinted: Any = await self._scripts.call("SMEMBERS", keys.INSTANCES if sweep else keys.BROADCASTING)
        for name in sorted(hinted):
            instance = name.decode(errors="replace")
            try:
                await self._instance(instance, sure=not sweep)
            except (ResponseError, msgspec.MsgspecError) as error:  # its own keys: the other instances go on
                metrics.REDIS_ERRORS.labels("admin").inc()
                _log.error("broadcasts_stand_still", instance=instance, error=repr(error))

    async def _instance(self, instance: str, *, sure: bool) -> None:
        under_way = await self._records.open(instance)
        if not under_way:
            if sure:
                await self._forget(instance)
            return
        if not sure:
            await self._scripts.call("SADD", keys.BROADCASTING, instance)
        lease = await self._lease(instance)
        if lease is None:
            return
        for record in under_way:
            if await self._step(record, lease) == "fenced":
                del self._leases[instance]
                return

    async def _forget(self, instance: str) -> None:
        if (lease := self._leases.pop(instance, None)) is not None:
            await lease.release(self._scripts)
        await self._scripts.call("SREM", keys.BROADCASTING, instance)
        if await self._scripts.call("SCARD", keys.open_broadcasts(instance)):  # it was started meanwhile
            await self._scripts.call("SADD", keys.BROADCASTING, instance)

    async def _lease(self, instance: str) -> Lease | None:
        held = self._leases.pop(instance, None)
        if held is None:
            life_ms = self._platform.streams.lease_ms
            held = await acquire(self._scripts, instance, LANE, self._platform.replica, life_ms)
        elif await held.renew(self._scripts, "", ()) is Renewal.LOST:
            held = None
        if held is not None:
            self._leases[instance] = held
        return held

    async def _step(self, record: Record, lease: Lease) -> str:
        now = self._clock.now_ms()
        count = self._allowed(record, now)
        if record.state == "running" and (now < record.about.starts_at or not count):
            return "waits"
        i, position = record.instance, record.requested
        recipients = await self._records.recipients(record, count)
        messages = [
            encode(record.message(position + at, one, now)) if one.to else b""  # b"": who was erased since
            for at, one in enumerate(recipients)
        ]
        bound = self._platform.streams.stream_maxlen or AHEAD
        names = [
            keys.fence(i, LANE), keys.broadcast(i, record.id), keys.broadcast_recipients(i, record.id),
            keys.events(i), keys.outbound(i), keys.parked(i), keys.open_broadcasts(i),
        ]  # fmt: skip
        args: list[str | bytes | int] = [
            lease.fence, self._platform.streams.log_maxlen, min(AHEAD, bound), position,
            record.send_id(position - 1) if position else "", now, record.id, *messages,
        ]  # fmt: skip
        hints = wake_ups(i, [keys.outbound(i)])
        reply = bytes(await self._scripts.run("broadcast_step", names, args, then=hints)).decode()
        if reply.isdigit() and record.about.per_minute:
            self._next_at[record.id] = max(now, self._next_at.get(record.id, 0)) + int(reply) * _every(record)
        return reply

    def _allowed(self, record: Record, now: int) -> int:
        if not record.about.per_minute:
            return AHEAD
        since = now - self._next_at.get(record.id, 0)
        return 0 if since < 0 else min(AHEAD, 1 + int(min(since, BURST_MS) / _every(record)))


def _every(record: Record) -> float:
    """Milliseconds between two messages, at the broadcast's own pace."""
    return 60_000 / (record.about.per_minute or 1)
