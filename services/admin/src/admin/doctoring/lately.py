"""Has the gateway told us anything of an instance lately? Read off its log: what only a webhook brings."""

from dataclasses import dataclass
from typing import Any

import redis.asyncio as aioredis

from shared.clock import Clock
from shared.errors import Undecodable
from shared.events import (
    ConnectionChanged,
    MessageEdited,
    MessageReceived,
    MessageRevoked,
    ReceiptRecorded,
    SendEchoed,
    decode,
)
from shared.streams import keys

LATELY_MS = 86_400_000  # a clinic hears from somebody every day
LOOKED_AT = 200  # entries: each message comes with receipts and echoes of its answer, which count as well
_BY_WEBHOOK = (ConnectionChanged, MessageEdited, MessageReceived, MessageRevoked, ReceiptRecorded, SendEchoed)


@dataclass(frozen=True)
class Lately:
    """Knows what came in."""

    redis: aioredis.Redis
    clock: Clock

    async def heard(self, instance: str) -> int | None:
        """How many milliseconds ago the last webhook of it came in; None: none within a day."""
        now = self.clock.now_ms()
        log, since = keys.events(instance), f"{now - LATELY_MS}-0"
        entries: Any = await self.redis.xrevrange(log, min=since, count=LOOKED_AT)
        for id_, fields in entries:
            if _is_by_webhook(fields.get(b"e", b"")):
                return max(0, now - int(id_.partition(b"-")[0]))
        return None


def _is_by_webhook(data: bytes) -> bool:
    try:
        return isinstance(decode(data), _BY_WEBHOOK)
    except Undecodable:
        return False
