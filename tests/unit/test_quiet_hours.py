"""When are a clinic's quiet hours over? By its own wall clock, over midnight and through a change of the clocks."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from sender.quiet import Span

SAO_PAULO = ZoneInfo("America/Sao_Paulo")
MADRID = ZoneInfo("Europe/Madrid")


def ms(when: str, zone: ZoneInfo) -> int:
    return round(dt.datetime.fromisoformat(when).replace(tzinfo=zone).timestamp() * 1000)


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-11-24T20:59", None),
        ("2026-11-24T21:00", "2026-11-25T08:00"),
        ("2026-11-24T23:59", "2026-11-25T08:00"),
        ("2026-11-25T00:00", "2026-11-25T08:00"),
        ("2026-11-25T07:59", "2026-11-25T08:00"),
        ("2026-11-25T08:00", None),
        ("2026-12-31T22:00", "2027-01-01T08:00"),
    ],
)
def test_over_midnight(now: str, end: str | None) -> None:
    span = Span(SAO_PAULO, 21 * 60, 8 * 60)
    assert span.ends_at(ms(now, SAO_PAULO)) == (ms(end, SAO_PAULO) if end else None)


def test_within_a_day_and_until_its_end() -> None:
    assert Span(MADRID, 13 * 60, 15 * 60).ends_at(ms("2026-11-24T14:10", MADRID)) == ms("2026-11-24T15:00", MADRID)
    assert Span(MADRID, 22 * 60, 24 * 60).ends_at(ms("2026-11-24T22:30", MADRID)) == ms("2026-11-25T00:00", MADRID)
    assert Span(MADRID, 13 * 60, 15 * 60).ends_at(ms("2026-11-24T15:00", MADRID)) is None


@pytest.mark.parametrize(
    ("night", "hours"), [("2027-03-27T22:00", 10), ("2027-10-30T22:00", 12), ("2027-05-01T22:00", 11)]
)
def test_a_night_in_which_the_clocks_change_ends_at_nine_by_the_wall(night: str, hours: int) -> None:
    start = ms(night, MADRID)
    assert Span(MADRID, 22 * 60, 9 * 60).ends_at(start) == start + hours * 3_600_000


def test_an_end_is_never_now_or_before() -> None:
    for minute in range(0, 24 * 60, 7):
        now = ms("2027-03-28T00:00", MADRID) + minute * 60_000
        end = Span(MADRID, 1 * 60, 2 * 60 + 30).ends_at(now)
        assert end is None or end > now
