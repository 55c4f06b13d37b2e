"""May who listens go on listening? An answer that goes on outlives the check at its beginning."""

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.typedefs import Handler
from redis.exceptions import RedisError

from shared.streams.ending import end
from shared.telemetry import logs

LOOK_EVERY_S = 10.0
"""So long, at most, somebody hears on whose token was revoked, or who logged out."""

_log = logs.get(__name__)


async def while_allowed(
    request: web.Request, handler: Handler, allowed: Callable[[], Awaitable[bool]]
) -> web.StreamResponse:
    """Answer, and hang up as soon as `allowed` says no. While Redis is away nobody can say, and nothing is told."""
    watching = asyncio.create_task(_watch(request, allowed), name=f"watching {request.path}")
    try:
        return await handler(request)
    finally:
        await end([watching])


async def _watch(request: web.Request, allowed: Callable[[], Awaitable[bool]]) -> None:
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        try:
            if await allowed():
                continue
        except (RedisError, OSError, TimeoutError):
            continue
        _log.info("listener_hung_up_on", path=request.path, why="no longer allowed")
        if request.transport is not None:
            request.transport.abort()
        return
