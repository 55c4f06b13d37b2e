"""Has the gateway told us anything of an instance lately? Then its webhooks reach us, whatever else is set."""

from dataclasses import dataclass
from typing import Any

from redis.exceptions import RedisError

from admin.numbers.hearing import last_heard
from shared.clock import Clock
from shared.streams import keys
from shared.streams.scripts import Scripts

LATELY_MS = 86_400_000  # a clinic hears from somebody every day
CLOCKS_MS = 60_000  # how far the gateway's clock may be from ours
AWAY = (RedisError, OSError, TimeoutError)


@dataclass(frozen=True, slots=True)
class Heard:
    """When something came in."""

    ever: bool = False
    ago_ms: int | None = None
    """None: not within a day."""
    since_change: bool = False
    """Whether that was after the webhook was last set: what came before proves nothing about it."""


@dataclass(frozen=True)
class Lately:
    """Knows what came in."""

    scripts: Scripts
    clock: Clock

    async def of(self, instance: str, changed_at: int | None) -> Heard | None:
        """What is known of an instance whose webhook was last set then; None: Redis does not answer."""
        try:
            at = await last_heard(self.scripts, instance)
        except AWAY:
            return None
        now = self.clock.now_ms()
        if at is None or at < now - LATELY_MS:
            return Heard(ever=at is not None)
        return Heard(True, max(0, now - at), changed_at is None or at > changed_at + CLOCKS_MS)

    async def refused(self) -> Any:
        """The webhooks that ingest refused within the hour, as it wrote them down; None: Redis does not answer."""
        try:
            return await self.scripts.call("HGETALL", keys.WEBHOOKS_REFUSED)
        except AWAY:
            return None
