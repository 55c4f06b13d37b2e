"""Does the breaker keep messages from a gateway that is down, and let them go when it is back?"""

import random

from sender.breaker import BASE_S, CAP_S, THRESHOLD, Breaker
from shared.telemetry import metrics


class Gateway:
    def __init__(self) -> None:
        self.alive = False
        self.asked = 0
        self.now = 0.0

    async def probe(self) -> bool:
        self.asked += 1
        return self.alive

    def breaker(self) -> Breaker:
        return Breaker(self.probe, now=lambda: self.now, draw=random.Random(1))


def broken(gateway: Gateway) -> Breaker:
    breaker = gateway.breaker()
    for _ in range(THRESHOLD):
        breaker.failed()
    return breaker


async def test_it_opens_after_failures_in_a_row_and_not_before() -> None:
    gateway = Gateway()
    breaker = gateway.breaker()
    for _ in range(3):
        for _ in range(THRESHOLD - 1):
            breaker.failed()
        assert await breaker.wait_s() == 0
        breaker.answered()
    assert not breaker.is_open
    for _ in range(THRESHOLD):
        breaker.failed()
    assert breaker.is_open
    assert await breaker.wait_s() > 0
    assert gateway.asked == 0  # not before its time


async def test_while_it_is_open_one_question_at_a_time_asks_for_a_sign_of_life() -> None:
    gateway = Gateway()
    breaker = broken(gateway)
    for asked in range(1, 20):
        gateway.now += CAP_S
        wait = await breaker.wait_s()
        assert BASE_S <= wait <= CAP_S
        assert gateway.asked == asked
        assert await breaker.wait_s() > 0
        assert gateway.asked == asked  # the others wait for its answer


async def test_after_a_sign_of_life_one_message_goes_and_its_end_decides() -> None:
    gateway = Gateway()
    breaker = broken(gateway)
    gateway.alive, gateway.now = True, CAP_S
    assert await breaker.wait_s() == 0
    assert await breaker.wait_s() > 0
    assert breaker.is_open
    breaker.failed()  # it answers questions, and no message
    gateway.now += CAP_S
    assert await breaker.wait_s() == 0
    breaker.answered()
    assert not breaker.is_open
    assert [await breaker.wait_s() for _ in range(5)] == [0.0] * 5


async def test_the_metric_says_whether_calls_are_held_back() -> None:
    gateway = Gateway()
    breaker = gateway.breaker()
    up = [metrics.GATEWAY_UP._value.get()]
    for _ in range(THRESHOLD):
        breaker.failed()
    up.append(metrics.GATEWAY_UP._value.get())
    breaker.answered()
    up.append(metrics.GATEWAY_UP._value.get())
    assert up == [1, 0, 1]


async def test_who_only_wants_to_know_what_became_of_a_call_probes_too_and_takes_no_turn() -> None:
    gateway = Gateway()
    breaker = broken(gateway)
    assert await breaker.is_away()
    assert gateway.asked == 0  # not before its time
    gateway.now += CAP_S
    assert await breaker.is_away()
    assert gateway.asked == 1
    gateway.alive, gateway.now = True, gateway.now + CAP_S
    assert [await breaker.is_away() for _ in range(3)] == [False] * 3
    assert gateway.asked == 2
    assert await breaker.wait_s() == 0  # the turn is a message's
    assert await breaker.wait_s() > 0
    assert await breaker.is_away()  # until it is known what became of that message
    breaker.answered()
    assert not await breaker.is_away()


async def test_a_sign_of_life_grows_old() -> None:
    gateway = Gateway()
    breaker = broken(gateway)
    gateway.alive, gateway.now = True, CAP_S
    assert not await breaker.is_away()
    gateway.alive, gateway.now = False, 2 * CAP_S
    assert await breaker.is_away()
    assert await breaker.wait_s() > 0
