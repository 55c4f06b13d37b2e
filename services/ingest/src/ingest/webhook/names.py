"""Which events does the gateway have, and which of them are facts?"""

import re
from typing import Literal, get_args

Reason = Literal[
    "broadcast", "calls", "chats", "contacts", "group", "history", "instance_lifecycle", "labels", "malformed",
    "newsletter", "no_content", "no_message_id", "own_api_echo", "presence", "protocol", "qrcode", "reaction",
    "status_broadcast", "typebot", "unknown_chat", "unknown_event", "unknown_status",
]  # fmt: skip
"""Why something in a webhook becomes no fact: a bounded set, so fit for a metric's label."""
REASONS: tuple[Reason, ...] = get_args(Reason)

FACTS = frozenset({
    "messages.upsert", "messages.edited", "messages.delete", "messages.update", "send.message",
    "connection.update", "status.instance", "logout.instance", "remove.instance", "instance.delete",
})  # fmt: skip
IGNORED: dict[str, Reason] = {
    "messages.set": "history",
    "messaging.history.set": "history",
    "send.message.update": "own_api_echo",  # an edit that was asked for through the API
    "presence.update": "presence",
    "contacts.set": "contacts",
    "contacts.upsert": "contacts",
    "contacts.update": "contacts",
    "chats.set": "chats",
    "chats.upsert": "chats",
    "chats.update": "chats",
    "chats.delete": "chats",
    "groups.upsert": "group",
    "groups.update": "group",
    "group.update": "group",
    "group.participants.update": "group",
    "labels.edit": "labels",
    "labels.association": "labels",
    "call": "calls",
    "typebot.start": "typebot",
    "typebot.change.status": "typebot",
    "application.startup": "instance_lifecycle",
    "instance.create": "instance_lifecycle",
    "creds.update": "instance_lifecycle",
    "new.jwt.token": "instance_lifecycle",  # version 1; its data is a secret
    "qrcode.updated": "qrcode",
}
UNKNOWN = "unknown"
EVENTS: frozenset[str] = FACTS | IGNORED.keys() | {UNKNOWN}
"""Every canonical event name."""

_SEPARATORS = str.maketrans("_- ", "...")
_INSTANCE = re.compile(r"\w(?:[\w.\- ]{0,98}[\w.\-])?")


def canonical(event: str) -> str:
    """One of `EVENTS`: `MESSAGES_UPSERT`, `messages-upsert` and `messages.upsert` are the same."""
    if event in EVENTS:
        return event
    name = event[:64].strip().lower().translate(_SEPARATORS)
    return name if name in EVENTS else UNKNOWN


def valid_instance(name: str) -> bool:
    """Whether `name` can be an instance: 1 to 100 letters, digits, `_`, `.`, `-` and, between them, spaces.

    It becomes part of Redis keys (no braces, no colon) and of the gateway's URLs (so no `..` in front).
    """
    return _INSTANCE.fullmatch(name) is not None
