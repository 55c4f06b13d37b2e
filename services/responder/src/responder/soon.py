"""What does a patient see while an answer takes its time?

First "typing…", which costs nothing: a wish on a stream of its own, which any sender carries out. Later, if it is set,
one "one moment", which is a message like any other. It is written by a script that looks at the lane's fence and at
the question's entry: it comes once for each turn, whoever dies meanwhile, and never after the answer.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from redis.exceptions import RedisError

from clinic import Clinic, Language
from responder.answerer.phrases import phrase
from responder.chat import Memory, Turn, silenced
from responder.settings import ResponderSettings
from shared.clock import Clock
from shared.events import PresenceRequested, SendRequested, Text, encode, following
from shared.streams import keys
from shared.streams.delivery import Delivery, Done, Hold
from shared.streams.ending import end
from shared.streams.roster import wake_ups
from shared.streams.scripts import Scripts
from shared.telemetry import logs, metrics

TYPING_MS = 8_000  # WhatsApp shows it for some 10 s at most; then it is asked for again
PRESENCE_MAXLEN = 1_000  # wishes are worth seconds
MOMENT_LIFE_MS = 60_000  # a "one moment" that is later than this is not sent
MARK_LIFE_MS = 86_400_000
TOKENS_LEFT = 2  # its own, and the answer's

_log = logs.get(__name__)


@dataclass(frozen=True)
class Asked:
    """Whom a slow answer is for."""

    delivery: Delivery
    turn: Turn
    clinic: Clinic
    language: Language
    vip: bool


@dataclass(frozen=True)
class Soon:
    """Keeps a patient company while an answer is worked out."""

    scripts: Scripts
    clock: Clock
    settings: ResponderSettings
    lane: str
    log_maxlen: int
    bound: int

    async def accompany(self, work: Coroutine[Any, Any, Done | Hold], asked: Asked) -> Done | Hold:
        """What `work` comes to; a sign that is slow or fails costs it nothing."""
        task = asyncio.create_task(work)
        signs = [asyncio.create_task(self._typing(task, asked)), asyncio.create_task(self._moment(task, asked))]
        try:
            return await task
        finally:
            await end([*signs, task])

    async def _typing(self, task: asyncio.Task[Done | Hold], asked: Asked) -> None:
        wait_s = self.settings.responder_ack_after_ms / 1000
        while wait_s and not await _ends_within(task, wait_s):
            if await self._quiet(asked):
                return
            event = _derived(
                PresenceRequested, asked, "typing", self.clock, to=asked.turn.last.reply_to, shown_ms=TYPING_MS
            )
            try:
                await self.scripts.call("XADD", keys.PRESENCE, "MAXLEN", "~", PRESENCE_MAXLEN, "*", "e", encode(event))
                metrics.SIGNS.labels("typing", "asked").inc()
            except (RedisError, OSError, TimeoutError) as error:
                _log.warning("redis_error", error=str(error), doing="asking for typing presence")
            wait_s = TYPING_MS / 1000

    async def _moment(self, task: asyncio.Task[Done | Hold], asked: Asked) -> None:
        wait_s = self.settings.responder_moment_after_ms / 1000
        if not wait_s or await _ends_within(task, wait_s):
            return
        try:
            outcome = "quiet" if await self._quiet(asked) else await self._say(asked)
        except (RedisError, OSError, TimeoutError) as error:
            _log.warning("redis_error", error=str(error), doing="saying one moment")
            return
        metrics.SIGNS.labels("moment", outcome).inc()

    async def _quiet(self, asked: Asked) -> bool:
        """Have staff taken the chat over meanwhile? When Redis does not say, nothing is shown either."""
        event, pause_ms = asked.delivery.event, self.settings.responder_staff_pause_s * 1000
        try:
            state = await Memory(self.scripts).of(event.instance, event.chat)
        except (RedisError, OSError, TimeoutError):
            return True
        return bool(silenced(state, self.clock.now_ms(), staff_pause_ms=pause_ms))

    async def _say(self, asked: Asked) -> str:
        event = asked.delivery.event
        i, now = event.instance, self.clock.now_ms()
        send = _derived(
            SendRequested, asked, "moment", self.clock, to=asked.turn.last.reply_to, content=Text(text=_words(asked)),
            send_class="reply", vip=asked.vip, expires_at=now + MOMENT_LIFE_MS,
        )  # fmt: skip
        both = [keys.outbound_vip(i), keys.outbound(i)]
        stream, other = both if asked.vip else both[::-1]
        names = [
            asked.delivery.entry.stream, keys.events(i), keys.fence(i, self.lane), keys.moment_seen(i, event.id),
            stream, other, keys.bucket(i), keys.limits(i),
        ]  # fmt: skip
        args: list[str | bytes | int | float] = [
            asked.delivery.entry.id, asked.delivery.fence, self.log_maxlen, self.bound, encode(send), MARK_LIFE_MS,
            self.settings.wa_tokens_per_second, self.settings.wa_bucket_capacity, TOKENS_LEFT,
        ]  # fmt: skip
        reply = await self.scripts.run("interject", names, args, then=wake_ups(i, [stream]))
        return bytes(reply).decode()


async def _ends_within(task: asyncio.Task[Done | Hold], seconds: float) -> bool:
    done, _ = await asyncio.wait({task}, timeout=seconds)
    return bool(done)


def _derived(kind: Any, asked: Asked, purpose: str, clock: Clock, **about: Any) -> Any:
    return following(kind, asked.delivery.event, purpose, clock.now_ms(), **about)


def _words(asked: Asked) -> str:
    own = asked.clinic.fallbacks.one_moment
    return own.say(asked.language) if own else phrase("one_moment", asked.language)
