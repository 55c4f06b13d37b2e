"""Is every entry ended once and in its order, whatever replicas, Redis and handlers do?

The model: each chat's entries in the order in which they came. The product's own lanes work them while replicas die,
sleep through the loss of their lane, stop and take over; scripts fail before and after Redis has done them; handlers
hold, wait, fail and reject; an operator resets the group. After every step each chat's log is a beginning of what came,
and everything else is still in its stream.
"""

import asyncio
import random
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, TypeVar

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.clock import ManualClock
from shared.errors import Reject, Retry
from shared.events import EntryDeadLettered, SendAccepted, SendFailed, SendRequested, decode, encode, following
from shared.streams import keys
from shared.streams.connection import connect
from shared.streams.delivery import Delivery, Done, Hold, Owner, Wait, Work
from tests.support.played import BOUND, How, Nerves, Played, When
from tests.support.replica import Recorder, a_send, outbound_streams

T = TypeVar("T")
I, NEXT = "wa1", "wa:{wa1}:next"  # noqa: E741
NAMES = ("r1", "r2", "r3")
HOLDER = "whoever has the lane"
CHATS = {"vip": True, "ana": False, "rui": False, "eva": False}


class Hands(Recorder):
    """A handler that does with each delivery what the machine says, when it says it."""

    def __init__(self, replica: Played, machine: "Lanes") -> None:
        super().__init__(replica.name)
        self._replica, self._machine = replica, machine
        self._fence = replica.fence

    async def admit(self, delivery: Delivery, owner: Owner) -> Delivery | Wait | Done | Hold:
        waits = self._machine.waits.get(delivery.event.chat)
        return waits.pop() if waits else delivery

    async def handle(self, delivery: Delivery, span: object) -> Done | Hold:
        await self._machine.begins(delivery, self._fence)
        word: asyncio.Future[Callable[[Hands, Delivery], Done | Hold]] = asyncio.get_running_loop().create_future()
        self._machine.in_hand.append((delivery, word))
        try:
            say = await word
        finally:
            self._machine.in_hand.remove((delivery, word))
        return say(self, delivery)


def _raise(error: Exception) -> Any:
    def say(_hands: Hands, _delivery: Delivery) -> Done | Hold:
        raise error

    return say


def _hold(seconds: float, *, lane: bool) -> Any:
    def say(hands: Hands, delivery: Delivery) -> Done | Hold:
        now, tries = hands._machine.clock.now_ms(), delivery.progress.uncount()
        until = now + round(seconds * 1000)
        about = {"send_id": delivery.event.id, "attempt": tries.uncounted, "reason": "held"}
        fact = following(SendFailed, delivery.event, f"held/{until}", now, category="transient", final=False, **about)
        return Hold(tries.held(until), until, (fact,), lane=lane)

    return say


def a_word(draw: random.Random) -> Any:
    """What a handler says of a delivery; mostly that it is done."""
    seconds = draw.choice([0.5, 2.0, 30.0])
    words: list[Any] = [
        lambda hands, delivery: hands.done(delivery, (Work(NEXT, delivery.event),)),
        _hold(seconds, lane=draw.random() < 0.3),
        _raise(Retry("later", after=seconds, counts=draw.random() < 0.5)),
        _raise(Reject("never")),
        _raise(RuntimeError("a bug")),
    ]
    return draw.choice([lambda hands, delivery: hands.done(delivery), draw.choice(words)])


