"""What does a call's outcome lead to: an end, another try of this message, a wait of its lane, a look for proof?"""

import random
from collections import Counter
from dataclasses import dataclass, field, replace

from sender.acceptance import Acceptance
from sender.attempts import Begun
from sender.dead_letter import dead_letter
from sender.facts import Facts
from sender.new_contacts import WHY_PAUSED, NewContacts
from sender.outcome import (
    Accepted,
    InstanceDown,
    Misconfigured,
    NewContactsRefused,
    Outcome,
    Permanent,
    Transient,
    Unconfirmed,
    Unknown,
)
from sender.parking import parked
from sender.seeking import PROOF_POLL_MS
from shared.clock import Clock
from shared.events import SendRequested
from shared.streams.backoff import full_jitter
from shared.streams.delivery import Delivery, Done, Hold
from shared.telemetry import logs

MISCONFIGURED_WAIT_S = 30.0
OTHERS_GO = 3  # a connection that comes and goes is not one message's fault
MOST_STOPPED = 10_000

_log = logs.get(__name__)


@dataclass
class Judge:
    """Turns outcomes into what is written."""

    acceptance: Acceptance
    new_contacts: NewContacts
    clock: Clock
    max_deliveries: int
    draw: random.Random = field(default_factory=random.Random)
    _down: dict[str, int] = field(default_factory=dict)
    """Failures in a row of an instance's connection."""
    _accepted: Counter[str] = field(default_factory=Counter)
    """How many messages of an instance were accepted."""
    _stopped: dict[str, int] = field(default_factory=dict)
    """Messages that stopped their lane -> how many of their instance had been accepted by then."""

    def judge(self, delivery: Delivery, event: SendRequested, outcome: Outcome, facts: Facts) -> Done | Hold:
        """What is written of the try that has just ended with `outcome`."""
        last = delivery.progress.last
        assert last is not None
        if not isinstance(outcome, InstanceDown):
            self._down.pop(event.instance, None)
        if not isinstance(outcome, InstanceDown | Misconfigured | Transient):
            self._stopped.pop(event.id, None)
        match outcome:
            case Accepted(message_id=message_id):
                self._accepted[event.instance] += 1
                return self.acceptance.of(delivery, event, facts, message_id, "answer")
            case Unconfirmed(reason=reason):
                return self.acceptance.unconfirmed(delivery, event, facts, reason)
            case Permanent(reason=reason):
                return Done((facts.failed(last.number, "permanent", reason),))
            case Transient(reason=reason):
                return self._again(delivery, facts, reason, outcome.retry_after_s)
            case NewContactsRefused(reason=reason):
                return self._no_new_contacts(delivery, event, facts, reason)
            case InstanceDown(reason=reason):
                return self._wait_for_instance(delivery, event, facts, "instance_down", reason, outcome.retry_after_s)
            case Misconfigured(reason=reason):
                _log.error("gateway_refuses_us", instance=event.instance, reason=reason, do="check key, name, licence")
                wait = MISCONFIGURED_WAIT_S
                return self._wait_for_instance(delivery, event, facts, "misconfigured", reason, wait)
            case Unknown(reason=reason):
                return self._look_for_proof(delivery, facts, reason)

    def not_called(self, delivery: Delivery, facts: Facts, reason: str) -> Hold:
        """The attempt is written down and was not made: whoever has the lane by now must not look for proof of it."""
        now, last = self.clock.now_ms(), delivery.progress.last
        assert last is not None
        return Hold(delivery.progress.uncount().held(now), now, (facts.failed(last.number, "not_called", reason, now),))

    def _again(self, delivery: Delivery, facts: Facts, reason: str, after_s: float | None) -> Done | Hold:
        progress = delivery.progress.ended("transient", reason)
        assert progress.last is not None
        if progress.count >= self.max_deliveries:
            return dead_letter(replace(delivery, progress=progress), reason, self.clock)
        wait = after_s if after_s is not None else full_jitter(progress.count, self.draw)
        until = self.clock.now_ms() + round(wait * 1000)
        return Hold(progress.held(until), until, (facts.failed(progress.last.number, "transient", reason, until),))

    def _no_new_contacts(self, delivery: Delivery, event: SendRequested, facts: Facts, reason: str) -> Done | Hold:
        """It waits with all that goes to new contacts, and uses up no delivery. A known contact is tried again soon."""
        if not (isinstance(delivery, Begun) and delivery.to_new_contact):
            return self._again(delivery, facts, reason, None)
        last = delivery.progress.last
        assert last is not None
        pause, until = self.new_contacts.pause(event.instance, "answer")
        failed = facts.failed(last.number, "new_contacts", reason, until)
        done = parked(
            delivery, event, facts, until, WHY_PAUSED, also=(failed,), progress=delivery.progress.uncount(),
            for_contact=True,
        )  # fmt: skip
        return replace(done, marks=(pause,))

    def _wait_for_instance(
        self, delivery: Delivery, event: SendRequested, facts: Facts, category: str, reason: str, after_s: float | None
    ) -> Done | Hold:
        """The whole lane waits; the next message in line is the probe. It costs no message a delivery.

        But for one that stops it again while others go: what is refused is this message, by a filter before the gateway
        or a session of WhatsApp's that is broken for this chat alone.
        """
        went = self._accepted[event.instance]
        if went - self._stopped.get(event.id, went) >= OTHERS_GO:
            return self._again(delivery, facts, reason, after_s)
        if len(self._stopped) >= MOST_STOPPED:
            del self._stopped[next(iter(self._stopped))]
        self._stopped.setdefault(event.id, went)
        number = delivery.progress.next_number - 1
        tries = self._down[event.instance] = self._down.get(event.instance, 0) + 1
        wait = after_s if after_s is not None else full_jitter(tries, self.draw, base_s=1.0, cap_s=15.0)
        until = self.clock.now_ms() + round(wait * 1000)
        progress = delivery.progress.uncount().held(until)
        return Hold(progress, until, (facts.failed(number, category, reason, until),), lane=True)

    def _look_for_proof(self, delivery: Delivery, facts: Facts, reason: str) -> Hold:
        now, last = self.clock.now_ms(), delivery.progress.last
        assert last is not None
        until = now + PROOF_POLL_MS
        return Hold(delivery.progress.sought(now).held(until), until, (facts.unknown(last.number, reason),))
