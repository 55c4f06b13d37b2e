"""Should the bot be quiet everywhere? In one instance, or in all of a clinic's."""

from typing import Annotated

import msgspec

from admin.access.principal import Role
from admin.conversations.shapes import PauseBody
from admin.http.endpoint import Asked, Endpoint
from admin.http.problems import Problem
from admin.instances import Instances
from admin.library import Library
from admin.steering.act import Act, Steering
from admin.steering.asking import ClinicName
from admin.steering.moments import end_of
from admin.steering.pauses import FOREVER_MS
from admin.steering.telling import Telling
from shared.events import BotPaused, BotResumed
from shared.service import Platform
from shared.streams import keys


class BotAsked(msgspec.Struct, frozen=True, kw_only=True):
    """One instance, or all of a clinic's."""

    instance: Annotated[str, msgspec.Meta(max_length=100, description="The WhatsApp instance.")] = ""
    clinic: ClinicName = ""


class BotState(msgspec.Struct, frozen=True, kw_only=True):
    """What the bot does now, and where."""

    instances: list[str]
    paused: bool
    paused_until: int | None = None
    """None: without an end."""


class Bot:
    """The bot as a whole. Each instance is changed by a step of its own: they may live on different nodes."""

    def __init__(self, platform: Platform, instances: Instances, library: Library) -> None:
        self._instances, self._library, self._clock = instances, library, platform.clock
        self._steering, self._telling = Steering(platform), Telling(platform.clock)
        self.endpoints = [
            Endpoint("POST", "/admin/bot/pause", Role.OPERATOR, self.pause, "bot", again=True),
            Endpoint("POST", "/admin/bot/resume", Role.OPERATOR, self.resume, "bot", again=True),
        ]

    async def pause(self, asked: Asked[BotAsked, PauseBody]) -> BotState:
        """Keep the bot quiet in an instance, or in all of a clinic's. What patients write is kept and shown."""
        names, body = await self._meant(asked.query), asked.body
        until = end_of(body.minutes, body.until, self._clock.now_ms())
        for name in names:
            act = Act(name).put(keys.bot(name), {"paused_until": until or FOREVER_MS, "by": asked.who.name})
            fact = self._telling.fact(BotPaused, name, by=asked.who.name, until=until, why=body.reason)
            await self._steering.do(act.fact(fact))
        return BotState(instances=names, paused=True, paused_until=until)

    async def resume(self, asked: Asked[BotAsked, None]) -> BotState:
        """Let the bot answer again. Chats that were taken or paused on their own stay so."""
        names = await self._meant(asked.query)
        for name in names:
            act = Act(name).drop(keys.bot(name), "paused_until", "by")
            await self._steering.do(act.fact(self._telling.fact(BotResumed, name, by=asked.who.name)))
        return BotState(instances=names, paused=False)

    async def _meant(self, query: BotAsked) -> list[str]:
        if bool(query.instance) == bool(query.clinic):
            detail = "add either `?instance=` or `?clinic=`: where is the bot meant?"
            raise Problem(400, detail, parameter="instance")
        if query.instance:
            return [await self._instances.require(query.instance)]
        clinic = await self._library.of(query.clinic)
        known = await self._library.answers(clinic, await self._instances.names())
        names = sorted({*clinic.instances, *known})
        if not names:
            raise Problem(409, f"nothing has come from an instance of {clinic.id} yet", parameter="clinic")
        return names
