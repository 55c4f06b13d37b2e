"""Does every send arrive once and in its order, as long as the gateway tells the truth or leaves a trace?

The sender's own handler, with its attempts, its breaker and its search for proof, on lanes to which everything happens
that `tests/support/lanes.py` knows: also between the token and the call, and in the middle of a call. The gateway takes
a message or does not, answers as it likes, works on when its caller has died, and keeps what it took: in its database,
in its `send.message` webhook, or both. After every step each chat's phone shows what was accepted, and at most the one
after it.
"""

import asyncio
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from unittest import mock

import pytest
import structlog
from hypothesis import HealthCheck, given, settings

from sender.acceptance import Acceptance
from sender.attempts import Attempts
from sender.breaker import Breaker
from sender.clearance import Clearance
from sender.found import Found
from sender.handler import SendHandler
from sender.judging import Judge
from sender.new_contacts import NewContacts
from sender.outcome import Accepted, InstanceDown, Misconfigured, Outcome, Permanent, Transient, Unknown
from sender.proof import Proof
from sender.quiet import QuietHours
from sender.seeking import Seeker
from sender.settings import SenderSettings
from sender.uploads import Uploads
from shared.events import (
    AnyEvent,
    Content,
    SendAccepted,
    SendDeadLettered,
    SendFailed,
    SendRequested,
    Text,
    content_digest,
    decode,
)
from shared.streams import keys
from tests.support.lanes import CHATS, HOLDER, LEASE_S, NAMES, Lanes, Step
from tests.support.played import STILL, Played, When
from tests.support.replica import INSTANCE
from tests.support.steps import SEEDS, TROUBLE, Steps, arrivals, failing, steps_of

SETTINGS = SenderSettings(
    redis_url="redis://x", evolution_server_url="http://x", evolution_api_key="k", wa_tokens_per_second=0.0
)
CALL_S, PROOF_WAIT_S = 30, 15
LIFE_MS = 3_600_000


@dataclass(frozen=True)
class Call:
    """A call of the gateway that is under way."""

    taken: str
    """The id under which WhatsApp has it; empty: it does not."""
    fence: int
    answer: "asyncio.Future[Outcome]"


class Gateway:
    """What one replica sees of the gateway: it decides at once whether it takes a message, and answers when told."""

    def __init__(self, sends: "Sends", replica: Played) -> None:
        self._sends, self._replica, self._fence = sends, replica, replica.fence

    async def send(self, instance: str, to: str, content: Content, *, quoted_id: str = "") -> Outcome:
        assert isinstance(content, Text)
        began = self._sends.clock.now_ms()
        taken = await self._sends.take(to, content) if self._sends.takes() else ""
        call = Call(taken, self._fence, asyncio.get_running_loop().create_future())
        self._sends.calls.append(call)
        try:
            return await call.answer
        except asyncio.CancelledError:
            if not taken:
                self._sends.goes_on(began, to, content)
            raise
        finally:
            self._sends.calls.remove(call)

    ahead_ms = 0

    async def is_alive(self) -> bool:
        return True

    async def sent_since(self, instance: str, since_ms: int, until_ms: int) -> list[Found]:
        return [found for found in self._sends.database if since_ms <= found.at <= until_ms]


