"""What may be sent when? A few pure lines, to hold the buckets of `attempt.lua` against."""

from collections import defaultdict
from dataclasses import dataclass, field

JITTER_S = 0.05  # what `attempt.lua` keeps back of the burst
NAMES = ("tokens_per_second", "bucket_capacity", "recipient_tokens_per_second", "new_contacts_per_day")


@dataclass
class Bucket:
    """Tokens at a time, in milliseconds; a new one is full."""

    tokens: float | None = None
    at: int = 0

    def level(self, now: int, rate: float, capacity: float) -> float:
        if self.tokens is None:
            return capacity
        return min(capacity, self.tokens + max(0, now - self.at) * rate / 1000)

    def take(self, now: int, rate: float, capacity: float) -> None:
        self.tokens, self.at = round(self.level(now, rate, capacity) - 1, 6), now


@dataclass
class Model:
    """What may go, and when."""

    instance: Bucket = field(default_factory=Bucket)
    recipients: defaultdict[str, Bucket] = field(default_factory=lambda: defaultdict(Bucket))
    known: set[str] = field(default_factory=set)
    new_today: set[str] = field(default_factory=set)

    def says(self, chat: str, now: int, limits: dict[str, float]) -> str:
        """`ok`, or what it has to wait for."""
        rate, burst, recipient_rate, daily = (limits[name] for name in NAMES)
        if daily and chat not in self.known | self.new_today and len(self.new_today) >= daily:
            return "day"
        if recipient_rate and self.recipients[chat].level(now, recipient_rate, 1) < 1:
            return "chat"
        return "lane" if rate and self.instance.level(now, rate, held_back(burst, rate)) < 1 else "ok"

    def granted(self, chat: str, now: int, limits: dict[str, float]) -> None:
        rate, burst, recipient_rate, _ = (limits[name] for name in NAMES)
        if rate:
            self.instance.take(now, rate, held_back(burst, rate))
        if recipient_rate:
            self.recipients[chat].take(now, recipient_rate, 1)
        self.new_today |= {chat} - self.known


def held_back(capacity: float, rate: float) -> float:
    return max(1.0, capacity - rate * JITTER_S)


class Window:
    """The fullest window that ends at each grant: capacity at its beginning, and what each rate let in since."""

    def __init__(self) -> None:
        self._room: float | None = None
        self._at = 0

    def grant(self, now: int, rate: float, capacity: float) -> None:
        if not rate:
            self._room = None  # unlimited: nothing to hold it against
            return
        let_in = rate * (now - self._at) / 1000
        self._room = capacity if self._room is None else min(capacity, self._room + let_in)
        self._at = now
        self._room -= 1
        assert self._room > -1e-3, "more than capacity + rate × t"
