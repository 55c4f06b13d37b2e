"""What does the log tell of a conversation, and what is left over in Redis?"""

from collections import Counter
from dataclasses import dataclass, field
from typing import TypeVar

import redis

from shared.events import AnyEvent, ReceiptRecorded, SendAccepted, SendDelivered, decode
from shared.streams import keys

E = TypeVar("E")
ARRIVED = ("delivery_ack", "read", "played")


@dataclass
class Story:
    """One instance's log, and what its streams still hold."""

    events: list[AnyEvent] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    """When Redis wrote each of them, in milliseconds by its own clock."""
    left: dict[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls, url: str, instance: str = "demo") -> "Story":
        with redis.Redis.from_url(url) as client:
            entries = client.xrange(keys.events(instance))
            waiting = (keys.inbound, keys.outbound, keys.outbound_vip, keys.receipts, keys.dead_letters)
            left = {name(instance): client.xlen(name(instance)) for name in waiting}
            left[keys.progress(instance)] = client.hlen(keys.progress(instance))
        times = [int(id_.partition(b"-")[0]) for id_, _ in entries]
        return cls([decode(fields[b"e"]) for _, fields in entries], times, left)

    def count(self, kind: type) -> int:
        return sum(isinstance(event, kind) for event in self.events)

    def of(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    def when(self, kind: type) -> list[int]:
        """When Redis wrote each event of this kind, in order."""
        return [at for event, at in zip(self.events, self.times, strict=True) if isinstance(event, kind)]

    @property
    def untold(self) -> set[str]:
        """Accepted messages that the gateway told delivered or read, while no fact of ours says so."""
        arrived = {e.message_id for e in self.events if isinstance(e, ReceiptRecorded) and e.status in ARRIVED}
        told = {e.message_id for e in self.events if isinstance(e, SendDelivered)}
        accepted = {e.message_id for e in self.events if isinstance(e, SendAccepted)}
        return (accepted & arrived) - told

    @property
    def repeated(self) -> list[str]:
        """Events that stand in the log more than once."""
        counts = Counter((type(event).__name__, event.id) for event in self.events)
        return [f"{kind} {id_} ×{n}" for (kind, id_), n in counts.items() if n > 1]
