"""How does a test run the sender? The real application, in this process, before a gateway that does as it is told."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from sender.app import build
from sender.settings import SenderSettings
from shared.clock import SYSTEM, Clock
from shared.service import new_platform
from shared.settings import StreamSettings, load
from tests.support.gateway import Gateway

QUICK = {"WA_LEASE_MS": "600", "WA_STREAM_BLOCK_MS": "200", "WA_TOKENS_PER_SECOND": "0", "WA_DRAIN_S": "5"}


@asynccontextmanager
async def sender(redis_url: str, gateway: Gateway, *, clock: Clock = SYSTEM, **environ: str) -> AsyncIterator[None]:
    """A sender, quick and unpaced unless `environ` says otherwise."""
    given = {
        "REDIS_URL": redis_url, "EVOLUTION_SERVER_URL": gateway.url, "EVOLUTION_API_KEY": "k", **QUICK, **environ,
    }  # fmt: skip
    settings = load(SenderSettings, given)
    runner = web.AppRunner(build(settings, new_platform("sender", settings, load(StreamSettings, given), clock)))
    await runner.setup()
    try:
        yield
    finally:
        await runner.cleanup()
