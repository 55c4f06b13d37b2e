"""What can be done with the clinic's numbers? Make one, connect it, have the gateway post to us, set its pace."""

import asyncio
from bisect import bisect_right
from collections.abc import Awaitable, Sequence
from typing import Any
from urllib.parse import quote

import msgspec

from admin.access.principal import Role
from admin.gateway import UNSET, Gateway, GatewayInstance, Hook, Qr, hook_to
from admin.http.endpoint import Asked, Endpoint, Nothing, Reply, etag
from admin.http.pages import cursor_of, parts_of
from admin.http.problems import Problem
from admin.instances import Instances, check_name
from admin.library import Library
from admin.messages.addressing import Addressing
from admin.numbers import limits
from admin.numbers.hearing import last_heard
from admin.numbers.limits import Limits
from admin.numbers.shapes import NewInstance, Number, NumberInFull, NumberList, NumbersAsked, OneInstance
from admin.settings import AdminSettings
from admin.steering.act import Act, Steering
from admin.steering.matching import changed, check_match
from admin.steering.pauses import FOREVER_MS, paused_until
from admin.steering.telling import Telling
from admin.views.model import Connection
from admin.views.views import Views
from shared.service import Platform

WEBHOOK = "/webhooks/evolution/"


class InstancesDesk:
    """The clinic's numbers, here and at the gateway."""

    def __init__(
        self, platform: Platform, settings: AdminSettings, instances: Instances, views: Views, library: Library,
        gateway: Gateway,
    ) -> None:  # fmt: skip
        self._redis, self._scripts, self._instances, self._views = platform.redis, platform.scripts, instances, views
        self._library, self._gateway, self._settings, self._clock = library, gateway, settings, platform.clock
        self._steering, self._telling = Steering(platform), Telling(platform.clock)
        self._addressing = Addressing(platform.redis, library)
        all_, one, tag, operator = "/admin/instances", "/admin/instances/{instance}", "instances", Role.OPERATOR
        self.endpoints = [
            Endpoint("GET", all_, Role.VIEWER, self.list, tag),
            Endpoint("POST", all_, operator, self.create, tag, status=201),
            Endpoint("GET", one, Role.VIEWER, self.read, tag),
            Endpoint("GET", f"{one}/qr", operator, self.qr, tag),
            Endpoint("POST", f"{one}/webhook", operator, self.set_webhook, tag, again=True),
            Endpoint("GET", f"{one}/limits", Role.VIEWER, self.limits, tag),
            Endpoint("PUT", f"{one}/limits", operator, self.set_limits, tag),
        ]

    async def list(self, asked: Asked[NumbersAsked, None]) -> NumberList:
        """Every instance that we or the gateway know, by their names, page by page.

        Where there is none, those that the clinics' files name.
        """
        problem, there = "", {}
        try:
            there = {one.name: one for one in await self._gateway.instances()}
        except Problem as trouble:
            problem = trouble.detail
        known = set(await self._instances.names())
        names, more = _part(sorted({*known, *there} or await self._library.named()), asked.query)
        items = await asyncio.gather(*(self._number(name, name in known, there.get(name)) for name in names))
        return NumberList(items=items, next=cursor_of(names[-1]) if more else None, gateway_problem=problem)

    async def read(self, asked: Asked[OneInstance, None]) -> NumberInFull:
        """One instance: its state, whether its webhook points to us, its pace."""
        name, problem = check_name(asked.query.instance), ""
        there: GatewayInstance | None = None
        hook: Hook | None = None
        try:
            there = await self._gateway.instance(name)
            hook = await self._gateway.hook(name) if there else None
        except Problem as trouble:
            problem = trouble.detail
        problem = problem if self._gateway.is_set else UNSET
        known = name in await self._instances.names()
        if there is None and not known:
            raise Problem(404, f"neither we nor the gateway know an instance {name!r}", parameter="instance")
        wanted, (pace, _) = self._hook_url(name), await limits.read(self._redis, name)
        until = await paused_until(self._redis, name, self._clock.now_ms())
        return NumberInFull(
            number=await self._number(name, known, there), hook=hook, hook_wanted=wanted, gateway_problem=problem,
            hook_is_ours=bool(wanted and hook and hook.enabled and hook.url == wanted), limits=pace,
            bot_paused=until is not None, bot_paused_until=None if until == FOREVER_MS else until,
        )  # fmt: skip

    async def create(self, asked: Asked[Nothing, NewInstance]) -> Reply[GatewayInstance]:
        """Make an instance at the gateway, posting to us. Then show its QR code to the phone."""
        body, name = asked.body, check_name(asked.body.name, "name")
        number = await self._own_number(name, body.number) if body.number else ""
        hook = self._hook(name) if body.webhook else None
        await self._acting(asked.who.name, "instance.create", name, self._gateway.create(name, number, hook))
        made = await self._gateway.instance(name) or GatewayInstance(name=name)
        location = f"/admin/instances/{quote(name, safe='')}"
        return Reply(made, status=201, headers={"Location": location})

    async def qr(self, asked: Asked[OneInstance, None]) -> Qr:
        """What the phone scans (WhatsApp, linked devices). Ask again every few seconds while it is shown."""
        return await self._gateway.qr(check_name(asked.query.instance))

    async def set_webhook(self, asked: Asked[OneInstance, None]) -> Hook:
        """Have the gateway post everything of this instance to us. INGEST_PUBLIC_URL and WEBHOOK_TOKEN say how."""
        name = check_name(asked.query.instance)
        hook = self._hook(name)
        await self._acting(asked.who.name, "instance.webhook", name, self._gateway.set_hook(name, hook))
        return await self._gateway.hook(name)

    async def limits(self, asked: Asked[OneInstance, None]) -> Limits:
        """The instance's own pace. Its ETag goes into `If-Match` of a change."""
        found, _ = await limits.read(self._redis, await self._instances.require(asked.query.instance))
        return found

    async def set_limits(self, asked: Asked[OneInstance, Limits]) -> Reply[Limits]:
        """Set the instance's own pace, all of it, at once and on every replica. Null: as the settings say."""
        instance, new = await self._instances.require(asked.query.instance), asked.body
        old, stored = await limits.read(self._redis, instance)
        check_match(asked.request, old)
        given = {name: value for name, value in msgspec.structs.asdict(new).items() if value is not None}
        pace = ", ".join(f"{name}={value:g}" for name, value in given.items()) or "as the settings say"
        act = limits.change(instance, stored, new)
        act.fact(self._telling.acted(asked.who.name, "instance.limits", instance, pace=pace))
        if await self._steering.do(act):
            raise changed()
        return Reply(new, headers={"ETag": etag(msgspec.json.encode(new))})

    async def _number(self, name: str, known: bool, there: GatewayInstance | None) -> Number:
        connection, heard = Connection(instance=name), None
        if known:
            connection, heard = await asyncio.gather(self._views.connection(name), last_heard(self._scripts, name))
        try:
            clinic = (await self._library.of_instance(name)).id
        except Problem:
            clinic = ""
        return Number(instance=name, known=known, clinic=clinic, connection=connection, heard_at=heard, gateway=there)

    async def _own_number(self, name: str, given: str) -> str:
        return (await self._addressing.reading(name, [given])).recipient(given, "number")

    def _hook_url(self, name: str) -> str:
        base = self._settings.ingest_public_url.rstrip("/")
        return f"{base}{WEBHOOK}{quote(name, safe='')}" if base else ""

    def _hook(self, name: str) -> dict[str, Any]:
        token = self._settings.webhook_token
        if not self._settings.ingest_public_url or not token:
            missing = "WEBHOOK_TOKEN" if self._settings.ingest_public_url else "INGEST_PUBLIC_URL"
            detail = f"set {missing} of the admin service: the gateway has to know where to post, and with which token"
            raise Problem(409, detail, parameter="webhook")
        return hook_to(self._hook_url(name), token)

    async def _acting(self, who: str, action: str, name: str, doing: Awaitable[None]) -> None:
        """What is done at the gateway is told when it answered, or when nobody knows whether it did it."""
        try:
            await doing
        except Problem as problem:
            if problem.status == 503:
                await self._tell(who, action, name, f"unknown: {problem.detail}")
            raise
        await self._tell(who, action, name, "done")

    async def _tell(self, who: str, action: str, name: str, outcome: str) -> None:
        await self._steering.do(Act(name).fact(self._telling.acted(who, action, name, outcome=outcome)))


def _part(names: Sequence[str], asked: NumbersAsked) -> tuple[Sequence[str], bool]:
    """Those of a page, and whether there are more."""
    start = bisect_right(names, parts_of(asked.cursor, 1)[0]) if asked.cursor else 0
    return names[start : start + asked.limit], len(names) > start + asked.limit
