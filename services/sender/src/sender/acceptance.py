"""What follows from the gateway's taking a message? The fact, the mark that receipts are joined by, a later look."""

from dataclasses import dataclass

from sender.attempts import Begun
from sender.facts import Facts
from sender.new_contacts import known_contact
from sender.receipts import check
from sender.sent import sent_mark
from shared.clock import Clock
from shared.events import SendRequested
from shared.streams import keys
from shared.streams.delivery import Delivery, Done, Mark
from shared.streams.log import INTERRUPTED_LIFE_MS
from shared.telemetry import metrics


@dataclass(frozen=True)
class Acceptance:
    """Makes the end of a send that was taken."""

    clock: Clock
    unconfirmed_after_s: int

    def of(self, delivery: Delivery, event: SendRequested, facts: Facts, message_id: str, proof: str) -> Done:
        """It was taken as `message_id`; `proof` says how that is known."""
        progress = delivery.progress
        if event.asked_at is not None:
            metrics.REPLY_SECONDS.observe(max(0, self.clock.now_ms() - event.asked_at) / 1000)
        attempt = progress.last.number if progress.last else progress.next_number - 1  # its tries are counted anew
        accepted = facts.accepted(attempt, message_id, proof)
        is_new = isinstance(delivery, Begun) and delivery.to_new_contact
        return Done(
            (accepted,),
            marks=(
                sent_mark(event, attempt, message_id, to_new_contact=is_new),
                *interruption(event, self.clock.now_ms()),
            ),
            parks=check(event, accepted, self.unconfirmed_after_s, self.clock.now_ms()),
            members=(known_contact(event),),
        )

    def unconfirmed(self, delivery: Delivery, event: SendRequested, facts: Facts, reason: str) -> Done:
        """WhatsApp took it, and the gateway's database failed after that: there is no id to know it by."""
        assert delivery.progress.last is not None
        metrics.UNPROVEN.inc()
        fact = facts.accepted(delivery.progress.last.number, "", reason, confirmed=False)
        return Done((fact,), marks=interruption(event, self.clock.now_ms()), members=(known_contact(event),))


def interruption(event: SendRequested, now_ms: int) -> tuple[Mark, ...]:
    """What is no reply is said beside the responder's memory: the patient's next yes may answer it."""
    if event.send_class == "reply":
        return ()
    return (Mark(keys.interrupted(event.instance, event.chat), str(now_ms), INTERRUPTED_LIFE_MS),)
