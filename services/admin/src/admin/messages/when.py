"""When is it to go out? A moment in ISO 8601 with its offset, or in milliseconds."""

import datetime as dt

from admin.http.problems import Problem

LATE_MS = 5 * 60_000  # a caller's slow clock; what is older was meant for a time that is over
AHEAD_MS = 366 * 86_400_000


def send_time(given: int | str | None, now_ms: int) -> int | None:
    """Milliseconds since 1970, or None when it goes now. Raises Problem 400."""
    if given is None:
        return None
    at = given if isinstance(given, int) else _parsed(given)
    if at < now_ms - LATE_MS:
        raise _problem("is in the past; is it in milliseconds?" if isinstance(given, int) else "is in the past")
    if at > now_ms + AHEAD_MS:
        raise _problem("is more than a year ahead")
    return at if at > now_ms else None


def _parsed(given: str) -> int:
    try:
        at = dt.datetime.fromisoformat(given.strip())
        if at.tzinfo is None:
            raise _problem("needs its offset from UTC, such as 2027-03-01T09:00:00-03:00")
        return round(at.timestamp() * 1000)
    except (ValueError, OverflowError):
        raise _problem("is neither milliseconds nor ISO 8601 such as 2027-03-01T09:00:00-03:00") from None


def _problem(what: str) -> Problem:
    return Problem(400, f"`send_at` {what}", parameter="send_at")
