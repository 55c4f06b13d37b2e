"""Of which instances was somebody told since we last looked? Read off the wake-up streams, which are hints."""

import asyncio

from shared.streams import keys
from shared.streams.roster import WAKE_MAXLEN
from shared.streams.scripts import Scripts

SERVICES = ("views", "responder", "sender", "receipts")


class News:
    """Follows the wake-ups of all services."""

    def __init__(self, scripts: Scripts) -> None:
        self._scripts = scripts
        self._last: dict[str, bytes] = {}

    async def since_last(self) -> set[str]:
        """The instances that were named since the last call; of the first call, none. Raises RedisError."""
        found = await asyncio.gather(*map(self._of, SERVICES))
        return {name for names in found for name in names}

    async def _of(self, service: str) -> set[str]:
        stream, last = keys.wake(service), self._last.get(service)
        if last is None:
            newest = await self._scripts.call("XREVRANGE", stream, "+", "-", "COUNT", 1)
            self._last[service] = newest[0][0] if newest else b"0-0"
            return set()
        entries = await self._scripts.call("XRANGE", stream, b"(" + last, "+", "COUNT", WAKE_MAXLEN)
        if entries:
            self._last[service] = entries[-1][0]
        return {fields[b"i"].decode(errors="replace") for _, fields in entries if b"i" in fields}
