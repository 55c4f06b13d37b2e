"""What does every service stand on? Redis, scripts, traces, a clock, and a name for this replica."""

import os
import secrets
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass

import redis.asyncio as aioredis
from aiohttp import web

from shared.clock import SYSTEM, Clock
from shared.errors import SettingsError
from shared.settings import ServiceSettings, StreamSettings
from shared.streams.connection import connect
from shared.streams.scripts import Scripts
from shared.telemetry.tracing import Tracing


@dataclass(frozen=True)
class Platform:
    """The means that a service is built on."""

    service: str
    replica: str
    settings: ServiceSettings
    streams: StreamSettings
    redis: aioredis.Redis
    scripts: Scripts
    tracing: Tracing
    clock: Clock

    async def running(self, _app: web.Application) -> AsyncIterator[None]:
        """For `cleanup_ctx`, first in line: closed last."""
        yield
        await self.redis.aclose()
        self.tracing.shutdown()


PLATFORM = web.AppKey("PLATFORM", Platform)


def new_platform(service: str, settings: ServiceSettings, streams: StreamSettings, clock: Clock = SYSTEM) -> Platform:
    """The platform of one replica of `service`. Nothing is connected yet. Raises SettingsError."""
    replica = settings.replica or f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"
    client = _client(settings.redis_url)
    tracing = Tracing(service, replica, settings.otel_exporter_otlp_endpoint or None)
    return Platform(service, replica, settings, streams, client, Scripts(client), tracing, clock)


def _client(url: str) -> aioredis.Redis:
    try:
        return connect(url)
    except (ValueError, TypeError):  # its text may hold the password
        raise SettingsError("REDIS_URL: expected redis://[user:password@]host[:port][/database]") from None
