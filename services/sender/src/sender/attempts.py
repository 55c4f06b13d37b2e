"""May this send be attempted now? A token and a written trace of the attempt, or how long to wait for them."""

import asyncio
import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from redis.exceptions import RedisError

from sender.facts import Facts
from sender.settings import SenderSettings
from shared.clock import Clock
from shared.errors import NotOurs
from shared.events import SendRequested, encode
from shared.streams import keys
from shared.streams.delivery import Delivery, Owner, Wait
from shared.streams.progress import dump
from shared.streams.scripts import Scripts
from shared.telemetry import logs, metrics

REDIS_PAUSE_S = 0.2
NEW_CONTACT_WAIT_S = 600.0  # a new contact beyond the day's budget asks again every ten minutes: the budget may change


_log = logs.get(__name__)


@dataclass(frozen=True)
class Attempts:
    """Begins attempts, at the pace that the settings allow."""

    scripts: Scripts
    settings: SenderSettings
    clock: Clock
    log_maxlen: int

    async def begin(self, delivery: Delivery, event: SendRequested, owner: Owner) -> Delivery | Wait:
        """The delivery with its new attempt written down and its token taken; or how long to wait.

        Raises NotOurs when another replica has the lane or the entry by now.
        """
        progress = delivery.progress.begun(at=self.clock.now_ms(), by=owner.consumer)
        assert progress.last is not None
        fact = Facts(event, self.clock).attempted(progress.last.number)
        args = [
            owner.group, owner.consumer, delivery.entry.id, owner.fence, self.log_maxlen,
            delivery.key, dump(progress), encode(fact), *self._pace(), event.chat,
        ]  # fmt: skip
        reply = await self._insist(self._keys(delivery, event, owner), args)
        match _word(reply[0]):
            case "ok":
                return replace(delivery, progress=progress)
            case "wait":
                return _wait(int(reply[1]), _word(reply[2]))
            case why:
                raise NotOurs(why)

    async def _insist(self, names: list[str], args: list[Any]) -> Any:
        """Ask until there is an answer: the very same question again finds an attempt that was written already."""
        while True:
            try:
                return await self.scripts.run("attempt", names, args)
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
            keys.limits(i),
        ]  # fmt: skip

    def _pace(self) -> list[float | int]:
        s = self.settings
        return [
            s.wa_tokens_per_second, s.wa_bucket_capacity, s.wa_recipient_tokens_per_second, s.wa_new_contacts_per_day,
        ]  # fmt: skip


def _wait(ms: int, scope: str) -> Wait:
    if scope == "instance":
        return Wait(ms / 1000, "lane")
    return Wait(min(ms / 1000, NEW_CONTACT_WAIT_S), "chat")


def _word(reply: Any) -> str:
    return reply.decode() if isinstance(reply, bytes) else str(reply)
