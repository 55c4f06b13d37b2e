"""Does the judge of the chaos runs see what it is there to see?"""

from collections import Counter

import pytest

from tests.chaos import judging
from tests.chaos.pace import worst_excess
from tests.chaos.verdict import Verdict
from tests.support.replica import a_send

TEXTS = ["a", "b", "a"]
SENDS = [a_send(text, "c") for text in TEXTS]


def compared(arrived: list[str], *, excused: set[str] = frozenset(), traceless: str = "") -> Verdict:  # type: ignore[assignment]
    verdict = Verdict()
    kept = judging._without_traceless("c", SENDS, arrived, Counter(traceless), verdict)
    judging._compare("c", SENDS, kept, excused, verdict)
    return verdict


@pytest.mark.parametrize(
    ("arrived", "what"),
    [("aba", ""), ("ab", "lost"), ("aa", "lost"), ("abaa", "doubled"), ("aab", "reordered"), ("baa", "reordered")],
)
def test_what_is_lost_doubled_or_out_of_order_is_counted_as_that(arrived: str, what: str) -> None:
    verdict = compared(list(arrived))
    assert [name for name in ("lost", "doubled", "reordered") if getattr(verdict, name)] == ([what] if what else [])
    assert bool(verdict.troubles) == bool(what)


def test_a_second_copy_is_excused_only_where_the_first_left_no_trace() -> None:
    assert compared(list("abba"), traceless="b").untraceable == 1
    assert not compared(list("abba"), traceless="b").broken
    assert compared(list("abba"), traceless="a").doubled == 1
    assert compared(list("abbba"), traceless="b").doubled == 1


def test_what_was_set_aside_may_be_missing_and_nothing_else() -> None:
    assert not compared(list("aa"), excused={SENDS[1].id}).broken
    assert compared(list("a"), excused={SENDS[1].id}).lost == 1


@pytest.mark.parametrize(
    ("times", "excess"),
    [([0.0] * 5, 0.0), ([0.0] * 6, 1.0), ([0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0], 2.0), ([0.0, 10.0], -4.0)],
)
def test_the_fullest_window_is_found(times: list[float], excess: float) -> None:
    assert worst_excess(times, rate=1.0, capacity=5) == excess
