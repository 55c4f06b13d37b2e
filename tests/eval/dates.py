"""Which dates does a text name, in any of three languages?

A date is "12-25" or, with its year, "2026-12-25". "05/12" is read both ways round.
"""

import re
from collections.abc import Iterator
from datetime import date

MONTHS = [
    "janeiro enero january jan",
    "fevereiro febrero february fev feb",
    "marco marzo march",
    "abril april abr apr",
    "maio mayo may",
    "junho junio june jun",
    "julho julio july jul",
    "agosto august aug",
    "setembro septiembre setiembre september sept",
    "outubro octubre october oct",
    "novembro noviembre november nov",
    "dezembro diciembre december dec dic",
]
NUMBER_OF = {name: number for number, names in enumerate(MONTHS, 1) for name in names.split()}
# "Under 18 may come" is no date: a bare "may" after a number is one only where the phrase ends.
_NAMES = "|".join(sorted((name for name in NUMBER_OF if name != "may"), key=len, reverse=True))
_YEAR = r"(?:,? (?:de |del )?(\d{4})\b)?"
_DAY = r"\b(\d{1,2})(?:o|a|st|nd|rd|th)?\b"
ISO = r"\b(\d{4})-(\d{2})-(\d{2})\b"
SLASHED = r"(?<![\d/])(?!24/7\b)(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?(?![\d/])"
DOTTED = r"\b(\d{1,2})\.(\d{1,2})\.(\d{4})\b"
DAY_FIRST = rf"{_DAY} (?:de |of )?({_NAMES}|may(?=$|[.,;!?)]| \d{{4}})){_YEAR}"
MONTH_FIRST = rf"\b({_NAMES}|may) {_DAY}(?!:|h| ?[ap]m){_YEAR}"
WEEKDAYS = [
    "segunda lunes monday",
    "terca martes tuesday",
    "quarta miercoles wednesday",
    "quinta jueves thursday",
    "sexta viernes friday",
    "sabado saturday",
    "domingo sunday",
]


def dates(text: str) -> Iterator[tuple[str, list[str]]]:
    """Every date of a text in its normal form, with how it can be read."""
    readers = (
        (ISO, lambda m: [(m[3], m[2], m[1])]),
        (DOTTED, lambda m: [(m[1], m[2], m[3])]),
        (SLASHED, lambda m: [(m[1], m[2], m[3]), (m[2], m[1], m[3])]),
        (DAY_FIRST, lambda m: [(m[1], NUMBER_OF[m[2]], m[3])]),
        (MONTH_FIRST, lambda m: [(m[2], NUMBER_OF[m[1]], m[3])]),
    )
    for pattern, parts in readers:
        for found in re.finditer(pattern, text):
            readings = [form for part in parts(found) if (form := _form(*part))]
            if readings:
                yield found[0].strip(), readings
        text = re.sub(pattern, "#", text)


def _form(day: str, month: str | int, year: str | None) -> str | None:
    full = int(year) + (2000 if int(year) < 100 else 0) if year else None
    try:
        named = date(full or 2028, int(month), int(day))  # a leap year, so that 29 February is a day
    except ValueError:
        return None
    return named.isoformat() if full else named.strftime("%m-%d")


def wrong_weekdays(text: str, now: date) -> Iterator[str]:
    """Dates said to be on another weekday than they are: "Friday, 12-24" when it is a Thursday."""
    for matched, readings in dates(text):
        before = text[: text.find(matched)][-24:]
        named = [
            day
            for day, names in enumerate(WEEKDAYS)
            if re.search(rf"\b(?:{names.replace(' ', '|')})(?:-feira)?[ ,(]*(?:el|dia|the|on)?[ ,(]*$", before)
        ]
        if named and not any(_next(reading, now).weekday() == named[0] for reading in readings):
            yield f"{before.split()[-1] if before.split() else ''} {matched}".strip()


def _next(reading: str, now: date) -> date:
    if len(reading) == 10:
        return date.fromisoformat(reading)
    for year in range(now.year, now.year + 9):
        try:
            named = date.fromisoformat(f"{year}-{reading}")
        except ValueError:
            continue
        if named >= now:
            return named
    raise AssertionError(reading)
