"""What does somebody see who looks at everything?"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import aclosing
from typing import Annotated, Literal

import msgspec
from aiohttp import web

from admin.access.audit import Audit
from admin.access.principal import Role
from admin.http.endpoint import EVENTS, Asked, Endpoint
from admin.http.pages import Cursor, Limit, Page
from admin.http.problems import Problem
from admin.http.streaming import Stream
from admin.instances import Instances
from admin.library import Library
from admin.outside import Unreachable
from admin.overview.acts import Acts, AuditLine
from admin.overview.standing import Standing
from admin.overview.surveying import Surveyor
from admin.overview.tailing import Filter, Told, follow
from admin.prometheus import Alert, Prometheus
from admin.steering.asking import chat_of
from admin.steering.entries import check_entry_id
from shared.events import TYPES, to_json
from shared.service import Platform

FOLLOWED = 50  # instances of one tail: each is looked at four times a second
LINES = "application/x-ndjson"
Optional = Annotated[str, msgspec.Meta(max_length=100, description="The WhatsApp instance; empty: all of them.")]


class OverviewAsked(msgspec.Struct, frozen=True, kw_only=True):
    """Of which instance."""

    instance: Optional = ""


class TailAsked(msgspec.Struct, frozen=True, kw_only=True):
    """Which facts, and how they are told."""

    instance: Optional = ""
    types: Annotated[
        str, msgspec.Meta(max_length=500, description="Beginnings of their types, with commas between: `send.,reply.`.")
    ] = ""
    chat: Annotated[str, msgspec.Meta(max_length=60, description="Only of this chat.")] = ""
    format: Annotated[
        Literal["sse", "jsonl"], msgspec.Meta(description="Server-sent events, or one JSON object a line.")
    ] = "sse"


class AuditAsked(msgspec.Struct, frozen=True, kw_only=True):
    """Of which instance; with none, what is of no instance: tokens, logins, the clinics' texts."""

    instance: Optional = ""
    cursor: Cursor = ""
    limit: Limit = 50


class Overview:
    """How things stand, what happens, and who did what."""

    def __init__(
        self, platform: Platform, instances: Instances, surveyor: Surveyor, audit: Audit, prometheus: Prometheus,
        library: Library,
    ) -> None:  # fmt: skip
        self._library = library
        self._redis, self._instances, self._prometheus = platform.redis, instances, prometheus
        self._surveyor = surveyor
        self._acts = Acts(platform.redis, audit)
        self.endpoints = [
            Endpoint("GET", "/admin/overview", Role.VIEWER, self.read, "overview"),
            Endpoint("GET", "/admin/events", Role.VIEWER, self.tail, "overview", produces=EVENTS),
            Endpoint("GET", "/admin/audit", Role.VIEWER, self.audit, "overview"),
        ]

    async def read(self, asked: Asked[OverviewAsked, None]) -> Standing:
        """How everything stands: what waits, chats by status, today's figures, connections, alerts."""
        name = asked.query.instance
        names = [await self._instances.require(name)] if name else await self._instances.names()
        standing, (alerts, problem) = await asyncio.gather(self._surveyor.standing(names), self._alerts())
        told = msgspec.structs.replace(standing, alerts=alerts, alerts_problem=problem)
        broken = [f"a clinic's file is broken: {why}" for why in await self._library.mistakes()]
        return msgspec.structs.replace(told, status="degraded", reasons=[*broken, *told.reasons]) if broken else told

    async def tail(self, asked: Asked[TailAsked, None]) -> web.StreamResponse:
        """Facts as they happen, for as long as somebody listens.

        Server-sent events carry the log's entry as their id; of one instance a client that comes back with
        `Last-Event-ID` misses nothing. As JSON lines, an empty line now and then is a sign of life. Whoever reads
        nothing for half a minute is hung up on.
        """
        query, request = asked.query, asked.request
        names = [await self._instances.require(query.instance)] if query.instance else await self._instances.names()
        if len(names) > FOLLOWED:
            detail = f"add `?instance=`: there are {len(names)} instances, and at most {FOLLOWED} are followed at once"
            raise Problem(400, detail, parameter="instance")
        wanted = Filter(_types(query.types), chat_of(query.chat) if query.chat else "")
        last = request.headers.get("Last-Event-ID", "")
        after = check_entry_id(last, "Last-Event-ID") if last and query.instance else ""
        sse = query.format == "sse"
        stream = Stream(request, {"Content-Type": EVENTS if sse else LINES})
        if await stream.begin(b": listening\n\n" if sse else b"\n"):
            async with aclosing(follow(self._redis, names, wanted, after)) as batches:
                async for batch in batches:
                    if not await stream.give(_events(batch) if sse else _lines(batch)):
                        break
        return stream.response

    async def audit(self, asked: Asked[AuditAsked, None]) -> Page[AuditLine]:
        """Who did what, the newest first."""
        name = asked.query.instance
        instance = await self._instances.require(name) if name else ""
        return await self._acts.page(instance, asked.query.cursor, asked.query.limit)

    async def _alerts(self) -> tuple[list[Alert] | None, str]:
        if not self._prometheus.is_set:
            return None, ""
        try:
            return await self._prometheus.alerts(), ""
        except Unreachable as why:
            return None, f"Prometheus cannot be asked: {why}"


def _types(given: str) -> tuple[str, ...]:
    wanted = tuple(word for part in given.split(",") if (word := part.strip()))
    for word in wanted:
        if not any(name.startswith(word) for name in TYPES):
            raise Problem(400, f"no type of fact begins with {word!r}; there are {', '.join(TYPES)}", parameter="types")
    return wanted


def _events(batch: Sequence[Told]) -> Iterator[bytes]:
    for told in batch:
        yield b"id: %s\ndata: %s\n\n" % (told.entry.encode(), msgspec.json.encode(to_json(told.event)))
    if not batch:
        yield b": still here\n\n"


def _lines(batch: Sequence[Told]) -> Iterator[bytes]:
    for told in batch:
        yield msgspec.json.encode(to_json(told.event)) + b"\n"
    if not batch:
        yield b"\n"
