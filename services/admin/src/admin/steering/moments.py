"""Until when? Minutes from now, or a moment: ISO 8601 with its offset, or milliseconds."""

import datetime as dt

from admin.http.problems import Problem

AHEAD_MS = 366 * 86_400_000


def end_of(minutes: int | None, until: int | str | None, now_ms: int) -> int | None:
    """Milliseconds since 1970, or None: without an end. Raises Problem 400."""
    if minutes is not None and until is not None:
        raise Problem(400, "give `minutes` or `until`, not both", parameter="until")
    if minutes is not None:
        return now_ms + minutes * 60_000
    return None if until is None else moment(until, now_ms, "until")


def moment(given: int | str, now_ms: int, parameter: str) -> int:
    """A time from now to a year ahead, in milliseconds. Raises Problem 400 that names the parameter."""
    at = given if isinstance(given, int) else _parsed(given, parameter)
    if at <= now_ms:
        hint = "; is it in milliseconds?" if isinstance(given, int) else ""
        raise Problem(400, f"`{parameter}` is in the past{hint}", parameter=parameter)
    if at > now_ms + AHEAD_MS:
        raise Problem(400, f"`{parameter}` is more than a year ahead", parameter=parameter)
    return at


def _parsed(given: str, parameter: str) -> int:
    example = "such as 2027-03-01T09:00:00-03:00"
    try:
        at = dt.datetime.fromisoformat(given.strip())
        if at.tzinfo is None:
            raise Problem(400, f"`{parameter}` needs its offset from UTC, {example}", parameter=parameter)
        return round(at.timestamp() * 1000)
    except (ValueError, OverflowError):
        detail = f"`{parameter}` is neither milliseconds nor ISO 8601 {example}"
        raise Problem(400, detail, parameter=parameter) from None
