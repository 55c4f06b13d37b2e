"""Is the bot quiet on a whole instance, and until when?"""

from typing import Any

import redis.asyncio as aioredis

from shared.streams import keys

FOREVER_MS = 9_999_999_999_999  # the year 2286: a pause without an end, as services compare it


async def paused_until(client: aioredis.Redis, instance: str, now_ms: int) -> int | None:
    """Milliseconds since 1970, FOREVER_MS without an end; None: the bot answers there."""
    found: Any = await client.hget(keys.bot(instance), "paused_until")
    until = int(found) if found and found.isdigit() else 0
    return until if until > now_ms else None
