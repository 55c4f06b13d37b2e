"""Which days, and which hour, does a question speak of?"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from msgspec import Struct

from clinic.language import Language
from clinic.model import Clinic, Holiday
from responder.answerer.clock import minute_of
from responder.answerer.easter import holy_week
from responder.answerer.wordlists import wordlist

_LISTS = wordlist("when")
_WEEKDAYS = {word: index for index, listed in enumerate(_LISTS["weekdays"]) for word in listed.split()}
_MONTHS = {word: number for number, listed in enumerate(_LISTS["months"], start=1) for word in listed.split()}
WORDS = frozenset(_WEEKDAYS) | frozenset(_MONTHS) | frozenset(_LISTS["around"].split())
_ORDINAL = re.compile(r"\bsegunda (?:via|dose|vez|opcao|opiniao|consulta|falta|visita)\b")
_NUMERIC = re.compile(r"(?<![\d/])(\d{1,2})[/.](\d{1,2})(?:[/.](\d{4}|\d{2}))?(?![\d/])")
_NAMED = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th|o)? (?:de |of )?({'|'.join(_MONTHS)})\b")
_NAMED_EN = re.compile(rf"\b({'|'.join(_MONTHS)}) (\d{{1,2}})(?:st|nd|rd|th)?\b")
_ANY_HOLIDAY = r"\b(feriados?|festivos?|holidays?)\b"
_HOLIDAYS = r"\b(feriados|festivos|holidays)\b"  # with a day named, one holiday is that day itself
_DAY = re.compile(r"\bdia (\d{1,2})\b")


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
    said = f" {line} "
    coming = (_next(holiday, today) for holiday in _named_in(said, named))
    days = (
        [day for day in coming if day]
        or list(holy_week(line, today))
        or list(dict.fromkeys(_days(line, raw, today, language)))
    )
    general = re.search(_HOLIDAYS if days else _ANY_HOLIDAY, line) is not None
    now = re.search(r"\b(agora|ahora|now|ainda|todavia|still|neste momento)\b", line) is not None
    return When(tuple(days[:4]), minute_of(raw), now, general)


def _named_in(said: str, named: Mapping[str, Holiday]) -> Iterator[Holiday]:
    """The holidays named, the longest names first: `Natal` is not named by `véspera de Natal`."""
    for name in sorted(named, key=len, reverse=True):
        if f" {name} " in said:
            said = said.replace(f" {name} ", " | ")
            yield named[name]


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


def _next(holiday: Holiday, today: date) -> date | None:
    """When that holiday comes next."""
    one = holiday.date
    found = _valid(one.day, one.month, one.year, today)
    return found[0] if found and found[0] >= today else None
