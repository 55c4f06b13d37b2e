"""Is the service well? `/livez` never asks Redis, `/readyz` does, `/metrics` tells the rest."""

from aiohttp import web
from prometheus_client.aiohttp import make_aiohttp_handler
from redis.exceptions import RedisError

from shared.service.platform import PLATFORM
from shared.telemetry import metrics


async def livez(_request: web.Request) -> web.Response:
    """200 while the process can answer at all."""
    return web.json_response({"status": "ok"})


async def readyz(request: web.Request) -> web.Response:
    """200 when Redis answers, 503 with the reason when it does not."""
    try:
        await request.app[PLATFORM].redis.ping()
    except (RedisError, OSError, TimeoutError) as error:
        metrics.REDIS_UP.set(0)
        return web.json_response({"status": "unavailable", "redis": str(error)}, status=503)
    metrics.REDIS_UP.set(1)
    return web.json_response({"status": "ok"})


def add_routes(app: web.Application) -> None:
    """The three routes that every service has."""
    app.router.add_get("/livez", livez)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", make_aiohttp_handler())
