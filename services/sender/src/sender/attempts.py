"""May this send be attempted now? A token and a written trace of the attempt, or how long to wait for them."""

import asyncio
import datetime as dt
import time
from dataclasses import dataclass
from typing import Any

from redis.exceptions import RedisError

from sender.facts import Facts
from sender.new_contacts import WHY_PAUSED, WHY_SPENT
from sender.settings import SenderSettings
from shared.clock import Clock
from shared.errors import NotOurs
from shared.events import SendRequested, encode
from shared.events.spelling import written_ways
from shared.streams import keys
from shared.streams.broken import BrokenKey
from shared.streams.delivery import Delivery, Owner, Wait
from shared.streams.progress import Progress, dump
from shared.streams.scripts import Scripts
from shared.telemetry import logs, metrics

REDIS_PAUSE_S = 0.2
DAY_MS = 86_400_000
MARGIN_MS = 5_000  # this clock and Redis's may differ by so much at the turn of the day
UNSAID_PAUSE_MS = 600_000  # a pause that an operator set without saying until when: look again after ten minutes


_log = logs.get(__name__)


@dataclass(frozen=True, slots=True)
class Begun(Delivery):
    """A delivery whose attempt is written down: the gateway is to be called for it now."""

    asked_at: float = 0.0
    """When its token was asked for, by the monotonic clock."""
    to_new_contact: bool = False
    """It would be the first message to somebody who never wrote."""


@dataclass(frozen=True, slots=True)
class NotYet:
    """It goes to a new contact, and no more of those are written to before `until` (ms)."""

    until: int
    why: str


@dataclass(frozen=True, slots=True)
class Trimmed:
    """Somebody deleted its entry from the stream by hand, so nobody else knows its words any more."""


@dataclass(frozen=True)
class Attempts:
    """Begins attempts, at the pace that the settings allow."""

    scripts: Scripts
    settings: SenderSettings
    clock: Clock
    log_maxlen: int

    async def begin(self, delivery: Delivery, event: SendRequested, owner: Owner) -> Begun | Wait | NotYet | Trimmed:
        """The delivery with its new attempt written down and its token taken; or how long to wait, and for what.

        Raises NotOurs when another replica has the lane or the entry by now, BrokenKey when nothing can be written.
        """
        asked_at = time.monotonic()
        progress = delivery.progress.begun(at=self.clock.now_ms(), by=owner.consumer)
        assert progress.last is not None
        fact = Facts(event, self.clock).attempted(progress.last.number)
        args = [
            owner.group, owner.consumer, delivery.entry.id, owner.fence, self.log_maxlen,
            delivery.key, dump(progress), encode(fact), *self._pace(),
            int(event.send_class == "reply"), *written_ways(event.chat),
        ]  # fmt: skip
        reply = await self._insist(self._keys(delivery, event, owner), args)
        match _word(reply[0]):
            case "ok":
                return _begun(delivery, progress, asked_at, to_new_contact=bool(reply[1]))
            case "wait":
                return Wait(int(reply[1]) / 1000, "lane" if _word(reply[2]) == "instance" else "chat")
            case "spent":
                now = self.clock.now_ms()
                return NotYet(now - now % DAY_MS + DAY_MS + MARGIN_MS, WHY_SPENT)
            case "paused":
                return NotYet(self._pause_end(_word(reply[1])), WHY_PAUSED)
            case "trimmed":
                return Trimmed()
            case why:
                raise NotOurs(why)

    def _pause_end(self, said: str) -> int:
        now = self.clock.now_ms()
        return int(said) if said.isdecimal() and int(said) > now else now + UNSAID_PAUSE_MS

    async def _insist(self, names: list[str], args: list[Any]) -> Any:
        """Ask until there is an answer: the very same question again finds an attempt that was written already."""
        while True:
            try:
                return await self.scripts.run("attempt", names, args)
            except BrokenKey:
                raise
            except (RedisError, OSError) as error:
                metrics.REDIS_ERRORS.labels("sender").inc()
                _log.warning("redis_error", error=str(error), doing="writing an attempt down")
                await asyncio.sleep(REDIS_PAUSE_S)

    def _keys(self, delivery: Delivery, event: SendRequested, owner: Owner) -> list[str]:
        i = owner.instance
        today = dt.datetime.fromtimestamp(self.clock.now_ms() / 1000, dt.UTC).strftime("%Y%m%d")
        return [
            delivery.entry.stream, keys.events(i), keys.progress(i), keys.fence(i, owner.lane), keys.bucket(i),
            keys.recipient_bucket(i, event.chat), keys.new_contacts(i, today), keys.contacts(i),
            keys.limits(i), keys.new_contacts_paused(i),
        ]  # fmt: skip

    def _pace(self) -> list[float | int]:
        s = self.settings
        return [
            s.wa_tokens_per_second, s.wa_bucket_capacity, s.wa_recipient_tokens_per_second, s.wa_new_contacts_per_day,
        ]  # fmt: skip


def _begun(delivery: Delivery, progress: Progress, asked_at: float, *, to_new_contact: bool) -> Begun:
    return Begun(
        delivery.entry, delivery.event, progress, delivery.fence, delivery.followers, delivery.read_at,
        asked_at=asked_at, to_new_contact=to_new_contact,
    )  # fmt: skip


def _word(reply: Any) -> str:
    return reply.decode() if isinstance(reply, bytes) else str(reply)
