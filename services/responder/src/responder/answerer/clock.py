"""Which minute of the day does a question name?"""

import re

_CLOCK = re.compile(r"(?<![\d/])(\d{1,2})\s?(?:(?:h|:)\s?(\d{2})|(h|hs|horas?|am|pm)\b)\s?(am|pm)?")
_PAST_NOON = re.compile(
    r"\b(?:(?:da|de la|a la|in the|na|at|esta|this) (?:tarde|noite|noche|afternoon|evening|night)|tonight)\b"
)
_BEFORE_NOON = re.compile(r"\b(?:da|de la|a la|in the|na|esta|this) (?:manha|manana|morning)\b")
_BEFORE = re.compile(r"\b(?:antes|before)\b")
EARLIEST = 7  # an hour smaller than this, with no half of the day said, is meant after noon
_AT_HOUR = re.compile(r"\b(?:as|at|las|das|till|until|past|after|before) (\d{1,2})\b(?![/:])")


def minute_of(raw: str) -> int | None:
    """Minutes since midnight; `before 9` is the minute before. None when no hour is named."""
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
