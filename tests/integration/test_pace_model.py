"""Do the buckets grant what a few lines of Python say they grant, whatever the limits are changed to midway?

The model is pure: an instance's bucket, one for each recipient, the day's budget for new contacts. The script keeps
Redis's own time, so the test moves the buckets instead of the clock: a bucket whose last look was made a second earlier
has a second more in it. Beside the model, the bound itself: no window of time sees more than the capacity at its
beginning and what the rate let in since.
"""

import asyncio
import random
from collections.abc import Coroutine
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, given, settings

from sender.attempts import Attempts, Begun, NotYet
from sender.settings import SenderSettings
from shared.clock import ManualClock
from shared.streams import keys
from shared.streams.connection import connect
from shared.streams.delivery import Delivery, Entry, Owner, Wait
from shared.streams.lease import acquire
from shared.streams.progress import Progress
from shared.streams.scripts import Scripts
from tests.support.buckets import NAMES, Model, Window
from tests.support.lanes import Step
from tests.support.replica import a_send
from tests.support.steps import Steps, steps_of

T = TypeVar("T")
I, SOURCE = "wa1", keys.outbound("wa1")  # noqa: E741
CHATS = [f"551190000000{n}" for n in range(10)] + [f"5521{n:09}" for n in range(90)]


class Pace:
    """One instance, its sender and its model."""

    def __init__(self, url: str) -> None:
        self.loop = asyncio.new_event_loop()
        self.clock, self.moved = ManualClock(1_795_500_000_000), 0
        self.model, self.window = Model(), Window()
        self.limits: dict[str, float] = dict(zip(NAMES, (5.0, 5, 0.0, 0), strict=True))
        self.own: dict[str, float] = {}

        async def made() -> Any:
            client = connect(url)
            await client.flushdb()
            scripts = Scripts(client)
            lease = await acquire(scripts, I, "sender", "r1", 600_000)
            assert lease
            return client, scripts, Owner(I, keys.OUTBOUND_GROUP, "r1", lease.fence, "sender")

        self.client, self.scripts, self.owner = self.do(made())

    def do(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(coroutine)

    # ── steps ──────────────────────────────────────────────────────────────────────────────────────────────────────
    def send(self, chats: list[str]) -> None:
        for chat in chats:
            said = self._take(chat)
            if isinstance(said, Wait):
                self.pass_by(round(said.seconds * 1000))
                again = self._take(chat)
                assert not isinstance(again, Wait) or again.scope != said.scope, "it waited as long as it was told"

    def pass_by(self, ms: int) -> None:
        """Time does, for the buckets."""
        self.moved += ms
        self.do(self._looked_at_earlier(ms))

    async def _looked_at_earlier(self, ms: int) -> None:
        for name in {name async for name in self.client.scan_iter(keys.bucket(I) + "*")}:  # it may name one twice
            await self.client.hincrby(name, "at", -ms)

    def a_new_day(self) -> None:
        self.clock.advance(86_400)
        self.model.new_today = set()

    def they_write(self, chats: list[str]) -> None:
        """Whoever writes is no new contact."""
        self.model.known |= set(chats)
        self.do(self.client.sadd(keys.contacts(I), *chats))

    def set_for_all(self, limit: tuple[str, float]) -> None:
        """A setting is changed, and the senders start again."""
        self.limits |= [limit]

    def set_for_the_instance(self, limit: tuple[str, float], gone: bool) -> None:
        """An operator changes it while senders run, or takes the change back."""
        name, value = limit
        self.own.pop(name, None)
        self.do(self.client.hdel(keys.limits(I), name))
        if not gone:
            self.own[name] = value
            self.do(self.client.hset(keys.limits(I), name, str(value)))

    # ── one question ───────────────────────────────────────────────────────────────────────────────────────────────
    def _take(self, chat: str) -> Begun | Wait | NotYet:
        limits = self.limits | self.own
        before, said, after = self.do(self._asked(chat))
        possible = {self.model.says(chat, now, limits) for now in range(before, after + 1)}
        if not isinstance(said, Begun):
            assert (said.scope if isinstance(said, Wait) else "day") in possible
            return said
        assert "ok" in possible
        assert said.to_new_contact == (chat not in self.model.known)
        now = self._granted_at(chat, limits) or after
        assert before <= now <= after
        self.model.granted(chat, now, limits)
        self.window.grant(now, limits["tokens_per_second"], limits["bucket_capacity"])
        return said

    async def _asked(self, chat: str) -> tuple[int, Begun | Wait | NotYet, int]:
        given: dict[str, Any] = {f"wa_{name}": value for name, value in self.limits.items()}
        sender = SenderSettings(redis_url="redis://x", evolution_server_url="http://x", evolution_api_key="k", **given)
        send = a_send(chat=chat, send_class="staff")
        id_ = await self.client.xadd(SOURCE, {"e": b""})
        delivery = Delivery(Entry(SOURCE, id_.decode(), b""), send, Progress(), self.owner.fence)
        before = await self._now()
        said = await Attempts(self.scripts, sender, self.clock, 0).begin(delivery, send, self.owner)
        return before, said, await self._now()

    async def _now(self) -> int:
        seconds, micros = await self.client.time()
        return int(seconds) * 1000 + int(micros) // 1000 + self.moved

    def _granted_at(self, chat: str, limits: dict[str, float]) -> int | None:
        """The script's own time, where a bucket keeps it."""
        if limits["tokens_per_second"]:
            name = keys.bucket(I)
        elif limits["recipient_tokens_per_second"]:
            name = keys.recipient_bucket(I, chat)
        else:
            return None
        return int(self.do(self.client.hget(name, "at"))) + self.moved

    def close(self) -> None:
        self.do(self.client.aclose())
        self.loop.close()


VALUES: dict[str, list[float]] = {
    "tokens_per_second": [0.0, 0.2, 1.0, 5.0, 50.0], "bucket_capacity": [1, 2, 5, 20],
    "recipient_tokens_per_second": [0.0, 0.0, 0.5, 10.0], "new_contacts_per_day": [0, 1, 3, 8],
}  # fmt: skip


def a_limit(draw: random.Random) -> tuple[str, float]:
    name = draw.choice(NAMES)
    return name, draw.choice(VALUES[name])


def some_chats(draw: random.Random) -> list[str]:
    """Mostly the same few."""
    return [draw.choice(CHATS[: draw.choice([3, 3, 100])]) for _ in range(draw.randrange(1, 9))]


STEPS: Steps = {
    "send": (10, {"chats": some_chats}),
    "pass_by": (4, {"ms": lambda draw: draw.choice([1, 37, 200, 1_000, 1_000, 60_000])}),
    "a_new_day": (1, {}),
    "they_write": (1, {"chats": some_chats}),
    "set_for_all": (2, {"limit": a_limit}),
    "set_for_the_instance": (3, {"limit": a_limit, "gone": lambda draw: draw.random() < 0.4}),
}


@pytest.mark.timeout(600)  # when it fails, it is made small first
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=steps_of(STEPS, 40, 80))
def test_the_buckets_agree_with_their_model_and_keep_the_bound(redis_url: str, steps: list[Step]) -> None:
    pace = Pace(redis_url)
    try:
        for name, about in steps:
            getattr(pace, name)(**about)
    finally:
        pace.close()
