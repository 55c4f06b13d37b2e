"""What was thought: answers, silence and why, people called in, people who do not want to be written to."""

from shared.events.envelope import Event


class ReplyDrafted(Event, frozen=True, kw_only=True, tag="reply.drafted.v1"):
    """An answer was found; the `send.requested` beside it carries it out."""

    answers: tuple[str, ...]
    """Ids of the `message.received` events that it answers."""
    text: str
    language: str
    decision: str
    """The kind of answer: greeting, price, hours, knowledge, unknown, …"""
    sources: tuple[str, ...] = ()
    """Where the clinic's files say so."""
    confidence: float = 0.0
    answered_by: str = "embedded"
    """`embedded`, or the model's name."""
    tokens: int = 0
    """What the model used for it."""
    cost_usd: float = 0.0


class ReplySuppressed(Event, frozen=True, kw_only=True, tag="reply.suppressed.v1"):
    """No answer goes out, on purpose."""

    answers: tuple[str, ...]
    why: str


class HandoffRequested(Event, frozen=True, kw_only=True, tag="handoff.requested.v1"):
    """A person should take over this chat."""

    why: str
    urgent: bool = False


class HandoffEnded(Event, frozen=True, kw_only=True, tag="handoff.ended.v1"):
    """The bot answers this chat again."""

    by: str


class OptoutRecorded(Event, frozen=True, kw_only=True, tag="optout.recorded.v1"):
    """The patient wants no proactive messages (or, `opted_out` False, wants them again)."""

    opted_out: bool
    words: str = ""


class AppointmentRequested(Event, frozen=True, kw_only=True, tag="appointment.requested.v1"):
    """The patient confirmed what they would like; the front desk books it."""

    service: str
    day: str
    """YYYY-MM-DD."""
    period: str
    name: str
    """Who comes, as the patient wrote it."""
    service_id: str = ""
    """The service's id in the clinic's file."""


class AppointmentDelivered(Event, frozen=True, kw_only=True, tag="appointment.delivered.v1"):
    """The clinic's own system took the request."""

    request_id: str
    """The `appointment.requested` event's id, which was its idempotency key."""
    status: int
    """What it answered, as HTTP has it."""


class MessageHeard(Event, frozen=True, kw_only=True, tag="message.heard.v1"):
    """A voice note or a picture was put into words, which the answer goes by."""

    message_id: str
    medium: str
    """audio or image."""
    text: str
    by: str = ""
    """The model."""


class PresenceRequested(Event, frozen=True, kw_only=True, tag="presence.requested.v1"):
    """Show "typing…" in this chat now: an answer is on its way. Worth nothing a few seconds later; never logged."""

    to: str
    """The jid or number."""
    shown_ms: int
