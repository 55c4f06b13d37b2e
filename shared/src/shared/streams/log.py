"""How is a fact written down when no entry is consumed for it? Once, however often it is told."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import redis.asyncio as aioredis

from shared.errors import QueueFull, Undecodable
from shared.events import AnyEvent, Event, decode, encode
from shared.streams import keys
from shared.streams.broken import LEFT_OUT, Complaints
from shared.streams.roster import due_hint, views_hint, wake_ups
from shared.streams.scripts import Scripts
from shared.telemetry import metrics

ECHO_LIFE_MS = 3_600_000  # proof of a send is looked for within minutes; an hour covers a long outage
RECORDED_ALONE = 2
RECORDED_AND_FREED = 3
CHAT_LIFE_MS = 90 * 86_400_000  # a patient who comes back within three months is known

INTERRUPTED_LIFE_MS = 86_400_000  # a question of the bot is not waited for as long as this


@dataclass(frozen=True, slots=True)
class Echo:
    """What the gateway says it sent: kept for a while as proof for sends whose outcome is unknown."""

    digest: str
    """`shared.events.content_digest` of what was sent."""
    message_id: str
    chats: tuple[str, ...]
    """Every name that the gateway gave the chat."""
    at: int
    """When, in milliseconds."""

    @property
    def member(self) -> str:
        return " ".join((self.message_id, *self.chats))


class Log:
    """Appends facts to an instance's log, and the work that they bring to its stream."""

    def __init__(self, scripts: Scripts, *, log_maxlen: int, bound: int, seen_life_s: int) -> None:
        self._scripts = scripts
        self._log_maxlen = log_maxlen
        self._bound = bound
        self._seen_life_ms = seen_life_s * 1000
        self._complaints = Complaints("ingest")

    async def append(
        self,
        event: Event,
        *,
        dedupe: str,
        work: str = "",
        echo: Echo | None = None,
        contact: str = "",
        staff_message_id: str = "",
        spare: bool = False,
    ) -> bool:
        """Record `event` unless `dedupe` was recorded within the memory's life. False: it was.

        `work` is the stream that gets the event as work. `contact` is a chat that wrote to us: sends that waited for
        that become due. `staff_message_id` is given when staff wrote: the chat remembers the time. Raises QueueFull
        when the work stream is at its bound, unless the work is `spare`: then only the fact is recorded.
        """
        i = event.instance
        names = [
            keys.seen(i, dedupe), keys.events(i), work or keys.inbound(i),
            keys.echoes(i, echo.digest if echo else ""), keys.contacts(i),
            keys.staff_spoke(i, event.chat), keys.sent(i, staff_message_id), keys.due(i), keys.awaiting(i, contact),
            keys.interrupted(i, event.chat),
        ]  # fmt: skip
        args: list[str | bytes | int] = [
            self._seen_life_ms, self._log_maxlen, encode(event), self._work_bound if work else 0,
            echo.member if echo else "", echo.at if echo else 0, ECHO_LIFE_MS, contact,
            event.recorded_at if staff_message_id else "", CHAT_LIFE_MS, int(spare),
            INTERRUPTED_LIFE_MS,
        ]  # fmt: skip
        hints: list[tuple[str | int, ...]] = [
            ("SADD", keys.INSTANCES, i), *(wake_ups(i, [work]) if work else [views_hint(i)]),
        ]  # fmt: skip
        told = await self._scripts.run("append", names, args, then=hints)
        reply = int(told[0])
        for key in told[1:]:
            self._complaints.about(key.decode(), "is of a wrong type", LEFT_OUT)
        if reply < 0:
            raise QueueFull(f"{work} is at its bound of {self._bound}")
        if reply == RECORDED_ALONE:
            metrics.WORK_SPARED.inc()
        if reply == RECORDED_AND_FREED:
            await self._scripts.call(*due_hint(i, event.recorded_at))
        return reply > 0

    @property
    def _work_bound(self) -> int:
        return self._bound or 1 << 53


async def read_log(
    client: aioredis.Redis, instance: str, start: str = "-"
) -> AsyncIterator[tuple[str, AnyEvent | str]]:
    """Every fact of a log with its entry id, oldest first; one that cannot be read comes as its reason."""
    while True:
        batch: Any = await client.xrange(keys.events(instance), min=start, count=1000)
        for id_, fields in batch:
            try:
                yield id_.decode(), decode(fields[b"e"])
            except (Undecodable, KeyError) as error:
                yield id_.decode(), str(error)
        if not batch:
            return
        start = "(" + batch[-1][0].decode()
