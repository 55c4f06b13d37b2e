"""How is a time, a number or a duration written for a reader? By the language, in the clinic's own timezone."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

from babel import Locale, dates, numbers

DAY_MS = 86_400_000
_BRAZILIAN = re.compile(r"55(\d{2})(\d{4,5})(\d{4})")


class Formats:
    """Writes values for one reader. Times come in milliseconds since 1970."""

    def __init__(self, locale: Locale, zone: ZoneInfo, now_ms: int) -> None:
        self._locale = locale
        self.zone = zone
        self._now = self._at(now_ms)

    def time(self, ms: int) -> str:
        """08:05"""
        return f"{self._at(ms):%H:%M}"

    def moment(self, ms: int) -> str:
        """24 de nov. de 2026, 08:05:09"""
        return f"{dates.format_date(self._at(ms), 'medium', locale=self._locale)}, {self._at(ms):%H:%M:%S}"

    def day(self, ms: int) -> str:
        """ter., 24 de novembro"""
        skeleton = "MMMMEEEEd" if self._at(ms).year == self._now.year else "yMMMMEEEEd"
        return dates.format_skeleton(skeleton, self._at(ms), locale=self._locale)

    def day_name(self, day: str) -> str:
        """24/11, of YYYY-MM-DD."""
        return dates.format_skeleton("Md", dt.date.fromisoformat(day), locale=self._locale)

    def short(self, ms: int) -> str:
        """The time today, the weekday within six days, else the date."""
        at = self._at(ms)
        days = (self._now.date() - at.date()).days
        if days == 0:
            return self.time(ms)
        return dates.format_skeleton("E" if 0 < days < 7 else "yMd", at, locale=self._locale)

    def when(self, ms: int) -> str:
        """The time, with the date unless it is today."""
        at = self._at(ms)
        if at.date() == self._now.date():
            return self.time(ms)
        shown = dates.format_skeleton("MMMd" if at.year == self._now.year else "yMMMd", at, locale=self._locale)
        return f"{shown}, {self.time(ms)}"

    def iso(self, ms: int) -> str:
        """For `<time datetime>`."""
        return self._at(ms).isoformat(timespec="seconds")

    def local_input(self, ms: int) -> str:
        """For `<input type=datetime-local>`."""
        return self._at(ms).strftime("%Y-%m-%dT%H:%M")

    def offset(self) -> str:
        """The zone's name, as it is now."""
        return dates.get_timezone_name(self._now, "long", locale=self._locale)

    def phone(self, chat: str) -> str:
        """+55 11 98765-4321; an address that is no phone number stays as it is."""
        if found := _BRAZILIAN.fullmatch(chat):
            return "+55 {} {}-{}".format(*found.groups())
        return f"+{chat}" if chat.isdigit() else chat

    def number(self, value: float) -> str:
        return numbers.format_decimal(value, locale=self._locale)

    def money(self, usd: float) -> str:
        return numbers.format_currency(usd, "USD", locale=self._locale)

    def percent(self, share: float) -> str:
        return numbers.format_percent(share, format="#,##0.#%" if share and share < 0.1 else None, locale=self._locale)

    def lasting(self, ms: float) -> str:
        """850 ms, 2,4 s, 3 min, 2 h, 4 d"""
        for unit, size in (("d", DAY_MS), ("h", 3_600_000), ("min", 60_000)):
            if ms >= 2 * size:
                return f"{self.number(round(ms / size))} {unit}"
        if ms >= 1000:
            return f"{self.number(round(ms / 1000, 1))} s"
        return f"{self.number(round(ms))} ms"

    def ago(self, ms: int) -> str:
        """há 3 minutos"""
        return dates.format_timedelta(self._at(ms) - self._now, add_direction=True, locale=self._locale)

    def date_of(self, ms: int) -> dt.date:
        return self._at(ms).date()

    def ms_of(self, local: str) -> int:
        """Of what `<input type=datetime-local>` gives. Raises ValueError."""
        return round(dt.datetime.fromisoformat(local).replace(tzinfo=self.zone).timestamp() * 1000)

    def _at(self, ms: int) -> dt.datetime:
        try:
            return dt.datetime.fromtimestamp(ms / 1000, self.zone)
        except (OverflowError, ValueError, OSError):  # a time that somebody else's message made up
            return dt.datetime.fromtimestamp(0, self.zone)
