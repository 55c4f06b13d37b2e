"""The clinic is open when its file says so, on its own clock."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from clinic import Clinic, load
from clinic.hours import holiday_on, next_opening, open_until, quiet, spans_on

ZONE = ZoneInfo("America/Sao_Paulo")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("now", "until", "opens"),
    [
        ("2026-11-24T07:59", None, "2026-11-24T08:00"),
        ("2026-11-24T08:00", "2026-11-24T12:00", "2026-11-24T08:00"),
        ("2026-11-24T11:59", "2026-11-24T12:00", "2026-11-24T13:30"),
        ("2026-11-24T12:00", None, "2026-11-24T13:30"),
        ("2026-11-24T18:59", "2026-11-24T19:00", "2026-11-25T08:00"),
        ("2026-11-24T19:00", None, "2026-11-25T08:00"),
        ("2026-11-27T18:30", None, "2026-11-28T08:00"),
        ("2026-11-28T12:00", None, "2026-11-30T08:00"),  # over Sunday
        ("2026-12-24T13:00", None, "2026-12-26T08:00"),  # Christmas Eve's own hours, then Christmas
        ("2026-12-31T11:00", "2026-12-31T12:00", "2027-01-02T08:00"),
        ("2027-02-06T13:00", None, "2027-02-10T13:30"),  # Carnival, and Ash Wednesday from noon
    ],
)
def test_open_until_and_next_opening(clinic: Clinic, now: str, until: str | None, opens: str) -> None:
    assert open_until(clinic, at(now)) == (at(until) if until else None)
    assert next_opening(clinic, at(now)) == at(opens)


def test_a_time_from_anywhere_is_read_on_the_clinics_clock(clinic: Clinic) -> None:
    assert open_until(clinic, datetime(2026, 11, 24, 11, 0, tzinfo=UTC)) == at("2026-11-24T12:00")
    assert open_until(clinic, datetime(2026, 11, 24, 10, 59, tzinfo=UTC)) is None
    assert open_until(clinic, datetime(2026, 11, 24, 20, 0, tzinfo=ZoneInfo("Asia/Tokyo"))) == at("2026-11-24T12:00")


def test_an_opening_that_meets_midnight_goes_on_to_the_next_day(written: Path) -> None:
    clinic = load(written)
    assert open_until(clinic, at("2026-11-28T23:00")) == at("2026-11-29T02:00")
    assert open_until(clinic, at("2026-11-29T01:59")) == at("2026-11-29T02:00")
    assert open_until(clinic, at("2026-11-29T02:00")) is None
    assert next_opening(clinic, at("2026-11-29T02:00")) == at("2026-11-30T08:00")


def test_a_clinic_that_never_closes_is_open_without_end(written: Path) -> None:
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    text = written.read_text(encoding="utf-8")
    start, end = text.index("hours:\n"), text.index("holidays:")
    always = "hours:\n" + "".join(f"  {day}: [00:00-24:00]\n" for day in days)
    written.write_text(text[:start] + always + text[end:], encoding="utf-8")
    until = open_until(load(written), at("2026-11-24T12:00"))
    assert until is not None
    assert until - at("2026-11-24T12:00") > timedelta(days=7)


def test_a_clinic_that_is_never_open_has_no_next_opening(written: Path) -> None:
    text = written.read_text(encoding="utf-8")
    start, end = text.index("hours:\n"), text.index("holidays:")
    written.write_text(text[:start] + "hours: {}\n" + text[end:], encoding="utf-8")
    assert next_opening(load(written), at("2026-11-24T12:00")) is None


def test_a_holiday_has_its_own_hours_every_year_or_once(clinic: Clinic) -> None:
    assert spans_on(clinic, date(2030, 12, 25)) == ()
    assert [(one.opens, one.closes) for one in spans_on(clinic, date(2026, 12, 24))] == [(480, 720)]
    assert holiday_on(clinic, date(2027, 2, 9)) is not None
    assert holiday_on(clinic, date(2028, 2, 9)) is None


@pytest.mark.parametrize(
    ("now", "held"), [("21:00", True), ("23:59", True), ("07:59", True), ("08:00", False), ("20:59", False)]
)
def test_quiet_hours_go_over_midnight(clinic: Clinic, now: str, held: bool) -> None:
    assert quiet(clinic, at(f"2026-11-24T{now}")) is held
