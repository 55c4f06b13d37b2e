"""How is a backlog skipped without losing it? What nobody works on goes to the dead letters, from where it can return.

Entries that are being worked on stay: those with a try that was begun and has not ended (its outcome may be unknown),
and those that their consumer was given a moment ago. What comes in after the beginning stays as well, and so does what
came in after the dry run that the order names.
"""

from dataclasses import dataclass
from typing import Any

from admin.streams.operations.counted import check_counted
from admin.streams.operations.order import Order
from admin.streams.operations.told import SetAside
from admin.streams.targets import Target
from shared import ids
from shared.errors import Undecodable
from shared.events import EntryDeadLettered, Event, SendDeadLettered, SendRequested, decode, encode, following
from shared.service import Platform
from shared.streams import keys
from shared.streams.progress import Progress, parse

REASON = "skipped by reset-to-latest"
BATCH = 250  # each batch is one script of about a millisecond


@dataclass(frozen=True, slots=True)
class _Found:
    id: str
    event: Event | None

    @property
    def key(self) -> str:
        """The name of its progress."""
        return self.event.id if self.event else self.id


class Skipper:
    """Sets one order's entries aside, stream by stream and batch by batch."""

    def __init__(self, platform: Platform, order: Order) -> None:
        self._redis = platform.redis
        self._scripts = platform.scripts
        self._clock = platform.clock
        self._streams = platform.streams
        self._order = order
        self._story = ids.new(platform.clock)
        self.ends: dict[str, str] = dict(order.counted.ends) if order.counted else {}
        """The newest entry of each stream that the order is about."""

    async def run(self) -> dict[str, SetAside]:
        """What was (or, dry, would be) set aside, and what stays, of each stream.

        Raises Problem 412 when it is more than the order's dry run counted.
        """
        if self._order.counted:
            would = await self._streams_done(dry=True)
            check_counted(self._order.counted, sum(one.touched for one in would.values()))
        return await self._streams_done(dry=self._order.dry_run)

    async def _streams_done(self, *, dry: bool) -> dict[str, SetAside]:
        return {target.name: await self._stream(target, dry=dry) for target in self._order.targets}

    async def _stream(self, target: Target, *, dry: bool) -> SetAside:
        end = self.ends[target.name] = self.ends.get(target.name) or await self._end(target.key)
        start, moved, left, blocked = "-", 0, 0, False
        while True:
            batch = await self._batch(target.key, start, end)
            last = len(batch) < BATCH
            upto = "" if blocked else end if last else batch[-1].id
            counts = await self._set_aside(target, batch, upto, dry=dry)
            moved, left, blocked = moved + counts[0], left + counts[1], blocked or bool(counts[2])
            if last:
                return SetAside(touched=moved, left=left)
            start = "(" + batch[-1].id

    async def _end(self, stream: str) -> str:
        """The id of the newest entry there ever was."""
        if not await self._redis.exists(stream):
            return "0-0"
        about: Any = await self._redis.xinfo_stream(stream)
        return str(about["last-generated-id"], "ascii")

    async def _batch(self, stream: str, start: str, end: str) -> list[_Found]:
        entries: Any = await self._redis.xrange(stream, start, end, count=BATCH)
        return [_Found(id_.decode(), _event(fields)) for id_, fields in entries]

    async def _set_aside(self, target: Target, batch: list[_Found], upto: str, *, dry: bool) -> tuple[int, int, int]:
        i = self._order.instance
        names = [target.key, keys.events(i), keys.progress(i), keys.dead_letters(i)]
        fact = b"" if dry else encode(self._order.fact(self._clock, [target], self._story))
        idle = self._streams.stream_claim_idle_ms
        args: list[str | bytes | int] = [target.group, idle, self._streams.log_maxlen, fact, upto, REASON]
        stored = await self._scripts.call("HMGET", names[2], *(e.key for e in batch)) if batch else []
        for found, data in zip(batch, stored, strict=True):
            progress = parse(data)
            word = "keep" if progress.last and progress.last.is_open else "move"
            args += [found.id, word, found.key, data or b"", encode(self._skipped(target, found, progress))]
        moved, left, blocked = await self._scripts.run("set_aside", names, args)
        return int(moved), int(left), int(blocked)

    def _skipped(self, target: Target, found: _Found, progress: Progress) -> Event:
        purpose, now = f"skipped/{found.id}", self._clock.now_ms()
        match found.event:
            case SendRequested(id=send_id) as send:
                return following(
                    SendDeadLettered, send, purpose, now, send_id=send_id, reason=REASON, attempts=progress.count
                )
            case None:
                return EntryDeadLettered(
                    id=ids.new(self._clock), instance=self._order.instance, occurred_at=now, recorded_at=now,
                    stream=target.key, entry_id=found.id, reason=REASON, attempts=0,
                )  # fmt: skip
            case event:
                return following(
                    EntryDeadLettered, event, purpose, now,
                    stream=target.key, entry_id=found.id, reason=REASON, attempts=progress.count,
                )  # fmt: skip


def _event(fields: dict[bytes, bytes]) -> Event | None:
    try:
        return decode(fields[b"e"])
    except (Undecodable, KeyError):
        return None
