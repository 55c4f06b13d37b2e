"""What does one replica of a consuming service do, when a test looks closely?"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

import msgspec
import redis.asyncio as aioredis

from shared import ids
from shared.clock import SYSTEM, Clock
from shared.errors import HandlerSignal
from shared.events import (
    AnyEvent,
    EntryDeadLettered,
    Event,
    SendAccepted,
    SendRequested,
    Text,
    decode,
    following,
)
from shared.events.sends import SendClass
from shared.service.consuming import new_consumer
from shared.service.platform import new_platform
from shared.settings import ServiceSettings, StreamSettings
from shared.streams import keys
from shared.streams.connection import connect, connect_blocking
from shared.streams.delivery import Delivery, Done, Handler, Hold, Owner, Wait, Work
from shared.streams.log import Log
from shared.streams.scripts import Scripts
from shared.telemetry.tracing import Traced
from tests.support.proxy import Proxy

INSTANCE = "wa1"
QUICK = StreamSettings(
    lease_ms=600, stream_block_ms=200, stream_claim_idle_ms=600, drain_s=5, stream_read_count=10, concurrency=16
)
"""Everything ten times as fast as in production."""


def outbound_streams(instance: str) -> tuple[str, str]:
    return keys.outbound_vip(instance), keys.outbound(instance)


def a_send(
    text: str = "oi",
    chat: str = "5511988887777",
    *,
    instance: str = INSTANCE,
    send_class: SendClass = "reply",
    clock: Clock = SYSTEM,
    **about: Any,
) -> SendRequested:
    """A send, ready to be put on a stream."""
    now = clock.now_ms()
    given: dict[str, Any] = {
        "id": ids.new(clock), "instance": instance, "chat": chat, "to": chat, "occurred_at": now, "recorded_at": now,
        "content": Text(text=text), "send_class": send_class,
    }  # fmt: skip
    return SendRequested(**(given | about))


Behave = Callable[[Delivery], Awaitable[Done | Hold | None]]


class Recorder:
    """A handler that writes down what it is given. `behave[text]` are its manners for one message, try by try."""

    counts_tries = False
    takes_turns = False
    takes_turns = False

    def __init__(self, name: str = "r1") -> None:
        self.name = name
        self.begun: list[str] = []
        self.ended: list[str] = []
        self.deliveries: list[Delivery] = []
        self.behave: dict[str, list[Behave | BaseException]] = {}
        self.always: Behave | None = None
        self.busy = 0
        self.most_at_once = 0

    async def admit(self, delivery: Delivery, owner: Owner) -> Delivery | Wait | Done | Hold:
        return delivery

    async def handle(self, delivery: Delivery, span: Traced) -> Done | Hold:
        text = text_of(delivery.event)
        self.begun.append(text)
        self.deliveries.append(delivery)
        self.busy += 1
        self.most_at_once = max(self.most_at_once, self.busy)
        try:
            outcome = await self._behaved(text, delivery)
        finally:
            self.busy -= 1
        if isinstance(outcome, Done):
            self.ended.append(text)
        return outcome

    async def _behaved(self, text: str, delivery: Delivery) -> Done | Hold:
        manners = self.behave.get(text)
        now = manners.pop(0) if manners else self.always
        if isinstance(now, BaseException):
            raise now
        return (await now(delivery) if now else None) or self.done(delivery)

    def done(self, delivery: Delivery, work: Sequence[Work] = ()) -> Done:
        event = delivery.event
        fact = following(
            SendAccepted, event, "accepted", SYSTEM.now_ms(), send_id=event.id, attempt=1, message_id=self.name
        )
        return Done((fact,), work=work)

    async def exhausted(self, delivery: Delivery, reason: str) -> Done:
        fact = following(
            EntryDeadLettered, delivery.event, "dead", SYSTEM.now_ms(), stream=delivery.entry.stream,
            entry_id=delivery.entry.id, reason=reason, attempts=delivery.progress.count,
        )  # fmt: skip
        return Done((fact,), dead=reason)


class Gate:
    """Manners: wait at the gate until it opens."""

    def __init__(self) -> None:
        self.opened = asyncio.Event()
        self.waiting = 0

    async def __call__(self, _delivery: Delivery) -> None:
        self.waiting += 1
        await self.opened.wait()


def failing(*signals: HandlerSignal | Exception) -> list[Behave | BaseException]:
    """Manners: fail so, one try after the other, then succeed."""
    return list(signals)


class Replica:
    """One process's worth of a service, on a wire of its own that `die` cuts."""

    def __init__(
        self, url: str, handler: Handler, *, name: str = "r1", service: str = "sender",
        group: str = keys.OUTBOUND_GROUP, streams_of: Callable[[str], Sequence[str]] = outbound_streams,
        clock: Clock = SYSTEM, **settings: Any,
    ) -> None:  # fmt: skip
        self.handler = handler
        self._wire = Proxy.before(url)
        self._url = url
        self._about = name, service, group, streams_of, clock
        self._settings = msgspec.structs.replace(QUICK, **settings)

    @property
    def wire(self) -> Proxy:
        return self._wire

    async def start(self) -> "Replica":
        name, service, group, streams_of, clock = self._about
        await self._wire.__aenter__()
        platform = new_platform(
            service, ServiceSettings(redis_url=self._wire.url(self._url), replica=name), self._settings, clock
        )
        self.platform = platform
        self._blocking = connect_blocking(platform.settings.redis_url, self._settings.stream_block_ms)
        self.consumer = new_consumer(platform, self._blocking, self.handler, group=group, streams_of=streams_of)
        await self.consumer.start()
        return self

    async def stop(self) -> None:
        """As on SIGTERM."""
        await self.consumer.stop()
        await self._close()

    async def die(self) -> None:
        """As on kill -9: nothing more reaches Redis, not even a goodbye."""
        self._wire.refuse()
        tasks = [*self.consumer._tasks.values(), *self.consumer._background]
        for lane in self.consumer._lanes.values():
            tasks += lane._working
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._close()

    async def _close(self) -> None:
        await self._blocking.aclose()
        await self.platform.redis.aclose()
        await self._wire.__aexit__()


