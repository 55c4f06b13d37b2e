"""What may be asked for a person's privacy? Their erasure, how it stands, and all that is known of them."""

from collections.abc import AsyncIterator
from typing import Annotated

import msgspec
from aiohttp import web
from msgspec.structs import replace

from admin.access.principal import Role
from admin.http.endpoint import Asked, Endpoint, Reply
from admin.http.problems import Problem
from admin.instances import Instances
from admin.privacy import record
from admin.privacy.log import facts
from admin.privacy.names import person_of
from admin.privacy.reasons import names_them
from admin.privacy.record import Erasure, Order
from admin.steering.asking import Chat, DryRun, InstanceName, OfChat, Reason, chat_of
from admin.views.projecting.projector import plain
from admin.views.views import Views
from shared import ids
from shared.events import AdminActed, encode, to_json
from shared.events.spelling import written_ways
from shared.service import Platform
from shared.streams import keys
from shared.streams.scripts import Scripts

LINES = "application/x-ndjson"


class EraseAsked(msgspec.Struct, frozen=True, kw_only=True):
    """Where."""

    instance: InstanceName
    confirm: Annotated[str, msgspec.Meta(max_length=60, description="The chat again, to do it for good.")] = ""
    dry_run: DryRun = False


class EraseBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom."""

    chat: Chat
    reason: Reason = ""
    """It is kept: it must name nobody."""


class OneErasure(msgspec.Struct, frozen=True, kw_only=True):
    """One erasure."""

    instance: InstanceName
    id: str


class Privacy:
    """Takes orders to erase, and tells people what is kept of them."""

    def __init__(self, platform: Platform, instances: Instances, views: Views) -> None:
        self._platform, self._instances, self._views = platform, instances, views
        operator = Role.OPERATOR
        self.endpoints = [
            Endpoint("POST", "/admin/privacy/erase", operator, self.erase, "privacy", status=202, also=(200,)),
            Endpoint("GET", "/admin/privacy/erasures/{id}", operator, self.erasure, "privacy"),
            Endpoint("GET", "/admin/privacy/export", operator, self.export, "privacy", produces=LINES),
        ]

    async def erase(self, asked: Asked[EraseAsked, EraseBody]) -> Reply[Erasure]:
        """Remove all that is known of a person, and prove it. It cannot be undone."""
        q, body = asked.query, asked.body
        instance, chat = await self._instances.require(q.instance), chat_of(body.chat)
        await self._check_reason(instance, chat, body.reason)
        p, scripts = self._platform, self._platform.scripts
        order = Order(
            id=ids.new(p.clock), chat=chat, by=asked.who.name, reason=body.reason, asked_at=p.clock.now_ms(),
            total=int(await scripts.call("XLEN", keys.events(instance))),
        )  # fmt: skip
        if q.dry_run:
            return Reply(await self._would_be(instance, order), 200)
        _confirmed(q.confirm, body.chat)
        await scripts.call("HSET", keys.erasing(instance), order.id, msgspec.json.encode(order))
        await scripts.call("SADD", keys.ERASING, instance)  # behind it: who looks forgets an instance without orders
        found = await record.read(scripts, instance, order.id)
        assert found is not None
        return Reply(found, 202)

    async def erasure(self, asked: Asked[OneErasure, None]) -> Erasure:
        """How an erasure stands; when it is done: what was removed, and what a scan of every key found afterwards."""
        instance = await self._instances.require(asked.query.instance)
        found = await record.read(self._platform.scripts, instance, asked.query.id)
        if found is None:
            raise Problem(404, f"{instance!r} knows no such erasure", parameter="id")
        return found

    async def export(self, asked: Asked[OfChat, None]) -> web.StreamResponse:
        """All facts that the log has of a person, by every name of theirs, the oldest first, one JSON object a line."""
        instance, chat = await self._instances.require(asked.query.instance), chat_of(asked.query.chat)
        response = web.StreamResponse(headers={
            "Content-Type": LINES, "Cache-Control": "no-store",
            "Content-Disposition": 'attachment; filename="person.ndjson"',
        })  # fmt: skip
        await response.prepare(asked.request)
        count = 0
        async for line in self._lines(instance, chat):
            await response.write(line)
            count += 1
        await self._tell(instance, asked.who.name, count)
        await response.write_eof()
        return response

    async def _lines(self, instance: str, chat: str) -> AsyncIterator[bytes]:
        async with plain(self._platform.settings.redis_url) as client:
            scripts = Scripts(client)
            person = await person_of(chat, lambda person: facts(scripts, instance, person))
            async for event in facts(scripts, instance, person):
                if person.has(event) or person.named_in(encode(event)):
                    yield msgspec.json.encode(to_json(event)) + b"\n"

    async def _tell(self, instance: str, actor: str, count: int) -> None:
        """That somebody's data went out is written down; whose, is not."""
        p, now = self._platform, self._platform.clock.now_ms()
        fact = AdminActed(
            id=ids.new(p.clock), instance=instance, occurred_at=now, recorded_at=now, actor=actor,
            action="privacy.export", touched=count,
        )  # fmt: skip
        bound = ("MAXLEN", "~", p.streams.log_maxlen) if p.streams.log_maxlen else ()
        await p.scripts.call("XADD", keys.events(instance), *bound, "*", "e", encode(fact))

    async def _check_reason(self, instance: str, chat: str, reason: str) -> None:
        chats = sorted(written_ways(chat))
        seen = await self._views.conversation(instance, chat) if reason else None
        if names_them(reason, chats, [seen.name] if seen else []):
            raise Problem(400, "the reason is kept, so it must not name the person", parameter="reason")

    async def _would_be(self, instance: str, order: Order) -> Erasure:
        """What is known of the person by this name: of messages, at least so many facts."""
        chat = await self._views.conversation(instance, order.chat)
        found = Erasure(
            id=order.id, instance=instance, state="waiting", by=order.by, reason=order.reason, asked_at=order.asked_at,
            total=order.total,
        )  # fmt: skip
        return replace(found, facts=chat.messages if chat else 0)


def _confirmed(given: str, chat: str) -> None:
    if not given:
        detail = "add `?confirm=` with the chat again to do this, or `?dry_run=true` to see what it would come to"
        raise Problem(428, detail, parameter="confirm")
    if given != chat:
        raise Problem(400, "`confirm` must repeat the chat", parameter="confirm")
