"""How is it said in the log? JSON lines, with patients' words and numbers left out."""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

_SECRET_FIELDS = frozenset(
    {
        "text", "caption", "body", "sendername", "words", "content",
        "apikey", "token", "authorization", "password", "secret",
    }
)  # fmt: skip
_PHONE_DIGITS = 9  # E.164 numbers with a country code have 9 to 15; a date has 8
_PHONE = re.compile(r"(?<![\w-])\+?\d[\d ().-]{6,}\d(?:@[\w.]+)?(?![\w-])")
# a stream id, an IP address, a time of day behind its date
_NOT_A_PHONE = re.compile(r"^(\d{13}-\d+|\d+\.\d+\.\d+\.\d+|\d{4}-\d\d-\d\d \d\d)$")
_PASSWORD = re.compile(r"(?<=://)[^/\s@]*:[^/\s@]+(?=@)")


def configure(service: str, replica: str, level: str = "INFO") -> None:
    """Send structlog and the standard library's logging to standard error as redacted JSON lines."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, redact, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service, replica=replica)
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            redact,
            structlog.processors.JSONRenderer(),
        ],
    )
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=level, force=True)
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)


def redact(_logger: object, _method: str, fields: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Replace patients' words by their length, and phone numbers by their last two digits."""
    return {name: _clean(name, value) for name, value in fields.items()}


def _clean(name: str, value: Any) -> Any:
    if name.lower().replace("_", "") in _SECRET_FIELDS:
        return f"<{len(value)} characters>" if isinstance(value, str) else "<redacted>"
    if isinstance(value, str):
        return value if name == "timestamp" else hide_phones(value)
    if isinstance(value, dict):
        return {hide_phones(str(key)): _clean(str(key), item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_clean(name, item) for item in value]
    return value if value is None or isinstance(value, (bool, int, float)) else hide_phones(repr(value))


def hide_phones(text: str) -> str:
    """The text with every phone number cut to its last two digits, and no password in an address."""
    return _PHONE.sub(_hide, _PASSWORD.sub("…", text))


def _hide(found: re.Match[str]) -> str:
    digits = "".join(c for c in found[0].partition("@")[0] if c.isdigit())
    if len(digits) < _PHONE_DIGITS or _NOT_A_PHONE.match(found[0]):
        return found[0]
    return f"…{digits[-2:]}"


def get(name: str) -> Any:
    """A logger; the fields that it is given are redacted on their way out."""
    return structlog.get_logger(name)
