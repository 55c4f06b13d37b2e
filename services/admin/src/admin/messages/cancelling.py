"""How is a message taken back? As long as no try to send it was begun."""

from enum import Enum
from typing import Any

from admin.messages.waiting import Finder, Waiting
from shared.events import SendCancelled, encode, following
from shared.service import Platform
from shared.streams import keys
from shared.streams.progress import parse

MOST_LOOKS = 5  # it may be moved between its being found and being taken back: parked, promoted, tried


class Cancelled(Enum):
    """What came of taking it back."""

    DONE = "it is taken back, now or by an earlier request"
    UNDER_WAY = "a try to send it was begun, and it may have arrived"
    OVER = "it was sent, or ended otherwise, before"
    UNKNOWN = "nobody asked for it"


class Canceller:
    """Takes sends back."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._finder = Finder(platform.redis)

    async def cancel(self, instance: str, send_id: str, by: str, reason: str = "") -> Cancelled:
        """Take one back, with a fact that says by whom. Nothing is sent of what was answered DONE."""
        for _ in range(MOST_LOOKS):
            if await self._platform.redis.exists(keys.cancelled(instance, send_id)):
                return Cancelled.DONE
            waiting = await self._finder.waiting(instance, send_id)
            if waiting is None:
                known = await self._finder.was_requested(instance, send_id)
                return Cancelled.OVER if known else Cancelled.UNKNOWN
            progress: Any = await self._platform.redis.hget(keys.progress(instance), send_id)
            if parse(progress).may_be_sent:
                return Cancelled.UNDER_WAY
            if await self._take_back(waiting, progress or b"", by, reason):
                return Cancelled.DONE
        return Cancelled.UNDER_WAY

    async def _take_back(self, waiting: Waiting, progress: bytes, by: str, reason: str) -> bool:
        send, i, p = waiting.send, waiting.send.instance, self._platform
        fact = following(SendCancelled, send, "cancelled", p.clock.now_ms(), send_id=send.id, by=by, reason=reason)
        names = [
            keys.due(i), keys.parked(i), keys.progress(i), keys.events(i), keys.cancelled(i, send.id), waiting.stream,
        ]  # fmt: skip
        args: list[str | bytes | int] = [
            send.id, waiting.entry_id, progress, keys.OUTBOUND_GROUP, p.streams.log_maxlen, encode(fact),
            p.streams.idempotency_ttl_s * 1000,
        ]  # fmt: skip
        return bytes(await p.scripts.run("cancel", names, args)) == b"cancelled"
