"""Is the order within a chat strict, does every chat get its turn, and do VIPs go first without starving the rest?"""

from collections import deque
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from shared import ids
from shared.clock import ManualClock
from shared.events import SendRequested, Text
from shared.streams.chats import VIP_TURNS, ChatQueues
from shared.streams.delivery import Delivery, Entry, Flight
from shared.streams.progress import Progress

CLOCK = ManualClock()


def a_flight(chat: str, *, vip: bool = False, ready_at_ms: int = 0) -> Flight:
    event = SendRequested(
        id=ids.new(CLOCK), instance="wa1", chat=chat, to=chat, occurred_at=0, recorded_at=0,
        content=Text(text=""), send_class="reply",
    )  # fmt: skip
    return Flight(Delivery(Entry("s", event.id, b""), event, Progress(), 1), vip, ready_at_ms)


class Chats(RuleBasedStateMachine):
    """Against a list for every chat and the times until which heads are held."""

    def __init__(self) -> None:
        super().__init__()
        self.queues = ChatQueues()
        self.model: dict[str, deque[Flight]] = {}
        self.busy: dict[str, Flight] = {}
        self.now = 1_000

    @rule(chat=st.sampled_from("abcde"), vip=st.booleans(), wait=st.sampled_from([0, 0, 0, 50]))
    def add(self, chat: str, vip: bool, wait: int) -> None:
        flight = a_flight(chat, vip=vip, ready_at_ms=self.now + wait if wait else 0)
        self.model.setdefault(chat, deque()).append(flight)
        self.queues.add(flight, self.now)

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def add_to_a_turn(self, data: Any) -> None:
        """What comes behind a head that waits for its turn to be complete ends the wait, and no other one."""
        chat = data.draw(st.sampled_from(sorted(self.model)))
        flight = a_flight(chat)
        self.model[chat].append(flight)
        self.queues.add(flight, self.now)
        head, busy = self.model[chat][0], chat in self.busy
        before = head.ready_at_ms
        self.queues.reconsider(flight, self.now)
        assert head.ready_at_ms == before or (head.waiting and not busy and head.ready_at_ms == self.now)

    def _ready(self) -> set[str]:
        return {
            chat for chat, flights in self.model.items()
            if flights and chat not in self.busy and flights[0].ready_at_ms <= self.now
        }  # fmt: skip

    @rule()
    def next(self) -> None:
        ready = self._ready()
        flight = self.queues.next(self.now)
        if flight is None:
            assert not ready
            return
        chat = flight.delivery.event.chat
        assert chat in ready
        assert flight is self.model[chat][0]
        self.busy[chat] = flight

    @precondition(lambda self: self.busy)
    @rule(data=st.data())
    def finish(self, data: Any) -> None:
        chat, flight = data.draw(st.sampled_from(sorted(self.busy.items(), key=lambda item: item[0])))
        del self.busy[chat]
        followers = data.draw(st.integers(0, len(self.model[chat]) - 1))
        assert list(self.queues.behind(flight)) == list(self.model[chat])[1:]
        for _ in range(1 + followers):
            self.model[chat].popleft()
        self.queues.finish(flight, self.now, followers)

    @precondition(lambda self: self.busy)
    @rule(data=st.data(), wait=st.integers(-5, 100), for_its_turn=st.booleans())
    def hold(self, data: Any, wait: int, for_its_turn: bool) -> None:
        chat, flight = data.draw(st.sampled_from(sorted(self.busy.items(), key=lambda item: item[0])))
        del self.busy[chat]
        flight.waiting = for_its_turn
        self.queues.hold(flight, self.now + wait, self.now)

    @precondition(lambda self: self.busy)
    @rule(data=st.data())
    def put_back(self, data: Any) -> None:
        chat, flight = data.draw(st.sampled_from(sorted(self.busy.items(), key=lambda item: item[0])))
        del self.busy[chat]
        flight.ready_at_ms = min(flight.ready_at_ms, self.now)
        self.queues.put_back(flight)

    @rule(ms=st.integers(1, 80))
    def time_passes(self, ms: int) -> None:
        self.now += ms

    @rule()
    def drained_all_go_in_order(self) -> None:
        """Whoever is ready gets its turn, however many others there are."""
        waiting = self._ready()
        for _ in range(2 * (VIP_TURNS + 1) * (len(waiting) + 1)):
            flight = self.queues.next(self.now)
            if flight is None:
                break
            chat = flight.delivery.event.chat
            waiting.discard(chat)
            assert self.model[chat].popleft() is flight
            self.queues.finish(flight, self.now)
        assert not waiting

    @invariant()
    def counts_agree(self) -> None:
        assert len(self.queues) == sum(len(flights) for flights in self.model.values())
        held = [
            flights[0].ready_at_ms for chat, flights in self.model.items()
            if flights and chat not in self.busy and flights[0].ready_at_ms > self.now
        ]  # fmt: skip
        at = self.queues.next_at_ms()
        assert at is not None or not held
        assert not held or at <= min(held)  # type: ignore[operator]


