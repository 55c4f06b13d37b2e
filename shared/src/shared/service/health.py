"""Is the service well? `/livez` never asks Redis, `/readyz` does, `/metrics` tells the rest."""

import asyncio

from aiohttp import web
from prometheus_client.aiohttp import make_aiohttp_handler
from redis.exceptions import RedisError

from shared.service.platform import PLATFORM
from shared.telemetry import metrics

REDIS_ANSWERS_S = 1.0
_EXPOSE = make_aiohttp_handler()


async def livez(_request: web.Request) -> web.Response:
    """200 while the process can answer at all."""
    return web.json_response({"status": "ok"})


async def readyz(request: web.Request) -> web.Response:
    """200 when Redis answers, 503 with the reason when it does not."""
    problem = await _ask_redis(request.app)
    if problem:
        return web.json_response({"status": "unavailable", "redis": problem}, status=503)
    return web.json_response({"status": "ok"})


async def _metrics(request: web.Request) -> web.StreamResponse:
    """What Prometheus scrapes; whether Redis answers is asked now, so that it is never yesterday's word."""
    await _ask_redis(request.app)
    return await _EXPOSE(request)


async def _ask_redis(app: web.Application) -> str:
    """Why Redis does not answer; empty when it does."""
    try:
        async with asyncio.timeout(REDIS_ANSWERS_S):
            await app[PLATFORM].redis.ping()
    except (RedisError, OSError, TimeoutError) as error:
        metrics.REDIS_UP.set(0)
        return str(error) or type(error).__name__
    metrics.REDIS_UP.set(1)
    return ""


def add_routes(app: web.Application) -> None:
    """The three routes that every service has."""
    app.router.add_get("/livez", livez)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", _metrics)
