"""Has the gateway told us anything of an instance lately? Then its webhooks reach us, whatever else is set."""

from dataclasses import dataclass

from admin.numbers.hearing import last_heard
from shared.clock import Clock
from shared.streams.scripts import Scripts

LATELY_MS = 86_400_000  # a clinic hears from somebody every day


@dataclass(frozen=True)
class Lately:
    """Knows what came in."""

    scripts: Scripts
    clock: Clock

    async def heard(self, instance: str) -> int | None:
        """How many milliseconds ago the last webhook of it came in; None: none within a day."""
        at, now = await last_heard(self.scripts, instance), self.clock.now_ms()
        return None if at is None or at < now - LATELY_MS else max(0, now - at)
