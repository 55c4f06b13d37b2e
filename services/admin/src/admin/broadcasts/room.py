"""What can be done with broadcasts? Start one (or see what it would come to), watch it, stop it."""

import asyncio
from collections import Counter

from admin.access.principal import Role
from admin.broadcasts.listing import Listing, listing, opted_out
from admin.broadcasts.record import About, Record, Records
from admin.broadcasts.runner import AHEAD
from admin.broadcasts.shapes import (
    Broadcast,
    BroadcastBody,
    BroadcastsAsked,
    Numbered,
    OneBroadcast,
    Started,
    Stopped,
    told,
)
from admin.http.endpoint import Asked, Endpoint, Reply
from admin.http.pages import Page, cursor_of, parts_of
from admin.http.problems import Problem
from admin.instances import Instances
from admin.library import Library
from admin.messages.address import shown
from admin.messages.addressing import Addressing
from admin.messages.cancelling import Cancelled, Canceller
from admin.steering.asking import OfInstance, confirmed
from admin.steering.moments import moment
from admin.views.views import Views
from shared.service import Platform

SAMPLES = 3
AT_ONCE = 200  # questions to the views in one round trip


class Broadcasts:
    """The broadcasts of an instance."""

    def __init__(self, platform: Platform, instances: Instances, views: Views, library: Library) -> None:
        self._redis, self._clock, self._instances = platform.redis, platform.clock, instances
        self._views, self._library = views, library
        self._records, self._canceller = Records(platform), Canceller(platform)
        self._addressing = Addressing(platform.redis, library)
        all_, one, tag = "/admin/broadcasts", "/admin/broadcasts/{id}", "broadcasts"
        self.endpoints = [
            Endpoint("POST", all_, Role.OPERATOR, self.start, tag, status=202, also=(200,), again=True),
            Endpoint("GET", all_, Role.VIEWER, self.list, tag),
            Endpoint("GET", one, Role.VIEWER, self.read, tag),
            Endpoint("POST", f"{one}/stop", Role.OPERATOR, self.stop, tag, again=True),
        ]

    async def start(self, asked: Asked[OfInstance, BroadcastBody]) -> Reply[Started]:
        """Send one of the clinic's templates to a list of people, each once.

        Every line is checked first; one that is wrong stops it all. `dry_run` tells what it would come to; to start
        it, `confirm` repeats the instance's name.
        """
        instance, body, now = await self._instances.require(asked.query.instance), asked.body, self._clock.now_ms()
        clinic = await self._library.of_instance(instance)
        reading = await self._addressing.reading(instance, [line.to for line in body.recipients])
        found = await asyncio.to_thread(listing, clinic, body, reading)
        starts_at = now if body.send_at is None else moment(body.send_at, now, "send_at")
        language, id_ = body.language or clinic.language, None
        if not body.dry_run:
            confirmed(body.confirm, instance)
            about = About(
                template=body.template, language=language, by=asked.who.name, asked_at=now, starts_at=starts_at,
                per_minute=body.per_minute,
            )  # fmt: skip
            id_ = await self._records.start(instance, about, found.recipients, asked.key)
        started = Started(
            dry_run=body.dry_run, id=id_, recipients=len(found.recipients), duplicates=found.duplicates,
            opted_out=await opted_out(self._redis, instance, found.recipients),
            samples=[one.text for one in found.recipients[:SAMPLES]], completed=found.completed,
            numbers=await asyncio.to_thread(_numbers, found) if body.dry_run else [],
        )  # fmt: skip
        return Reply(started, status=200 if body.dry_run else 202)

    async def list(self, asked: Asked[BroadcastsAsked, None]) -> Page[Broadcast]:
        """The broadcasts of the last 90 days, the newest first."""
        q, now = asked.query, self._clock.now_ms()
        instance = await self._instances.require(q.instance)
        found, more = await self._records.newest(instance, _before(q.cursor), q.limit)
        return Page(items=[told(record, now) for record in found], next=None if more is None else cursor_of(more))

    async def read(self, asked: Asked[OneBroadcast, None]) -> Broadcast:
        """How far one is: how many were requested, and what became of them."""
        record = await self._one(asked.query)
        return told(record, self._clock.now_ms(), await self._outcomes(record))

    async def stop(self, asked: Asked[OneBroadcast, None]) -> Stopped:
        """Stop one. Nobody more is written to; what waits and was not begun is taken back. 409 when it is done.

        Asked again, it takes back what the first time left, should that have died in its middle.
        """
        record, by = await self._one(asked.query), asked.who.name
        left = await self._records.stop(record.instance, record.id, by)
        if left < 0 and record.state != "stopped":
            raise Problem(409, "it has ended already", parameter="id")
        taken = await self._take_back(record.instance, record.id, by)
        left = left if left >= 0 else record.total - record.requested  # an earlier stop died before it took back
        return Stopped(id=record.id, left=left + taken, taken_back=taken)

    async def _take_back(self, instance: str, id_: str, by: str) -> int:
        """The last ones may still wait; as many as the runner lets wait."""
        record = await self._records.read(instance, id_)
        if record is None:
            return 0
        last = range(max(0, record.requested - AHEAD), record.requested)
        came = [await self._canceller.cancel(instance, record.send_id(at), by, "broadcast stopped") for at in last]
        return sum(one is Cancelled.DONE for one in came)

    async def _outcomes(self, record: Record) -> dict[str, int]:
        counts: Counter[str] = Counter()
        for start in range(0, record.requested, AT_ONCE):
            batch = range(start, min(start + AT_ONCE, record.requested))
            found = await asyncio.gather(*(self._views.message(record.instance, record.send_id(at)) for at in batch))
            counts.update("queued" if message is None else message.progress for message in found)
        return dict(counts)

    async def _one(self, query: OneBroadcast) -> Record:
        instance = await self._instances.require(query.instance)
        record = await self._records.read(instance, query.id) if len(query.id) < 100 else None
        if record is None:
            raise Problem(404, f"{instance!r} has no broadcast {query.id[:100]!r}", parameter="id")
        return record


def _numbers(found: Listing) -> list[Numbered]:
    return [Numbered(to=one.to, number=shown(one.to)) for one in found.recipients]


def _before(cursor: str) -> int:
    if not cursor:
        return 0
    (at,) = parts_of(cursor, 1)
    if not at.isdecimal():
        raise Problem(400, "this cursor is of no page here; begin without one", parameter="cursor")
    return int(at)
