"""Do names sort by time, and are a repeated step's names the same?"""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import ids
from shared.clock import ManualClock

TIMES = st.integers(0, 2**48 - 1)


@given(TIMES, TIMES)
def test_ids_sort_by_the_time_at_which_they_were_made(one: int, two: int) -> None:
    first, second = ids.new(ManualClock(one)), ids.new(ManualClock(two))
    assert one == two or (first < second) == (one < two)
    assert (ids.time_ms(first), ids.time_ms(second)) == (one, two)


def test_ids_of_one_moment_differ_and_sort_as_they_were_asked_for() -> None:
    clock = ManualClock()
    found = [ids.new(clock) for _ in range(1000)]
    assert found == sorted(set(found))
    assert len({ids.new(ManualClock(at))[14:] for at in range(100)}) == 100


@given(TIMES, st.text())
def test_an_id_is_a_uuid_of_version_7(at: int, purpose: str) -> None:
    for id_ in (ids.new(ManualClock(at)), ids.derived(ids.new(ManualClock(at)), purpose)):
        found = uuid.UUID(id_)
        assert (found.version, found.variant, str(found)) == (7, uuid.RFC_4122, id_)


def test_a_derived_id_is_always_the_same_and_keeps_its_causes_time() -> None:
    clock = ManualClock()
    cause, other = ids.new(clock), ids.new(clock)
    assert ids.derived(cause, "send/0") == ids.derived(cause, "send/0")
    assert len({ids.derived(c, p) for c in (cause, other) for p in ("send/0", "send/1", "")}) == 6
    assert ids.time_ms(ids.derived(cause, "send/0")) == clock.now_ms()


@pytest.mark.parametrize("wrong", ["", "7", "not a uuid", "019a2b3c-4d5e-7f60-8a9b-0c1d2e3f405"])
def test_what_is_no_id_has_no_time(wrong: str) -> None:
    with pytest.raises(ValueError, match="UUID"):
        ids.time_ms(wrong)
