"""What does the rest of ingest get from a webhook?"""

import msgspec

from ingest.webhook.names import Reason
from shared.events import Event


class Echo(msgspec.Struct, frozen=True, kw_only=True):
    """How the append indexes a `send.echoed`, so that a sender in doubt finds it by chat and content."""

    chats: tuple[str, ...]
    """Every name that the gateway gave the chat: the phone first if it is known, then the LID."""
    message_id: str
    digest: str
    at: int
    """Milliseconds: when the gateway handed it over."""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One fact, and what the append must know to write it."""

    event: Event
    dedupe: str
    """Names the fact within its instance: the same fact told twice has the same key."""
    work: bool = False
    """True when it also goes to the responder's inbound stream."""
    echo: Echo | None = None


class Translation(msgspec.Struct, frozen=True, kw_only=True):
    """What one webhook amounts to."""

    records: tuple[Record, ...] = ()
    ignored: tuple[Reason, ...] = ()
    """Why the rest became no fact: one reason an item."""
    event_name: str
    """The event's canonical name (`messages.upsert`), or `unknown`: one of `EVENTS`, so fit for a metric's label."""
    told: str = ""
    """The event's name as the gateway wrote it, cut short: for a log line, never for a label."""
