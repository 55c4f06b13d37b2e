"""Has the patient finished the thought, and what was it?

People write in fragments: "oi", "quero marcar", "limpeza". A turn is what came without a longer pause. The pause is
counted from the last message, shorter after a question mark, and a turn does not wait for ever. While it waits, an
edit changes its words, and what the patient deletes is no part of it.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from responder.chat.amended import amended
from shared.events import MessageEdited, MessageReceived
from shared.streams.delivery import Delivery

FEW_WORDS = 3


@dataclass(frozen=True)
class Pace:
    """How long a pause ends a turn, in milliseconds; `shortest` 0 answers every message at once."""

    shortest: int = 800
    longest: int = 1_500
    cap: int = 5_000
    """A turn is answered this long after its first message, though more keep coming."""


@dataclass(frozen=True)
class Turn:
    """The messages of one turn, in the order in which they were written."""

    messages: tuple[MessageReceived, ...]
    """Empty when there were only edits of what was answered before, or when all was deleted."""
    revoked: tuple[MessageReceived, ...] = ()
    """What the patient deleted before it was answered."""

    @classmethod
    def of(cls, delivery: Delivery) -> "Turn":
        """The delivery's message with those behind it; webhooks arrive in any order, WhatsApp's times tell it."""
        kept, revoked = amended([one.event for one in (delivery, *delivery.followers)])
        return cls(tuple(sorted(kept, key=_written)), tuple(sorted(revoked, key=_written)))

    @property
    def ids(self) -> tuple[str, ...]:
        """Of all that is done with, once the turn is: what was deleted too."""
        return tuple(message.id for message in (*self.messages, *self.revoked))

    @property
    def last(self) -> MessageReceived:
        return self.messages[-1]

    @property
    def text(self) -> str:
        """All that was written, a line a message."""
        return "\n".join(message.text.strip() for message in self.messages if message.text.strip())


def pause_left(delivery: Delivery, pace: Pace) -> float:
    """Seconds until the turn that begins with `delivery` is complete; 0 or less: it is."""
    now = time.monotonic()
    reads = [one.read_at for one in (delivery, *delivery.followers)]
    newest = max(reads)
    text = next(one.event for one in (*delivery.followers, delivery) if one.read_at == newest)
    ends = newest + _pause_ms(text, pace) / 1000
    return min(ends, min(reads) + pace.cap / 1000) - now


def _written(message: MessageReceived) -> tuple[int, str]:
    return message.occurred_at, message.id


def _pause_ms(event: object, pace: Pace) -> int:
    text = event.text.strip() if isinstance(event, MessageReceived | MessageEdited) else ""
    if text.endswith("?"):
        return pace.shortest
    return pace.longest if len(text.split()) <= FEW_WORDS else (pace.shortest + pace.longest) // 2


def spoken(messages: Sequence[MessageReceived]) -> bool:
    """Whether there is anything in words."""
    return any(message.text.strip() for message in messages)
