"""Who learns that webhooks are refused for their token? Whoever asks the doctor: a bounded note in Redis.

Anybody may post, so the note is one hash, written every few seconds at the most; what is refused in between is counted
with the next one.
"""

import asyncio

from redis.exceptions import RedisError

from shared.clock import Clock
from shared.streams import keys
from shared.streams.scripts import Scripts
from shared.telemetry import logs

EVERY_MS = 5_000
LIFE_S = 3_600

_log = logs.get(__name__)


class Refusing:
    """Notes them down."""

    def __init__(self, scripts: Scripts, clock: Clock) -> None:
        self._scripts, self._clock = scripts, clock
        self._count, self._next_ms = 0, 0

    async def note(self, instance: str) -> None:
        """One more, for a valid instance's name. Without Redis the log alone tells it."""
        self._count += 1
        now = self._clock.now_ms()
        if now < self._next_ms:
            return
        count, self._count, self._next_ms = self._count, 0, now + EVERY_MS
        name = keys.WEBHOOKS_REFUSED
        try:
            await asyncio.gather(
                self._scripts.call("HINCRBY", name, "count", count),
                self._scripts.call("HSET", name, "at", now, "instance", instance),
                self._scripts.call("EXPIRE", name, LIFE_S),
            )
        except (RedisError, OSError, TimeoutError) as error:
            _log.warning("redis_error", error=str(error) or type(error).__name__, doing="noting a refused webhook")
