"""Are tries counted right, whatever becomes of them?"""

from hypothesis import given
from hypothesis import strategies as st

from shared.streams.progress import Progress, dump, parse


def test_a_try_has_a_number_a_time_and_a_replica_and_is_open_until_it_ends() -> None:
    begun = Progress().begun(at=7, by="r1")
    assert begun.last
    assert (begun.last.number, begun.last.at, begun.last.by, begun.last.is_open, begun.count) == (1, 7, "r1", True, 1)
    ended = begun.ended("retry", "why")
    assert ended.last
    assert (ended.last.is_open, ended.last.outcome, ended.last.reason, ended.count) == (False, "retry", "why", 1)


def test_a_wait_that_does_not_count_keeps_its_number_and_uses_up_no_try() -> None:
    waited = Progress().begun(at=1, by="r1").uncount().begun(at=2, by="r1").uncount().begun(at=3, by="r1")
    assert waited.last
    assert (waited.count, waited.uncounted, waited.last.number) == (1, 2, 3)


def test_a_closed_try_is_not_taken_back() -> None:
    assert Progress().begun(at=1, by="r1").ended("retry", "").uncount().count == 1


def test_beginning_anew_ends_a_wait_and_a_search() -> None:
    begun = Progress().begun(at=1, by="r1").sought(5).held(9).begun(at=2, by="r2")
    assert (begun.retry_at, begun.since) == (0, 0)


def test_a_reason_is_kept_short() -> None:
    assert len(Progress().begun(at=1, by="r").ended("retry", "x" * 10_000).last.reason) == 500  # type: ignore[union-attr]


@given(st.lists(st.sampled_from(["begin", "end", "uncount", "hold", "seek"]), max_size=30))
def test_numbers_only_grow_and_what_is_written_reads_back(steps: list[str]) -> None:
    progress, highest = Progress(), 0
    for at, step in enumerate(steps):
        match step:
            case "begin":
                progress = progress.begun(at=at, by="r")
                assert progress.last
                assert progress.last.number > highest
                highest = progress.last.number
            case "end" if progress.last:
                progress = progress.ended("retry", "why")
            case "uncount":
                progress = progress.uncount()
            case "hold":
                progress = progress.held(at)
            case "seek":
                progress = progress.sought(at)
        assert parse(dump(progress)) == progress


@given(st.binary(max_size=60))
def test_what_cannot_be_read_counts_as_no_try(data: bytes) -> None:
    assert isinstance(parse(data), Progress)
    assert parse(None) == parse(b"") == parse(b"\xc1") == Progress()
