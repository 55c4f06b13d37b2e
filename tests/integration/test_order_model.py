"""Is every entry ended once and in its order, whatever replicas, Redis and handlers do?

The product's own lanes work each chat's entries while replicas die, sleep through the loss of their lane, stop and take
over; scripts fail before and after Redis has done them; handlers hold, wait, fail and reject; an operator resets the
group. After every step each chat's log is a beginning of what came, and everything else is still in its stream.
"""

import asyncio
import random
from collections.abc import Callable, Iterator

import pytest
import structlog
from hypothesis import HealthCheck, given, settings

from shared.errors import Reject, Retry
from shared.events import AnyEvent, EntryDeadLettered, SendAccepted, SendFailed, following
from shared.streams.delivery import Delivery, Done, Hold, Owner, Wait, Work
from tests.support.lanes import CHATS, HOLDER, Lanes, Step
from tests.support.played import BOUND, Played
from tests.support.replica import Recorder
from tests.support.steps import TROUBLE, Steps, arrivals, failing, steps_of

NEXT = "wa:{wa1}:next"
Word = Callable[["Hands", Delivery], Done | Hold]


class Hands(Recorder):
    """A handler that does with each delivery what the test says, when it says it."""

    def __init__(self, replica: Played, lanes: "Orders") -> None:
        super().__init__(replica.name)
        self.lanes, self._fence = lanes, replica.fence

    async def admit(self, delivery: Delivery, owner: Owner) -> Delivery | Wait | Done | Hold:
        waits = self.lanes.waits.get(delivery.event.chat)
        return waits.pop() if waits else delivery

    async def handle(self, delivery: Delivery, span: object) -> Done | Hold:
        await self.lanes.begins(delivery, self._fence)
        word: asyncio.Future[Word] = asyncio.get_running_loop().create_future()
        self.lanes.in_hand.append((delivery, word))
        try:
            say = await word
        finally:
            self.lanes.in_hand.remove((delivery, word))
        return say(self, delivery)


class Orders(Lanes):
    """Lanes whose handlers wait for the test's word."""

    def __init__(self, url: str) -> None:
        self.in_hand: list[tuple[Delivery, asyncio.Future[Word]]] = []
        self.waits: dict[str, list[Wait]] = {}
        super().__init__(url)

    def handler(self, replica: Played) -> Hands:
        return Hands(replica, self)

    def ends(self, fact: AnyEvent) -> bool:
        return isinstance(fact, SendAccepted | EntryDeadLettered)

    def let_go(self) -> None:
        self.waits.clear()
        self.the_next_service_works()
        self.handle_all(_done)

    async def begins(self, delivery: Delivery, fence: int) -> None:
        """Whoever has the lane begins a chat's first entry that is not ended, and one at a time."""
        chat, id_ = delivery.event.chat, delivery.event.id
        if any(other.event.chat == chat and other.fence == fence for other, _ in self.in_hand):
            self.wrong.append(f"{chat}: {id_} began while another was in hand")
        self.nerves.begin()
        ended = (await self.log())[chat]
        self.nerves.end()
        if fence == self.fence and id_ != next((send.id for send in self.came[chat] if send.id not in ended), None):
            self.wrong.append(f"{chat}: {id_} began out of its turn, after {len(ended)} were ended")

    # ── steps ──────────────────────────────────────────────────────────────────────────────────────────────────────
    def is_not_admitted(self, chat: str, wait: Wait) -> None:
        self.waits.setdefault(chat, []).append(wait)

    def handle(self, which: int, word: Word, lost: bool) -> None:
        """`lost`: the commit is made, and its answer gets lost."""
        if not self.in_hand:
            return
        if lost:
            self.replica(HOLDER).scripts.trips["commit", "after"] = 0, "lost"
        delivery, future = self.in_hand[which % len(self.in_hand)]
        before = self.everything()
        future.set_result(word)
        self.settle()
        if delivery.fence != self.fence:
            assert self.everything() == before, "a replica that lost its lane wrote something"

    def handle_all(self, word: Word) -> None:
        for _, future in list(self.in_hand):
            future.set_result(word)
        self.settle()

    def the_next_service_works(self) -> None:
        assert self.do(self.client.xlen(NEXT)) <= BOUND
        self.do(self.client.delete(NEXT))


# ── what a handler may say ─────────────────────────────────────────────────────────────────────────────────────────
def _done(hands: Hands, delivery: Delivery) -> Done:
    return hands.done(delivery)


def _handed_on(hands: Hands, delivery: Delivery) -> Done:
    return hands.done(delivery, (Work(NEXT, delivery.event),))


def _raise(error: Exception) -> Word:
    def say(_hands: Hands, _delivery: Delivery) -> Done | Hold:
        raise error

    return say


def _hold(seconds: float, *, lane: bool) -> Word:
    def say(hands: Hands, delivery: Delivery) -> Hold:
        now, progress = hands.lanes.clock.now_ms(), delivery.progress.uncount()
        until = now + round(seconds * 1000)
        fact = following(
            SendFailed, delivery.event, f"held/{until}", now, send_id=delivery.event.id, attempt=progress.uncounted,
            category="transient", reason="held", final=False,
        )  # fmt: skip
        return Hold(progress.held(until), until, (fact,), lane=lane)

    return say


def a_word(draw: random.Random) -> Word:
    """Every second time that it is done."""
    seconds = draw.choice([0.5, 2.0, 30.0])
    others = [
        _handed_on, _hold(seconds, lane=draw.random() < 0.3), _raise(Reject("never")), _raise(RuntimeError("a bug")),
        _raise(Retry("later", after=seconds, counts=draw.random() < 0.5)),
    ]  # fmt: skip
    return draw.choice([_done, draw.choice(others)])


def a_wait(draw: random.Random) -> Wait:
    return Wait(draw.choice([0.5, 30.0]), draw.choice(["chat", "lane"]))


STEPS: Steps = TROUBLE | {
    "arrive": (5, arrivals(["oi"])),
    "handle": (20, {"which": lambda draw: draw.randrange(20), "word": a_word, "lost": lambda d: d.random() < 0.2}),
    "handle_all": (3, {"word": a_word}),
    "is_not_admitted": (2, {"chat": lambda draw: draw.choice(sorted(CHATS)), "wait": a_wait}),
    "a_call_will_fail": (5, failing("commit", "commit", "read", "claim")),
    "the_next_service_works": (2, {}),
}


@pytest.mark.timeout(600)  # when it fails, it is made small first
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=steps_of(STEPS, 60, 100))
def test_lanes_end_every_entry_once_and_in_its_order(redis_url: str, steps: list[Step]) -> None:
    Orders(redis_url).play(steps)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What waits before it asks Redis again does not wait here, and nobody reads the logs."""
    monkeypatch.setattr("shared.streams.lane.REDIS_PAUSE_S", 0.0)
    with structlog.testing.capture_logs():
        yield
