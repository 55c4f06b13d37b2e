"""What does every event say, whatever it is about?"""

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False, tag_field="type"):
    """Something that happened, as it is written to a stream.

    Times are milliseconds since 1970-01-01 UTC. Fields that come later in a type's life have a default, so that
    today's code reads yesterday's log; a change that a default can not express is a new version of the type.
    Events are trees that nobody changes, so the collector of cycles passes them by (`gc=False`).
    """

    id: str
    """A UUIDv7; see `shared.ids`."""
    instance: str
    """The WhatsApp instance (one connected number) at the gateway."""
    occurred_at: int
    """When it happened, by the clock of whoever saw it (for a patient's message: WhatsApp's)."""
    recorded_at: int
    """When we wrote it down."""
    chat: str = ""
    """The patient: phone digits, or `<digits>@lid` when WhatsApp hides the phone. Empty for an instance's own facts."""
    causation_id: str | None = None
    """The event that led straight to this one."""
    correlation_id: str | None = None
    """The event that began the whole story: one patient message, one staff send."""
    traceparent: str | None = None
    """W3C trace context of the span that produced it."""
