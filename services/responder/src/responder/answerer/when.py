"""Which days, and which hour, does a question speak of?"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from msgspec import Struct

from clinic.language import Language
from clinic.model import Clinic, Holiday
from responder.answerer.wordlists import wordlist

_LISTS = wordlist("when")
_WEEKDAYS = {word: index for index, listed in enumerate(_LISTS["weekdays"]) for word in listed.split()}
_MONTHS = {word: number for number, listed in enumerate(_LISTS["months"], start=1) for word in listed.split()}
WORDS = frozenset(_WEEKDAYS) | frozenset(_MONTHS) | frozenset(_LISTS["around"].split())
_ORDINAL = re.compile(r"\bsegunda (?:via|dose|vez|opcao|opiniao|consulta|falta|visita)\b")
_NUMERIC = re.compile(r"(?<![\d/])(\d{1,2})[/.](\d{1,2})(?:[/.](\d{4}|\d{2}))?(?![\d/])")
_NAMED = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th|o)? (?:de |of )?({'|'.join(_MONTHS)})\b")
_NAMED_EN = re.compile(rf"\b({'|'.join(_MONTHS)}) (\d{{1,2}})(?:st|nd|rd|th)?\b")
_DAY = re.compile(r"\bdia (\d{1,2})\b")
_CLOCK = re.compile(r"(?<![\d/])(\d{1,2})\s?(?:(?:h|:)\s?(\d{2})|(h|hs|horas?|am|pm)\b)\s?(am|pm)?")
_PAST_NOON = re.compile(
    r"\b(?:(?:da|de la|a la|in the|na|at|esta|this) (?:tarde|noite|noche|afternoon|evening|night)|tonight)\b"
)
_BEFORE_NOON = re.compile(r"\b(?:da|de la|a la|in the|na|esta|this) (?:manha|manana|morning)\b")
_BEFORE = re.compile(r"\b(?:antes|before)\b")
EARLIEST = 7  # an hour smaller than this, with no half of the day said, is meant after noon
_AT_HOUR = re.compile(r"\b(?:as|at|las|das|till|until|past|after|before) (\d{1,2})\b(?![/:])")


class When(Struct, frozen=True):
    """The days asked about, the minute of the day if one was named; is it about now, or holidays at large?"""

    days: tuple[date, ...] = ()
    minute: int | None = None
    now: bool = False
    holidays: bool = False

    @property
    def named(self) -> bool:
        return bool(self.days or self.now or self.holidays or self.minute is not None)


def when(line: str, raw: str, today: date, clinic: Clinic, language: Language, named: Mapping[str, Holiday]) -> When:
    """What the folded words (`line`) and the folded text (`raw`, with its slashes and colons) say about time."""
    coming = (_next(holiday, today) for name, holiday in named.items() if f" {name} " in f" {line} ")
    days = (
        [day for day in coming if day]
        or list(_holy_week(line, today))
        or list(dict.fromkeys(_days(line, raw, today, language)))
    )
    general = not days and re.search(r"\b(feriados?|festivos?|holidays?)\b", line) is not None
    now = re.search(r"\b(agora|ahora|now|ainda|todavia|still|neste momento)\b", line) is not None
    return When(tuple(days[:4]), _minute(raw), now, general)


def _days(line: str, raw: str, today: date, language: Language) -> Iterator[date]:
    yield from _dates(line, raw, today)
    line = _ORDINAL.sub("", line)
    after = re.search(r"\b(depois de amanha|pasado manana|day after tomorrow)\b", line)
    if after:
        yield today + timedelta(days=2)
        line = line.replace(after[0], "")
    if re.search(r"\b(hoje|hoy|today|tonight)\b", line):
        yield today
    if _tomorrow(line, language):
        yield today + timedelta(days=1)
    if re.search(r"\b(fim de semana|fin de semana|fines de semana|weekends?|finais de semana)\b", line):
        yield from (today + timedelta(days=(day - today.weekday()) % 7) for day in (5, 6))
    for word in line.split():
        if word in _WEEKDAYS:
            yield today + timedelta(days=(_WEEKDAYS[word] - today.weekday()) % 7)


def _holy_week(line: str, today: date) -> Iterator[date]:
    """From Thursday to Easter Sunday, this year or next."""
    if re.search(r"\b(semana santa|pascoa|pascua|pascuas|easter|holy week)\b", line):
        sunday = next(day for year in (today.year, today.year + 1) if (day := _easter(year)) >= today)
        yield from (sunday - timedelta(days=ahead) for ahead in (3, 2, 1, 0))


def _easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar, by Gauss's rule as Anonymous of Nature (1876) put it."""
    century, of_century = divmod(year, 100)
    epact = (19 * (year % 19) + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    to_sunday = (32 + 2 * (century % 4) + 2 * (of_century // 4) - epact - of_century % 4) % 7
    late = (year % 19 + 11 * epact + 22 * to_sunday) // 451
    month, day = divmod(epact + to_sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def _tomorrow(line: str, language: Language) -> bool:
    """Spanish `mañana` is also the morning: `por la mañana` alone names no day."""
    if re.search(r"\b(amanha|tomorrow)\b", line):
        return True
    bare = re.sub(r"\b(?:por|de|en|a) la manana\b", "", line)
    return language == "es" and re.search(r"\bmanana\b", bare) is not None


def _dates(line: str, raw: str, today: date) -> Iterator[date]:
    for found in _NUMERIC.finditer(raw):
        first, second = int(found[1]), int(found[2])
        year = int(found[3]) + (2000 if len(found[3]) == 2 else 0) if found[3] else None
        yield from _valid(first, second, year, today) or _valid(second, first, year, today)
    for found in _NAMED.finditer(line):
        yield from _valid(int(found[1]), _MONTHS[found[2]], None, today)
    for found in _NAMED_EN.finditer(line):
        yield from _valid(int(found[2]), _MONTHS[found[1]], None, today)
    if not (_NUMERIC.search(raw) or _NAMED.search(line)):
        for found in _DAY.finditer(line):
            yield from _this_or_next_month(int(found[1]), today)


def _valid(day: int, month: int, year: int | None, today: date) -> list[date]:
    """The date; without a year the next time that it comes."""
    for candidate in (year,) if year else range(today.year, today.year + 5):
        try:
            found = date(candidate, month, day)
        except ValueError:
            continue
        if year or found >= today:
            return [found]
    return []


def _this_or_next_month(day: int, today: date) -> list[date]:
    months = ((today.year, today.month), (today.year + today.month // 12, today.month % 12 + 1))
    found = (_valid(day, month, year, today) for year, month in months)
    return next((one for one in found if one and one[0] >= today), [])


def _minute(raw: str) -> int | None:
    found = _CLOCK.search(raw)
    if found:
        hours, minutes, half = int(found[1]), int(found[2] or 0), found[4] or found[3]
    elif plain := _AT_HOUR.search(raw):
        hours, minutes, half = int(plain[1]), 0, None
    else:
        return None
    minute = _of_day(hours, half, raw) * 60 + minutes
    if _BEFORE.search(raw) and minute:
        minute -= 1
    return minute if minute < 24 * 60 and minutes < 60 else None


def _of_day(hours: int, half: str | None, raw: str) -> int:
    """The hour on a clock of 24: by am and pm, by `in the evening`, or by when clinics are open."""
    if half == "am" or _BEFORE_NOON.search(raw):
        return 0 if hours == 12 and half == "am" else hours
    late = half == "pm" or _PAST_NOON.search(raw) or 0 < hours < EARLIEST
    return hours + 12 if late and hours < 12 else hours


def _next(holiday: Holiday, today: date) -> date | None:
    """When that holiday comes next."""
    one = holiday.date
    found = _valid(one.day, one.month, one.year, today)
    return found[0] if found and found[0] >= today else None
