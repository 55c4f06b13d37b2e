"""Which send became this WhatsApp message? A mark by the gateway's message id, for joining receipts."""

from dataclasses import dataclass

from shared.events import SendRequested
from shared.streams import keys
from shared.streams.delivery import Mark

SENT_LIFE_MS = 7 * 86_400_000  # receipts of a phone that was off come within days


@dataclass(frozen=True, slots=True)
class Sent:
    """A send that the gateway took."""

    send_id: str
    attempt: int
    story: str
    """The event that began it all."""
    chat: str
    to_new_contact: bool = False
    """True when it was the first message to somebody who never wrote."""


def sent_mark(event: SendRequested, attempt: int, message_id: str, *, to_new_contact: bool = False) -> Mark:
    """The write that goes with the acceptance of `event` as `message_id`."""
    new = " new" if to_new_contact else ""
    value = f"{event.id} {attempt} {event.correlation_id or event.id} {event.chat}{new}"
    return Mark(keys.sent(event.instance, message_id), value, SENT_LIFE_MS)


def parse_sent(value: bytes) -> Sent:
    """The send in a mark's value; a mark of an older version holds the id alone."""
    send_id, attempt, story, chat, new = (value.decode().split(" ") + [""] * 4)[:5]
    return Sent(send_id, int(attempt or 1), story or send_id, chat, new == "new")
