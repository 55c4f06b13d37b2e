"""What does the doctor look at, and whom does it ask?"""

import asyncio
from typing import Any

import msgspec
from redis.exceptions import ResponseError

from admin.access.principal import Role
from admin.doctoring import checks
from admin.doctoring.checks import Check
from admin.doctoring.lately import Lately
from admin.doctoring.neighbours import of_gateway, of_hooks, of_ingest
from admin.gateway import Gateway
from admin.http.endpoint import Asked, Endpoint, Nothing
from admin.http.problems import Problem
from admin.instances import Instances
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
        self, platform: Platform, settings: AdminSettings, instances: Instances, library: Library, gateway: Gateway,
        outside: Outside,
    ) -> None:  # fmt: skip
        self._redis, self._clock, self._settings = platform.redis, platform.clock, settings
        self._instances, self._library, self._gateway, self._outside = instances, library, gateway, outside
        self._workers, self._lately = Workers(platform.redis), Lately(platform.scripts, platform.clock)
        self.endpoints = [Endpoint("GET", "/admin/doctor", Role.OPERATOR, self.read, "settings")]

    async def read(self, asked: Asked[Nothing, None]) -> Diagnosis:
        """Look at Redis, clocks, services, the gateway, webhooks, the clinics' files, and say how to mend each."""
        url = self._settings.ingest_public_url.rstrip("/")
        found = await asyncio.gather(
            self._of_redis(), self._of_services(), self._of_clinics(), of_gateway(self._gateway),
            of_ingest(self._outside, url),
            of_hooks(self._gateway, url, await self._instances.names(), self._lately),
        )  # fmt: skip
        every = [check for those in found for check in those] + [checks.tokens(self._settings)]
        worst = next((word for word in ("failed", "warning") if any(check.status == word for check in every)), "ok")
        return Diagnosis(status=worst, checks=every)

    async def _of_redis(self) -> list[Check]:
        info: Any = await self._redis.info()
        try:
            config: Any = await self._redis.config_get("appendfsync")
        except ResponseError:  # a hosted Redis may not let itself be asked
            config = {}
        before = self._clock.now_ms()
        seconds, microseconds = await self._redis.time()
        clock = checks.clock(before, int(seconds) * 1000 + int(microseconds) // 1000, self._clock.now_ms())
        return [checks.version(info), checks.persistence(info, config), checks.memory(info), clock]

    async def _of_services(self) -> list[Check]:
        return [checks.services(await self._workers.alive())]

    async def _of_clinics(self) -> list[Check]:
        try:
            return [checks.ok("clinics", ", ".join(clinic.id for clinic in await self._library.clinics()))]
        except Problem as problem:
            return [checks.failed("clinics", problem.detail, "mend the file, or set CLINICS_DIR and CLINIC_DEFAULT")]
