"""How are spans of a day and days of a year written?"""

import re
from datetime import date
from typing import Self

from msgspec import Struct

MIDNIGHT = 24 * 60
_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")
_DAY = re.compile(r"(?:(\d{4})-)?(\d{1,2})-(\d{1,2})")


def clock(minute: int) -> str:
    """Minutes since midnight as 08:30."""
    return f"{minute // 60:02}:{minute % 60:02}"


class Span(Struct, frozen=True, order=True):
    """From one minute of a day to another: `08:00-12:00`; a day ends at `24:00`."""

    opens: int
    closes: int

    @classmethod
    def parse(cls, text: str) -> Self:
        found = _SPAN.fullmatch(text.strip())
        if found is None:
            raise ValueError(f"{text!r} is not a span such as 08:00-12:00")
        opens, closes = (_minute(found, 1), _minute(found, 3))
        if max(opens, closes) > MIDNIGHT:
            raise ValueError(f"{text!r} goes past the end of the day (24:00)")
        if opens == closes:
            raise ValueError(f"opens and closes at the same time ({clock(opens)})")
        return cls(opens, closes)

    @property
    def overnight(self) -> bool:
        return self.closes < self.opens

    def holds(self, minute: int) -> bool:
        if self.overnight:
            return minute >= self.opens or minute < self.closes
        return self.opens <= minute < self.closes


class Day(Struct, frozen=True):
    """`2027-02-09`, or `12-25` for every year."""

    month: int
    day: int
    year: int | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        found = _DAY.fullmatch(text.strip())
        if found is None:
            raise ValueError(f"{text!r} is not a date such as 2027-02-09, or 12-25 for every year")
        year, month, day = found.groups()
        try:
            date(int(year or 2024), int(month), int(day))  # 2024: a leap year, so 02-29 may stand
        except ValueError as wrong:
            raise ValueError(f"{text!r} is not a day of the calendar") from wrong
        return cls(int(month), int(day), int(year) if year else None)

    def falls_on(self, day: date) -> bool:
        return (self.month, self.day) == (day.month, day.day) and self.year in (None, day.year)


def _minute(found: re.Match[str], group: int) -> int:
    hour, minute = int(found[group]), int(found[group + 1])
    if minute > 59:
        raise ValueError(f"{found[0]!r}: an hour has 60 minutes")
    return hour * 60 + minute
