"""Do the views equal a rebuild from the log?"""

import asyncio

import redis.asyncio as aioredis

from demo.stack import Stack
from tests.support.views import caught_up, compare

MOST = 5  # lines; one wrong fold shows in many places


def differences(stack: Stack, instance: str = "demo") -> list[str]:
    """A line for each place where the views say something else than the log does."""
    return asyncio.run(_differences(stack.redis.url, instance))


async def _differences(url: str, instance: str) -> list[str]:
    async with aioredis.Redis.from_url(url, socket_timeout=10) as client:
        try:
            await caught_up(client, instance)
        except AssertionError as late:
            return [f"the views never caught up with the log: {late}"]
    found = [f"views: {line}" for line in await compare(url, instance)]
    return found[:MOST]
