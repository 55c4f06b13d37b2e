"""How is HTTP served? Within bounds, and without quoting in the log what a client sent."""

import logging
from typing import Any

from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web import RequestPayloadError

from shared.telemetry import metrics

REQUESTS_END_S = 5.0  # answers take milliseconds; a slow client is not waited for longer
REST_OF_BODY_S = 2.0  # how long the rest of a refused body is read, so that its sender gets to see the answer


class _Unquoted(logging.Filter):
    """A request that is no HTTP is one line: the parser's error quotes it, with its token or a patient's words."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, HttpProcessingError | RequestPayloadError):
            metrics.BAD_HTTP.inc()
            record.msg, record.args, record.exc_info = f"no valid HTTP: {type(error).__name__}", (), None
            record.levelno, record.levelname = logging.WARNING, "WARNING"
        return True


_log = logging.getLogger(__name__)
_log.addFilter(_Unquoted())

SERVING: dict[str, Any] = {
    "access_log": None,
    "logger": _log,
    "shutdown_timeout": REQUESTS_END_S,
    "lingering_time": REST_OF_BODY_S,
    "auto_decompress": False,  # a few kilobytes can unpack to gigabytes, and nobody who calls us packs
}
"""For `web.run_app` and `web.AppRunner`."""
