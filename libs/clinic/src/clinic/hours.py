"""When is this clinic open?

Everything is the clinic's own wall clock: an aware time is turned into the clinic's timezone first.
"""

from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from clinic.model import WEEKDAYS, Clinic, Holiday
from clinic.times import MIDNIGHT, Span

LOOK_AHEAD_DAYS = 60  # a clinic that is closed for longer has no "next opening" worth telling


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def local(clinic: Clinic, now: datetime) -> datetime:
    return now.astimezone(_zone(clinic.timezone))


def holiday_on(clinic: Clinic, day: date) -> Holiday | None:
    """The holiday of that day; one with a year goes before the one of every year."""
    found = [one for one in clinic.holidays if one.date.falls_on(day)]
    return max(found, key=lambda one: one.date.year or 0, default=None)


def spans_on(clinic: Clinic, day: date) -> tuple[Span, ...]:
    """What is open on that day, the holiday's own hours going before the weekday's."""
    holiday = holiday_on(clinic, day)
    if holiday is not None:
        return holiday.hours
    spans: tuple[Span, ...] = getattr(clinic.hours, WEEKDAYS[day.weekday()])
    return spans


def open_until(clinic: Clinic, now: datetime) -> datetime | None:
    """When it closes next if it is open now; a span that meets the next day's goes on."""
    here = local(clinic, now)
    minute = here.hour * 60 + here.minute
    closes = next((one.closes for one in spans_on(clinic, here.date()) if one.holds(minute)), None)
    if closes is None:
        return None
    return at(clinic, *_joined(clinic, here.date(), closes))


def next_opening(clinic: Clinic, now: datetime) -> datetime | None:
    """When it opens next, at `now` or later, whether or not it is open now."""
    here = local(clinic, now)
    minute = here.hour * 60 + here.minute
    for ahead in range(LOOK_AHEAD_DAYS):
        day = here.date() + timedelta(days=ahead)
        starts = [one.opens for one in spans_on(clinic, day) if ahead or one.opens >= minute]
        if starts:
            return at(clinic, day, min(starts))
    return None


def quiet(clinic: Clinic, now: datetime) -> bool:
    """Are these the hours in which nothing unasked is sent?"""
    here = local(clinic, now)
    span = clinic.policies.quiet_hours
    return span is not None and span.holds(here.hour * 60 + here.minute)


def at(clinic: Clinic, day: date, minute: int) -> datetime:
    start = datetime(day.year, day.month, day.day, tzinfo=_zone(clinic.timezone))
    return start + timedelta(minutes=minute)  # wall-clock arithmetic: an aware datetime keeps its zone's fields


def _joined(clinic: Clinic, day: date, closes: int) -> tuple[date, int]:
    """Where an opening really ends when spans touch, also over midnight (bounded: a week is always open)."""
    for _ in range(21):
        following = [one for one in spans_on(clinic, day) if one.opens == closes]
        if following:
            closes = following[0].closes
        elif closes == MIDNIGHT and any(not one.opens for one in spans_on(clinic, day + timedelta(days=1))):
            day, closes = day + timedelta(days=1), 0
        else:
            break
    return day, closes
