"""Has the patient finished the thought, and what was it?

People write in fragments: "oi", "quero marcar", "limpeza". A turn is what came without a longer pause. The pause is
counted from the last message, shorter after a question mark, and a turn does not wait for ever.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from shared.events import MessageReceived
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

    @classmethod
    def of(cls, delivery: Delivery) -> "Turn":
        """The delivery's message with those behind it; webhooks arrive in any order, WhatsApp's times tell it."""
        events = [one.event for one in (delivery, *delivery.followers)]
        messages = [event for event in events if isinstance(event, MessageReceived)]
        return cls(tuple(sorted(messages, key=lambda message: (message.occurred_at, message.id))))

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(message.id for message in self.messages)

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


def _pause_ms(event: object, pace: Pace) -> int:
    text = event.text.strip() if isinstance(event, MessageReceived) else ""
    if text.endswith("?"):
        return pace.shortest
    return pace.longest if len(text.split()) <= FEW_WORDS else (pace.shortest + pace.longest) // 2


def spoken(messages: Sequence[MessageReceived]) -> bool:
    """Whether there is anything in words."""
    return any(message.text.strip() for message in messages)
