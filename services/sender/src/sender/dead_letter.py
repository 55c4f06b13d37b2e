"""What is written when a send is given up, for a person to look at?"""

from sender.facts import Facts
from shared.clock import Clock
from shared.events import EntryDeadLettered, SendRequested, following
from shared.streams.delivery import Delivery, Done
from shared.telemetry import metrics


def dead_letter(delivery: Delivery, reason: str, clock: Clock) -> Done:
    """A dead letter, with every attempt."""
    event, attempts = delivery.event, delivery.progress.count
    metrics.SENDS.labels("dead_lettered").inc()
    if isinstance(event, SendRequested):
        fact = Facts(event, clock).dead_lettered(reason, attempts, delivery.progress.next_number - 1)
        return Done((fact,), dead=reason, progress=delivery.progress)
    dead = following(
        EntryDeadLettered, event, "dead", clock.now_ms(),
        stream=delivery.entry.stream, entry_id=delivery.entry.id, reason=reason, attempts=attempts,
    )  # fmt: skip
    return Done((dead,), dead=reason)
