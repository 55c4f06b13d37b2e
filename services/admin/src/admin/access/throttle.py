"""Does somebody guess? Wrong tokens are counted by address and altogether; who has too many is held back.

Held back are ADMIN_TOKEN and whatever is wrong, because people choose ADMIN_TOKEN themselves. A token that was made
here is 256 random bits: it holds all the same, so that nobody who guesses can lock others out.
"""

from admin.http.problems import Problem
from shared.streams import keys
from shared.streams.scripts import Scripts

WINDOW_MS = 15 * 60_000
BY_ADDRESS = 10
ALTOGETHER = 100
EVERYWHERE = "*"


class Throttle:
    """Counts failures, in Redis, for all replicas."""

    def __init__(self, scripts: Scripts) -> None:
        self._scripts = scripts

    async def failed(self, address: str) -> int:
        """Count a failure. The milliseconds for which the address is held; 0: it is not."""
        return await self._ask("failed", address)

    async def held(self, address: str) -> int:
        """The milliseconds for which the address is held; 0: it is not."""
        return await self._ask("look", address)

    async def _ask(self, what: str, address: str) -> int:
        names = [keys.failures(address), keys.failures(EVERYWHERE)]
        return int(await self._scripts.run("throttle", names, [what, WINDOW_MS, BY_ADDRESS, ALTOGETHER]))


def retry_after(held_ms: int) -> dict[str, str]:
    """The header that says when to come back."""
    return {"Retry-After": str(-(-held_ms // 1000))}


def too_often(held_ms: int) -> Problem:
    """What somebody is told who is held."""
    return Problem(429, "too many wrong tokens came from here: wait, then try again", headers=retry_after(held_ms))