TestChats = Chats.TestCase
TestChats.settings = settings(
    max_examples=120, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def turns(queues: ChatQueues, count: int, *, refused: int = 0) -> str:
    """Who goes, one after the other; before each, so many are refused a token."""
    gone = ""
    for _ in range(count):
        for _ in range(refused):
            flight = queues.next(0)
            assert flight
            queues.put_back(flight)
        flight = queues.next(0)
        assert flight
        gone += "v" if flight.vip else "n"
        queues.finish(flight, 0)
    return gone


def both() -> ChatQueues:
    queues = ChatQueues()
    for n in range(40):
        queues.add(a_flight(f"v{n}", vip=True), 0)
        queues.add(a_flight(f"n{n}"), 0)
    return queues


def test_after_four_vips_one_other_goes() -> None:
    assert turns(both(), 20) == "vvvvn" * 4


def test_the_rest_is_not_starved_when_every_other_try_is_refused_a_token() -> None:
    for refused in range(1, 10):
        assert turns(both(), 20, refused=refused) == "vvvvn" * 4


@pytest.mark.parametrize("back", [(4, 5), (5, 4)])
def test_whose_turn_it_was_still_has_it_in_whatever_order_they_come_back(back: tuple[int, int]) -> None:
    """Two are asked side by side when the pace says no: one of the others, whose turn it was, and a VIP behind it."""
    queues = both()
    asked = [flight for _ in range(6) if (flight := queues.next(0))]
    assert [flight.vip for flight in asked] == [True] * VIP_TURNS + [False, True]
    for flight in asked[:VIP_TURNS]:
        queues.finish(flight, 0)
    for n in back:
        queues.put_back(asked[n])
    assert queues.next(0) is asked[4]


def test_a_head_that_was_put_back_is_the_first_to_go() -> None:
    queues = ChatQueues()
    queues.add(a_flight("a"), 0)
    queues.add(a_flight("b"), 0)
    first = queues.next(0)
    assert first
    queues.put_back(first)
    assert queues.next(0) is first


def test_what_belongs_to_no_chat_waits_for_nothing() -> None:
    queues = ChatQueues()
    queues.add(a_flight(""), 0)
    queues.add(a_flight(""), 0)
    assert queues.next(0)
    assert queues.next(0)
    assert queues.next(0) is None


def test_a_turn_that_is_complete_earlier_than_thought_goes_earlier() -> None:
    queues = ChatQueues()
    queues.add(a_flight("a"), 0)
    head = queues.next(0)
    assert head
    head.waiting = True
    queues.hold(head, 1_500, 0)
    more = a_flight("a")
    queues.add(more, 100)
    assert queues.next(100) is None
    queues.reconsider(more, 100)
    assert queues.next(100) is head
    queues.hold(head, 900, 100)
    assert queues.next(899) is None
    assert queues.next(900) is head
