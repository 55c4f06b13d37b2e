"""What does the doctor look at, and whom does it ask?"""

import asyncio
from typing import Any

import msgspec
from redis.exceptions import ResponseError

from admin.access.principal import Role
from admin.doctoring import checks
from admin.doctoring.checks import Check
from admin.doctoring.lately import AWAY, Lately
from admin.doctoring.neighbours import of_gateway, of_ingest
from admin.doctoring.posting import of_hooks, of_refused
from admin.gateway import Gateway
from admin.http.endpoint import Asked, Endpoint, Nothing
from admin.http.problems import Problem
from admin.library import Library
from admin.outside import Outside
from admin.settings import AdminSettings
from admin.streams.workers import Workers
from shared.service import Platform


class Diagnosis(msgspec.Struct, frozen=True, kw_only=True):
    """What was looked at, and what was found."""

    status: str
    """The worst of the checks: ok, warning or failed."""
    checks: list[Check]


class Doctor:
    """Looks at everything that is often wrong."""

    def __init__(
        self, platform: Platform, settings: AdminSettings, library: Library, gateway: Gateway, outside: Outside,
    ) -> None:  # fmt: skip
        self._redis, self._clock, self._settings = platform.redis, platform.clock, settings
        self._library, self._gateway, self._outside = library, gateway, outside
        self._workers, self._lately = Workers(platform.redis), Lately(platform.scripts, platform.clock)
        self.endpoints = [Endpoint("GET", "/admin/doctor", Role.OPERATOR, self.read, "settings")]

    async def read(self, asked: Asked[Nothing, None]) -> Diagnosis:
        """Look at Redis, clocks, services, the gateway, webhooks, the clinics' files, and say how to mend each."""
        url = self._settings.ingest_public_url.rstrip("/")
        found = await asyncio.gather(
            self._of_redis(), self._of_services(), self._of_clinics(), self._of_gateway(url),
            of_ingest(self._outside, url),
        )  # fmt: skip
        every = [check for those in found for check in those] + [checks.tokens(self._settings)]
        worst = next((word for word in ("failed", "warning") if any(check.status == word for check in every)), "ok")
        return Diagnosis(status=worst, checks=every)

    async def _of_gateway(self, url: str) -> list[Check]:
        """Of the gateway and of what it posts."""
        told, names = await of_gateway(self._gateway)
        hooks = await of_hooks(self._gateway, url, self._settings.webhook_token, names, self._lately)
        refused = of_refused(await self._lately.refused() or {}, self._clock.now_ms())
        return [*told, *hooks, *refused]

    async def _of_redis(self) -> list[Check]:
        try:
            info: Any = await self._redis.info()
            config: Any = await self._appendfsync()
            before = self._clock.now_ms()
            seconds, microseconds = await self._redis.time()
        except AWAY as error:
            return [checks.redis_away(str(error) or type(error).__name__)]
        clock = checks.clock(before, int(seconds) * 1000 + int(microseconds) // 1000, self._clock.now_ms())
        return [checks.version(info), checks.persistence(info, config), checks.memory(info), clock]

    async def _appendfsync(self) -> Any:
        try:
            return await self._redis.config_get("appendfsync")
        except ResponseError:  # a hosted Redis may not let itself be asked
            return {}

    async def _of_services(self) -> list[Check]:
        try:
            return [checks.services(await self._workers.alive())]
        except AWAY:
            return [checks.services_unknown()]

    async def _of_clinics(self) -> list[Check]:
        mistakes = await self._library.mistakes()
        try:
            names = [clinic.id for clinic in await self._library.clinics()]
        except Problem:
            names = []
        return [checks.clinics(names, mistakes)]
