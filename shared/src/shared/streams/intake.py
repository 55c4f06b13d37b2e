"""How does an entry become a delivery? Decoded, with its tries so far; what is no event of ours is set aside."""

import time
from collections.abc import Awaitable, Callable, Collection, Sequence

from shared import ids
from shared.errors import NotOurs, Undecodable
from shared.events import AnyEvent, EntryDeadLettered, decode
from shared.streams import keys
from shared.streams.delivery import Delivery, Done, Entry, Flight, Owner
from shared.streams.progress import Progress, parse
from shared.streams.tools import Tools
from shared.telemetry import logs, metrics

_log = logs.get(__name__)


class Intake:
    """Reads one lane's streams, in their order of precedence. An entry is given out once, however often it is read."""

    def __init__(self, tools: Tools, owner: Owner, streams: Sequence[str]) -> None:
        self._tools = tools
        self._owner = owner
        self._streams = streams
        self._known: set[tuple[str, str]] = set()
        self._checked_at = time.monotonic()
        self._unsure = True
        """There may be entries that were handed to us, or to an earlier holder, and that we do not know of."""
        self._more = dict.fromkeys(streams, True)
        """Where there may be entries that nobody has read yet."""

    @property
    def more(self) -> bool:
        """There may be entries that nobody has read yet."""
        return any(self._more.values())

    def poke(self) -> None:
        """Something may have come in."""
        self._more = dict.fromkeys(self._streams, True)

    def __len__(self) -> int:
        return len(self._known)

    def forget(self, entry: Entry) -> None:
        """The entry is ended."""
        self._known.discard((entry.stream, entry.id))

    async def next(self, enough: Collection[str] = ()) -> list[Flight]:
        """What comes next: first what was left behind, if there may be such, then what has come in.

        Nothing new is read of the streams of which the caller has `enough`.
        Raises NotOurs when the lane is another's by now. After any other error the answer may be lost that names what
        was handed to us: it counts as left behind, and is found before anything newer is read.
        """
        try:
            return await (self._left_behind() if self._unsure else self._new(enough))
        except BaseException:
            self._unsure = True
            raise

    async def _new(self, enough: Collection[str]) -> list[Flight]:
        count = self._tools.settings.stream_read_count

        async def read(stream: str) -> list[Entry]:
            if stream in enough or not self._more[stream]:
                return []
            self._more[stream] = False
            entries = await self._tools.reader.new(self._owner, stream, count)
            self._more[stream] = self._more[stream] or len(entries) >= count
            return entries

        return await self._from_all(read)

    async def _left_behind(self) -> list[Flight]:
        """What was handed out and not ended: ours now, whatever its idle time, for the lane is ours."""
        found = await self._from_all(lambda stream: self._tools.reader.abandoned(self._owner, stream, 0))
        self._unsure = False
        return found

    async def abandoned(self) -> list[Flight]:
        """What some other consumer of the group has left alone too long: an older version, a person at a prompt.

        It is also noticed when we were handed more than we know of: a read that we gave up may reach Redis late.
        """
        idle_ms = self._tools.settings.stream_claim_idle_ms
        if time.monotonic() - self._checked_at < idle_ms / 3000:
            return []
        self._checked_at = time.monotonic()

        async def claim(stream: str) -> list[Entry]:
            ours, others = await self._tools.reader.pending(stream)
            if ours > sum(known == stream for known, _ in self._known):
                self._unsure = self._more[stream] = True
            if others:
                return await self._tools.reader.abandoned(self._owner, stream, idle_ms)
            return []

        try:
            return await self._from_all(claim)
        except BaseException:
            self._unsure = True
            raise

    async def _from_all(self, read: Callable[[str], Awaitable[list[Entry]]]) -> list[Flight]:
        flights: list[Flight] = []
        try:
            for stream in self._streams:
                flights += await self._accept(await read(stream))
        except BaseException:
            for flight in flights:  # nobody gets them now: they are to be found again
                self.forget(flight.delivery.entry)
            raise
        return flights

    async def _accept(self, entries: Sequence[Entry]) -> list[Flight]:
        fresh = [entry for entry in entries if (entry.stream, entry.id) not in self._known]
        events = [(entry, event) for entry in fresh if (event := await self._decoded(entry)) is not None]
        if not events:
            return []
        names = [event.id for _, event in events]
        stored = await self._tools.scripts.call("HMGET", keys.progress(self._owner.instance), *names)
        return [self._flight(entry, event, parse(data)) for (entry, event), data in zip(events, stored, strict=True)]

    def _flight(self, entry: Entry, event: AnyEvent, progress: Progress) -> Flight:
        self._known.add((entry.stream, entry.id))
        if entry.claimed:
            metrics.CLAIMED.labels(self._tools.service).inc()
        delivery = Delivery(entry, event, progress, self._owner.fence, read_at=time.monotonic())
        ready_at = 0 if progress.since else progress.retry_at  # an outcome that is sought is looked for at once
        return Flight(delivery, keys.is_vip(entry.stream), ready_at)

    async def _decoded(self, entry: Entry) -> AnyEvent | None:
        try:
            return self._event_of(entry)
        except Undecodable as error:
            await self._bury(entry, str(error))
            return None

    def _event_of(self, entry: Entry) -> AnyEvent:
        if entry.trimmed:
            raise Undecodable("the entry was trimmed while it was pending; what it said is lost")
        if entry.data is None:
            raise Undecodable("the entry has no field `e`: it was written by somebody else")
        event = decode(entry.data)
        if event.instance != self._owner.instance:
            raise Undecodable(f"the event is about instance {event.instance!r}")
        return event

    async def _bury(self, entry: Entry, reason: str) -> None:
        now = self._tools.clock.now_ms()
        fact = EntryDeadLettered(
            id=ids.new(self._tools.clock), instance=self._owner.instance, occurred_at=now, recorded_at=now,
            stream=entry.stream, entry_id=entry.id, reason=reason, attempts=0,
        )  # fmt: skip
        _log.warning("poisoned_entry", stream=entry.stream, entry=entry.id, reason=reason)
        metrics.HANDLED.labels(self._tools.service, "poisoned").inc()
        outcome = Done((fact,), dead=reason)
        if entry.trimmed:
            await self._tools.committer.record(self._owner, fact)
            return
        try:
            await self._tools.committer.done(self._owner, entry, entry.id, outcome, Progress())
        except NotOurs as why:
            _log.info("poisoned_entry_not_ours", entry=entry.id, why=str(why))
