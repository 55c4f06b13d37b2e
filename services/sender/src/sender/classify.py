"""What does an answer of the Evolution API mean for a sender?

The rules follow recorded exchanges of Evolution API 2.3.6 and 2.3.7, which tests hold them to: a 400 does not mean
permanent, and can mean sent; a 201 does not mean delivered. An answer that no rule knows has an unknown outcome.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from sender.outcome import (
    Accepted,
    InstanceDown,
    Misconfigured,
    NewContactsRefused,
    Outcome,
    Permanent,
    Transient,
    Unconfirmed,
    Unknown,
)

# The database fails after WhatsApp took the message. Prisma is the gateway's database layer.
_DATABASE = ("driveradaptererror", "prisma", "database", "p2002", "p1001", "p2024", "postgres", "mysql")
_NEVER_CONNECTED = (
    "cannot read properties of undefined (reading 'onwhatsapp')",
    "cannot read properties of undefined (reading 'id')",
)
_CONNECTION = ("connection closed", "connection terminated", "connection lost", "connection was lost")
_THROTTLED = ("rate-overlimit", "429")
_THROTTLE_WAIT_S = 30.0
_NOT_NOW = ("timed out", "econnrefused", "enotfound", "etimedout", "econnreset", "getaddrinfo")
# Not among the recorded exchanges. The code and its name are WhatsApp's own (NackCallerReachoutTimelocked); the words
# around it are those of clients that report it: Baileys issue 2441, whatsmeow's "server returned error 463".
_NEW_CONTACTS = re.compile(r"\b(?:error|code|status)\W{0,3}463\b|^463$|reach-?out|timelock")
_NEVER = (
    "text is required", "owned media must be", "for base64 the file name", "method not available",
    "unsupported image format", "file or buffer is undefined", "invalid format", "[object object]",
)  # fmt: skip


def classify(status: int, body: Any, retry_after: str | None = None) -> Outcome:
    """The outcome that an HTTP answer stands for. `body` is its decoded JSON, or None; `retry_after` is in seconds."""
    if 200 <= status < 300:
        return _success(body)
    texts = [_whole(text) for text in _texts(body)]
    reason = f"{status} {'; '.join(texts)[:300]}".strip()
    for rule in (_refusal, _by_status, _new_contacts, _by_words):
        outcome = rule(status, body, " ".join(texts).lower(), reason, retry_after)
        if outcome is not None:
            return outcome
    return Unknown(reason)


def _success(body: Any) -> Outcome:
    if not isinstance(body, dict):
        return Unknown("success, but not in the gateway's words: does the address lead to it?")
    key = body.get("key")
    if isinstance(key, dict) and isinstance(key.get("id"), str) and key["id"]:
        return Accepted(_whole(key["id"]), _whole(str(key.get("remoteJid") or "")))
    return Unconfirmed("the gateway answered success without a message id")


def _refusal(_status: int, body: Any, words: str, reason: str, _retry_after: str | None) -> Outcome | None:
    """Answers that are told by their shape: a number without WhatsApp, a failed validation."""
    message = _message(body)
    if not isinstance(message, list):
        return None
    if any(isinstance(item, dict) and item.get("exists") is False for item in message):
        return Permanent("the number is not on WhatsApp")
    if _status == 400 and any(isinstance(item, list) for item in message):
        return Permanent(reason)
    return None


def _by_status(status: int, _body: Any, words: str, reason: str, retry_after: str | None) -> Outcome | None:
    if "license_required" in words:
        return Misconfigured(reason)
    if status in (401, 403, 404) or status < 400:  # a redirect: the address is not the gateway's own
        return Misconfigured(reason)
    if status == 429:
        return InstanceDown(reason, _seconds(retry_after) or _THROTTLE_WAIT_S)
    if status in (502, 503, 504):
        return Unknown(reason, unreachable=True)
    return None


def _new_contacts(status: int, _body: Any, words: str, reason: str, _retry_after: str | None) -> Outcome | None:
    return NewContactsRefused(reason) if status in (400, 500) and _NEW_CONTACTS.search(words) else None


def _by_words(status: int, _body: Any, words: str, reason: str, retry_after: str | None) -> Outcome | None:
    if status not in (400, 500):
        return None
    after_s = _seconds(retry_after)
    rules: tuple[tuple[tuple[str, ...], Callable[[str], Outcome]], ...] = (
        (_DATABASE, Unconfirmed),
        (_NEVER_CONNECTED, lambda why: InstanceDown(why, after_s)),
        (_CONNECTION, lambda why: InstanceDown(why, after_s)),
        (_THROTTLED, lambda why: InstanceDown(why, after_s or _THROTTLE_WAIT_S)),
        (_NOT_NOW, lambda why: Transient(why, after_s)),
        (_NEVER, Permanent),
    )
    if status == 500:  # the database failed before the hand-over: at the check of the number
        rules = rules[1:]
    return next((outcome(reason) for known, outcome in rules if any(word in words for word in known)), None)


def _message(body: Any) -> Any:
    response = body.get("response") if isinstance(body, dict) else None
    return response.get("message") if isinstance(response, dict) else None


def _texts(body: Any) -> Iterator[str]:
    """Every sentence in the error, however deep the gateway nested it; never a number or a jid."""
    message = _message(body)
    if message is None and isinstance(body, dict):
        message = body.get("message") or body.get("error")
    pending = [message]
    while pending:
        item = pending.pop(0)
        if isinstance(item, str):
            yield item
        elif isinstance(item, list):
            pending[:0] = item


def _whole(text: str) -> str:
    """The text without half characters, which JSON can name and no stream can hold."""
    return text.encode("utf-8", "replace").decode()


def _seconds(retry_after: str | None) -> float | None:
    try:
        seconds = float(retry_after or "")
    except ValueError:
        return None
    return min(seconds, 3600.0) if seconds > 0 else None  # nan is not