class Lanes:
    """Three replicas and all that happens to them."""

    def __init__(self, url: str) -> None:
        self.loop = asyncio.new_event_loop()
        self.clock, self.nerves = ManualClock(), Nerves()
        self.came: dict[str, list[str]] = {chat: [] for chat in CHATS}
        self.ended: dict[str, list[str]] = {chat: [] for chat in CHATS}
        self.in_hand: list[tuple[Delivery, asyncio.Future[Any]]] = []
        self.waits: dict[str, list[Wait]] = {}
        self.wrong: list[str] = []
        self.fence = 0

        async def made() -> Any:
            client = connect(url)
            await client.flushdb()
            return client

        self.client = self.do(made())
        self.replicas = {name: Played(self.client, name, self.clock, self.nerves) for name in NAMES}
        self.open("r1")

    def replica(self, name: str) -> Played:
        holders = [replica for replica in self.replicas.values() if replica.fence == self.fence]
        return holders[0] if name == HOLDER else self.replicas[name]

    def do(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(coroutine)

    def settle(self) -> None:
        self.do(self.nerves.settle())

    # ── what the world does ────────────────────────────────────────────────────────────────────────────────────────
    def arrive(self, chats: list[str], lost: int | None) -> None:
        """`lost`: the answer that hands them out gets lost, at the first or the second stream."""
        if lost is not None:
            self.replica(HOLDER).scripts.trips["read", "after"] = lost, "lost"
        for chat in chats:
            send = a_send(f"{len(self.came[chat])}", chat)
            self.came[chat].append(send.id)
            stream = (keys.outbound_vip if CHATS[chat] else keys.outbound)(I)
            self.do(self.client.xadd(stream, {"e": encode(send)}))
        self.poke_all()

    def wake_all(self) -> None:
        """Sleepers go on; all look for what is new."""
        for replica in self.replicas.values():
            replica.scripts.awake.set()
        self.poke_all()

    def poke_all(self) -> None:
        for replica in self.replicas.values():
            replica.poke()
        self.settle()

    def time_passes(self, seconds: int) -> None:
        """The lease of one that died runs out, and another takes over; what is held is tried again."""
        self.clock.advance(seconds)
        if not self.replica(HOLDER).has_lane:
            self.do(self.client.delete(keys.lease(I, "sender")))
            for name in NAMES:
                self.open(name)
        self.poke_all()

    def an_operator_begins_the_group_again(self, setid: bool, stream: str) -> None:
        if setid:
            self.do(self.client.xgroup_setid(stream, keys.OUTBOUND_GROUP, "0"))
        else:
            self.do(self.client.xgroup_destroy(stream, keys.OUTBOUND_GROUP))
            self.do(self.client.xgroup_create(stream, keys.OUTBOUND_GROUP, "0", mkstream=True))
        self.poke_all()

    def the_next_service_works(self) -> None:
        self.do(self.client.delete(NEXT))

    # ── what replicas go through ───────────────────────────────────────────────────────────────────────────────────
    def open(self, name: str) -> None:
        replica = self.replica(name)
        if not replica.has_lane and replica.scripts.awake.is_set():
            for stream in outbound_streams(I):
                self.do(_make_group(self.client, stream))
            if self.do(replica.open(I, outbound_streams(I), lambda played: Hands(played, self))):
                assert replica.fence > self.fence
                self.fence = replica.fence
            self.settle()

    def the_lease_runs_out_and_is_taken(self, name: str) -> None:
        self.do(self.client.delete(keys.lease(I, "sender")))
        self.open(name)

    def die(self, name: str) -> None:
        self.do(self.replica(name).die())
        self.settle()

    def bury(self) -> None:
        """Those that died in the middle of a call."""
        for replica in self.replicas.values():
            if replica.scripts.dead:
                self.do(replica.die())

    def sleep(self, name: str) -> None:
        self.replica(name).scripts.awake.clear()

    def stop(self, name: str) -> None:
        self.replica(name).stop()
        self.settle()

    def a_call_will_fail(self, name: str, script: str, when: When, how: How, skip: int) -> None:
        self.replica(name).scripts.trips[script, when] = skip, how

    # ── what handlers say ──────────────────────────────────────────────────────────────────────────────────────────
    def is_not_admitted(self, chat: str, wait: Wait) -> None:
        self.waits.setdefault(chat, []).append(wait)

    def handle(self, which: int, word: Any, lost: bool) -> None:
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

    def handle_all(self, word: Any) -> None:
        for _, future in list(self.in_hand):
            future.set_result(word)
        self.settle()

    def everything(self) -> Any:
        """All of Redis but who was handed what."""
        names = [keys.events(I), keys.dead_letters(I), *outbound_streams(I)]
        return [self.do(self.client.xrange(name)) for name in names], self.do(self.client.hgetall(keys.progress(I)))

    async def begins(self, delivery: Delivery, fence: int) -> None:
        """Whoever has the lane begins a chat's first entry that is not ended, and one at a time."""
        chat, id_ = delivery.event.chat, delivery.event.id
        if any(other.event.chat == chat and other.fence == fence for other, _ in self.in_hand):
            self.wrong.append(f"{chat}: {id_} began while another was in hand")
        self.nerves.begin()
        ended = (await self.log())[chat]
        self.nerves.end()
        if fence == self.fence and id_ != next((came for came in self.came[chat] if came not in ended), None):
            self.wrong.append(f"{chat}: {id_} began out of its turn, after {len(ended)} were ended")

    # ── what is always so ──────────────────────────────────────────────────────────────────────────────────────────
    def each_chat_is_ended_in_its_order_and_the_rest_is_still_there(self) -> None:
        self.look()
        for chat, came in self.came.items():
            assert self.ended[chat] == came[: len(self.ended[chat])], chat
        assert not self.wrong
        left = [id_ for chat, came in self.came.items() for id_ in came[len(self.ended[chat]) :]]
        assert sorted(self.in_streams()) == sorted(left)

    def look(self) -> None:
        self.ended = self.do(self.log())

    async def log(self) -> dict[str, list[str]]:
        """What was ended, by chat, in the log's order."""
        facts = [decode(fields[b"e"]) for _, fields in await self.client.xrange(keys.events(I))]
        assert len({fact.id for fact in facts}) == len(facts), "a fact stands in the log twice"
        ends = [fact for fact in facts if isinstance(fact, SendAccepted | EntryDeadLettered)]
        return {chat: [str(end.causation_id) for end in ends if end.chat == chat] for chat in CHATS}

    def in_streams(self) -> list[str]:
        found = []
        for stream in outbound_streams(I):
            for _, fields in self.do(self.client.xrange(stream)):
                event = decode(fields[b"e"])
                assert isinstance(event, SendRequested)
                found.append(event.id)
        return found

    def end(self) -> None:
        for replica in self.replicas.values():
            self.do(replica.die())
        self.do(self.client.aclose())
        self.loop.close()

    def all_is_well_again(self) -> None:
        """Then nothing stays behind: not in a stream, not pending, no progress."""
        self.waits.clear()
        for replica in self.replicas.values():
            replica.scripts.trips.clear()
        self.wake_all()
        self.bury()
        for _ in range(200):
            self.settle()
            self.look()
            if not self.in_streams():
                break
            self.do(self.client.delete(NEXT))
            for _, future in list(self.in_hand):
                future.set_result(lambda hands, delivery: hands.done(delivery))
            self.time_passes(100)
        assert self.ended == self.came
        assert not self.wrong
        assert not self.do(self.client.hgetall(keys.progress(I)))
        for stream in outbound_streams(I):
            assert self.do(self.client.xpending(stream, keys.OUTBOUND_GROUP))["pending"] == 0
        assert self.do(self.client.xlen(NEXT)) <= BOUND


async def _make_group(client: Any, stream: str) -> None:
    from redis.exceptions import ResponseError

    try:
        await client.xgroup_create(stream, keys.OUTBOUND_GROUP, "0", mkstream=True)
    except ResponseError as error:
        assert "BUSYGROUP" in str(error)  # noqa: PT017


A_NAME = {"name": lambda draw: draw.choice([HOLDER, HOLDER, *NAMES])}
Draw = Callable[[random.Random], Any]
STEPS: dict[str, tuple[int, dict[str, Draw]]] = {
    "arrive": (5, {"chats": lambda draw: draw.choices(sorted(CHATS), k=draw.randrange(1, 8)),
                   "lost": lambda draw: draw.choice([None, None, None, 0, 1])}),
    "handle": (20, {"which": lambda draw: draw.randrange(20), "word": a_word, "lost": lambda draw: draw.random() < 0.2}),
    "handle_all": (3, {"word": a_word}),
    "is_not_admitted": (2, {"chat": lambda draw: draw.choice(sorted(CHATS)),
                            "wait": lambda draw: Wait(draw.choice([0.5, 30.0]), draw.choice(["chat", "lane"]))}),
    "time_passes": (12, {"seconds": lambda draw: draw.choice([1, 10, 100])}),
    "a_call_will_fail": (5, {**A_NAME, "script": lambda draw: draw.choice(["commit", "commit", "read", "claim"]),
                             "when": lambda draw: draw.choice(["before", "after", "after"]),
                             "how": lambda draw: draw.choice(["lost", "lost", "dead"]),
                             "skip": lambda draw: draw.randrange(3)}),
    "the_lease_runs_out_and_is_taken": (4, {"name": lambda draw: draw.choice(NAMES)}),
    "open": (4, A_NAME), "die": (1, A_NAME), "sleep": (2, A_NAME), "wake_all": (4, {}), "stop": (1, A_NAME),
    "an_operator_begins_the_group_again": (1, {"setid": lambda draw: draw.random() < 0.5,
                                               "stream": lambda draw: draw.choice(outbound_streams(I))}),
    "the_next_service_works": (2, {}),
}  # fmt: skip


def a_step(seed: int) -> tuple[str, dict[str, Any]]:
    """One thing that happens. Hypothesis draws seeds, so that what is rare stays as rare as it is weighted here."""
    draw = random.Random(seed)
    (name,) = draw.choices(list(STEPS), [weight for weight, _ in STEPS.values()])
    return name, {about: value(draw) for about, value in STEPS[name][1].items()}


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(st.integers(0, 2**64 - 1).map(a_step), min_size=60, max_size=100))
def test_lanes_end_every_entry_once_and_in_its_order(redis_url: str, steps: list[tuple[str, dict[str, Any]]]) -> None:
    lanes = Lanes(redis_url)
    try:
        for name, about in steps:
            getattr(lanes, name)(**about)
            lanes.bury()
            lanes.each_chat_is_ended_in_its_order_and_the_rest_is_still_there()
        lanes.all_is_well_again()
    finally:
        lanes.end()


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What waits before it asks Redis again does not wait here, and nobody reads the logs."""
    monkeypatch.setattr("shared.streams.lane.REDIS_PAUSE_S", 0.0)
    with structlog.testing.capture_logs():
        yield