class Sends(Lanes):
    """Lanes whose handler is the sender's."""

    def __init__(self, url: str, seed: int) -> None:
        self._draw = random.Random(seed)
        self.calls: list[Call] = []
        self.late: list[tuple[int, str, Text]] = []
        self.database: list[Found] = []
        self.phone: dict[str, list[str]] = {chat: [] for chat in CHATS}
        self.well = False
        super().__init__(url)

    def handler(self, replica: Played) -> SendHandler:
        gateway: Any = Gateway(self, replica)
        scripts, clock = replica.scripts, self.clock
        breaker = Breaker(gateway.is_alive, now=lambda: clock.now_ms() / 1000, draw=self._draw)
        acceptance, tries = Acceptance(clock, 0), STILL.max_deliveries
        return SendHandler(
            gateway=gateway, attempts=Attempts(scripts, SETTINGS, clock, 0),
            breaker=breaker,
            clearance=Clearance(scripts, SETTINGS, QuietHours(scripts, clock), Uploads(scripts), clock),
            uploads=Uploads(scripts),
            judge=Judge(acceptance, NewContacts(scripts, SETTINGS, clock), clock, tries, self._draw),
            seeker=Seeker(Proof(scripts, gateway, clock), breaker, acceptance, clock, PROOF_WAIT_S, CALL_S),
            clock=clock, max_deliveries=tries, stall_s=LEASE_S / 2,
        )  # fmt: skip

    def ends(self, fact: AnyEvent) -> bool:
        return isinstance(fact, SendAccepted | SendDeadLettered) or (isinstance(fact, SendFailed) and fact.final)

    def let_go(self) -> None:
        self.well = True
        while self.calls:
            self.answer(0, 0.0, lost=False)
        self.time_passes(0.5)

    def time_passes(self, seconds: float) -> None:
        until = self.clock.now_ms() + round(seconds * 1000)
        for at, to, content in [late for late in self.late if late[0] <= until]:
            self.clock.advance(max(0, at - self.clock.now_ms()) / 1000)
            self.do(self.take(to, content))
            self.late.remove((at, to, content))
        super().time_passes(max(0, until - self.clock.now_ms()) / 1000)

    # ── the gateway ────────────────────────────────────────────────────────────────────────────────────────────────
    def takes(self) -> bool:
        return self.well or self._draw.random() < 0.6

    def goes_on(self, began: int, to: str, content: Text) -> None:
        """Its caller is gone, and the gateway works on: it may take the message yet, as long as a call lasts."""
        late = began + self._draw.randrange(CALL_S * 1000)
        if late >= self.clock.now_ms():
            self.late = sorted([*self.late, (late, to, content)], key=lambda one: one[0])

    async def take(self, to: str, content: Text) -> str:
        """WhatsApp has it, and the gateway keeps that in one place at least."""
        id_, digest, now = f"3EB{sum(map(len, self.phone.values())):05}", content_digest(content), self.clock.now_ms()
        where = self._draw.choice(["database", "webhook", "both"])
        self.phone[to].append(content.text)
        if where != "webhook":
            self.database.append(Found(id_, (to,), digest, now))
        if where != "database":
            self.nerves.begin()
            await asyncio.shield(self.client.zadd(keys.echoes(INSTANCE, digest), {f"{id_} {to}": now}))
            self.nerves.end()
        return id_

    def answer(self, which: int, luck: float, lost: bool) -> None:
        """The answer fits what the gateway did, or says nothing. `lost`: that of the commit after it gets lost."""
        if not self.calls:
            return
        if lost:
            self.replica(HOLDER).scripts.trips["commit", "after"] = 0, "lost"
        call = self.calls[which % len(self.calls)]
        before = self.everything()
        call.answer.set_result(_outcome(call.taken, luck))
        self.settle()
        if call.fence != self.fence:
            assert self.everything() == before, "a replica that lost its lane wrote something"

    def the_holder_sleeps_and_loses_its_lane(self, script: str, when: When, name: str, seconds: float) -> None:
        """Before or after its next attempt or commit; it wakes when another has gone on, or not yet."""
        self.a_call_will_fail(HOLDER, script, when, "asleep", 0)
        self.poke_all()
        self.answer(0, 0.0, lost=False)
        if not self.replica(HOLDER).scripts.awake.is_set():
            self.the_lease_runs_out_and_is_taken(name)
            for _ in range(3):
                self.time_passes(seconds)

    def check(self) -> None:
        super().check()
        accepted = self.do(self._accepted())
        for chat, came in self.came.items():
            arrived = [_text(send) for send in came if send.id in accepted]
            first_open = [_text(send) for send in came[len(self.ended[chat]) :][:1]]
            assert self.phone[chat] in (arrived, arrived + first_open), chat

    async def _accepted(self) -> set[str]:
        facts = [decode(fields[b"e"]) for _, fields in await self.client.xrange(keys.events(INSTANCE))]
        return {fact.send_id for fact in facts if isinstance(fact, SendAccepted)}


def _text(send: SendRequested) -> str:
    assert isinstance(send.content, Text)
    return send.content.text


def _outcome(taken: str, luck: float) -> Outcome:
    unknown = Unknown("no answer", unreachable=luck > 0.9)
    if taken:
        return unknown if luck > 0.6 else Accepted(taken)
    others: list[Callable[[], Outcome]] = [
        lambda: Transient("timed out"), lambda: InstanceDown("closed"), lambda: Permanent("no such number"),
        lambda: InstanceDown("refused", unreachable=True), lambda: Misconfigured("key"), lambda: unknown,
    ]  # fmt: skip
    return unknown if luck > 0.5 else others[int(luck * 12) % len(others)]()


STEPS: Steps = TROUBLE | {
    "arrive": (5, arrivals(["oi", "oi", "sim", "até amanhã"])),
    "answer": (18, {"which": lambda draw: draw.randrange(20), "luck": lambda draw: draw.random(),
                    "lost": lambda draw: draw.random() < 0.2}),
    "the_holder_sleeps_and_loses_its_lane": (
        3, {"script": lambda draw: draw.choice(["attempt", "attempt", "commit"]),
            "when": lambda draw: draw.choice(["before", "after"]),
            "name": lambda draw: draw.choice(NAMES), "seconds": lambda draw: draw.choice([0, 1, 10])}),
    "a_call_will_fail": (6, failing("commit", "commit", "attempt", "attempt", "read", "claim")),
}  # fmt: skip


@pytest.mark.timeout(600)  # when it fails, it is made small first
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=steps_of(STEPS, 60, 100), seed=SEEDS)
def test_sends_arrive_once_and_in_order_when_the_gateway_leaves_a_trace(
    redis_url: str, steps: list[Step], seed: int
) -> None:
    sends = Sends(redis_url, seed)
    time = mock.Mock(monotonic=lambda: sends.clock.now_ms() / 1000)
    with mock.patch("sender.handler.time", time), mock.patch("sender.attempts.time", time):
        sends.play(steps)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What waits before it asks Redis again does not wait here, and nobody reads the logs."""
    monkeypatch.setattr("shared.streams.lane.REDIS_PAUSE_S", 0.0)
    monkeypatch.setattr("sender.attempts.REDIS_PAUSE_S", 0.0)
    with structlog.testing.capture_logs():
        yield