@contextlib.asynccontextmanager
async def running(*replicas: Replica) -> AsyncIterator[None]:
    """Start them, and stop those that did not die."""
    started: list[Replica] = []
    try:
        for replica in replicas:
            started.append(await replica.start())
        yield
    finally:
        await asyncio.gather(*(replica.stop() for replica in started), return_exceptions=True)


class Streams:
    """What is in Redis: put in as the product does, and looked at from outside."""

    def __init__(self, client: aioredis.Redis, url: str, instance: str = INSTANCE) -> None:
        self.client = client
        self.instance = instance
        self._writer = connect(url)
        self.scripts = Scripts(self._writer)

    async def aclose(self) -> None:
        await self._writer.aclose()

    async def put(self, *events: Event, stream: str | None = None, bound: int = 0) -> None:
        """Record and hand over as work, as an append does."""
        log = Log(self.scripts, log_maxlen=0, bound=bound, seen_life_s=60)
        for event in events:
            vip = getattr(event, "vip", False)
            work = stream or (keys.outbound_vip if vip else keys.outbound)(event.instance)
            await log.append(event, dedupe=event.id, work=work)

    async def facts(self, kind: type[Event] | None = None) -> list[AnyEvent]:
        entries: Any = await self.client.xrange(keys.events(self.instance))
        found = [decode(fields[b"e"]) for _, fields in entries]
        return [fact for fact in found if kind is None or isinstance(fact, kind)]

    async def accepted(self) -> list[str]:
        """The ids of sends that were accepted, in the log's order."""
        return [fact.send_id for fact in await self.facts(SendAccepted) if isinstance(fact, SendAccepted)]

    async def dead(self) -> list[dict[str, bytes]]:
        entries: Any = await self.client.xrange(keys.dead_letters(self.instance))
        return [{name.decode(): value for name, value in fields.items()} for _, fields in entries]

    async def depth(self) -> int:
        return sum([await self.client.xlen(stream) for stream in outbound_streams(self.instance)])

    async def idle(self) -> bool:
        """Nothing waits, nothing is pending and no progress is left behind."""
        if await self.depth() or await self.client.hlen(keys.progress(self.instance)):
            return False
        return not any([await self.pending(stream) for stream in outbound_streams(self.instance)])

    async def pending(self, stream: str) -> int:
        if not await self.client.exists(stream):
            return 0
        groups: Any = await self.client.xinfo_groups(stream)
        return sum(int(group["pending"]) for group in groups)

    async def fence(self, lane: str = "sender") -> int:
        return int(await self.client.get(keys.fence(self.instance, lane)) or 0)

    async def lease(self, lane: str = "sender") -> str:
        return bytes(await self.client.get(keys.lease(self.instance, lane)) or b"").decode()


def text_of(event: AnyEvent) -> str:
    assert isinstance(event, SendRequested)
    assert isinstance(event.content, Text)
    return event.content.text
