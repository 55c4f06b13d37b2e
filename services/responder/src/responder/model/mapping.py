"""What does an error of the client, of its transport, or a status of the endpoint mean to us?"""

import email.utils
import time
from collections.abc import Iterator, Mapping

import aiohttp
import httpx2
import openai

from responder.model.failure import CallFailed

_AGAIN_STATUS = frozenset({408, 409, 425, 429})


def mapped(error: Exception) -> CallFailed:
    """What an exception of the client or its transport means."""
    if isinstance(error, openai.APIStatusError):
        return _status(error)
    if isinstance(error, openai.APIConnectionError):
        last = list(_causes(error))[-1]
        never_sent = isinstance(last, (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError))
        return CallFailed("unavailable" if never_sent else "disconnected", _said(last), again=True)
    if isinstance(error, (httpx2.HTTPError, aiohttp.ClientError, OSError)):
        return CallFailed("disconnected", _said(error), again=True)
    if isinstance(error, openai.APIError) and not isinstance(error, openai.APIResponseValidationError):
        return CallFailed("unavailable", f"an error within the stream: {error.code or 'no code'}", again=True)
    return CallFailed("malformed", _said(error))


def _status(error: openai.APIStatusError) -> CallFailed:
    status, detail = error.status_code, f"status {error.status_code}, {error.code or 'no code'}"
    if status == 429 and error.code == "insufficient_quota":
        return CallFailed("rate_limited", detail)
    again = status in _AGAIN_STATUS or status >= 500
    kind = "rate_limited" if status == 429 else "unavailable" if again else "refused"
    return CallFailed(kind, detail, again=again, after=retry_after(error.response.headers))


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, from `Retry-After` in its two shapes, or from the milliseconds that some send beside it."""
    for name, scale in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        if (seconds := _seconds(headers.get(name, ""))) is not None:
            return seconds / scale
    return None


def _seconds(said: str) -> float | None:
    try:
        return max(0.0, float(said))
    except ValueError:
        when = email.utils.parsedate_tz(said)
    try:
        return max(0.0, email.utils.mktime_tz(when) - time.time()) if when else None
    except (ValueError, OverflowError):
        return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The client wraps its transport's errors, and that aiohttp's, under names that mislead: look at the first."""
    while error is not None:
        yield error
        if isinstance(error, (aiohttp.ClientError, OSError)):
            return
        error = error.__cause__


def _said(error: BaseException) -> str:
    """The error's type alone: its words may hold a part of the answer, or of the request."""
    return type(error).__name__
