"""What people and the machinery did to the streams themselves."""

import msgspec

from shared.events.envelope import Event


class AdminActed(Event, frozen=True, kw_only=True, tag="admin.acted.v1"):
    """Somebody used an admin operation."""

    actor: str
    action: str
    reason: str = ""
    touched: int = 0
    """How many entries it concerned."""
    detail: dict[str, str] = msgspec.field(default_factory=dict)


class EntryDeadLettered(Event, frozen=True, kw_only=True, tag="entry.dead_lettered.v1"):
    """A stream entry other than a send could not be handled and was set aside."""

    stream: str
    entry_id: str
    reason: str
    attempts: int
