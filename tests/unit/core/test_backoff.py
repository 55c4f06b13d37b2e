"""Is a wait before the next try bounded, growing and spread?"""

import random

from hypothesis import given
from hypothesis import strategies as st

from shared.streams.backoff import BASE_S, CAP_S, full_jitter


@given(st.integers(-5, 10_000), st.integers())
def test_a_wait_is_never_nothing_and_never_above_its_bound(tries: int, seed: int) -> None:
    wait = full_jitter(tries, random.Random(seed))
    assert BASE_S / 10 <= wait <= min(CAP_S, BASE_S * 2.0 ** min(max(tries, 0), 32))


def test_waits_are_spread_over_the_whole_of_a_growing_span() -> None:
    draw = random.Random(1)
    for tries in range(7):
        waits = [full_jitter(tries, draw) for _ in range(2000)]
        bound = min(CAP_S, BASE_S * 2**tries)
        assert 0.45 * bound < sum(waits) / len(waits) < 0.55 * bound
        assert max(waits) > 0.95 * bound
