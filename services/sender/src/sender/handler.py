"""How is one send brought to its end: accepted, failed, expired, set aside, or held for another try?"""

import random
import time
from dataclasses import dataclass, field, replace

from sender.attempts import Attempts
from sender.breaker import Breaker
from sender.clearance import Clearance
from sender.evolution import Evolution
from sender.facts import Facts
from sender.outcome import (
    Accepted,
    InstanceDown,
    Misconfigured,
    Outcome,
    Permanent,
    Transient,
    Unconfirmed,
    Unknown,
)
from sender.proof import Proof
from sender.receipts import check
from sender.sent import sent_mark
from shared.clock import Clock
from shared.events import EntryDeadLettered, SendRequested, following
from shared.streams.backoff import full_jitter
from shared.streams.delivery import Delivery, Done, Hold, Owner, Wait
from shared.telemetry import logs, metrics
from shared.telemetry.tracing import Traced

PROOF_POLL_MS = 500
SEARCH_AFTER_MS = 900  # the echo is there sooner, and costs the gateway nothing
MISCONFIGURED_WAIT_S = 30.0
RESENT_WHEN_UNKNOWN = ("reply", "staff")  # a person waits for these

_log = logs.get(__name__)


@dataclass
class SendHandler:
    """The sender's part in the consumer loop."""

    gateway: Evolution
    attempts: Attempts
    clearance: Clearance
    proof: Proof
    breaker: Breaker
    clock: Clock
    max_deliveries: int
    proof_wait_s: int
    unconfirmed_after_s: int
    stall_s: float
    """A process that was stopped for this long between taking its token and calling must not call any more."""
    draw: random.Random = field(default_factory=random.Random)
    counts_tries: bool = True
    takes_turns: bool = False
    _begun: dict[str, float] = field(default_factory=dict)
    _throttled: dict[str, float] = field(default_factory=dict)
    """Since when a send waits for its token, by the monotonic clock."""
    _down: dict[str, int] = field(default_factory=dict)

    async def admit(self, delivery: Delivery, owner: Owner) -> Delivery | Wait | Done | Hold:
        """Take a token for it and write the attempt down; or end it when it has no business at the gateway."""
        event, progress = delivery.event, delivery.progress
        if not isinstance(event, SendRequested):
            return self.exhausted(delivery, f"a {type(event).__name__} does not belong on an outbound stream")
        if progress.last and progress.last.is_open:  # its outcome is unknown: no new attempt before it is looked for
            return delivery if progress.since else replace(delivery, progress=progress.sought(self.clock.now_ms()))
        if (denied := await self.clearance.denied(delivery, event)) is not None:
            return denied
        if progress.count >= self.max_deliveries:
            return self.exhausted(delivery, progress.last.reason if progress.last else "")
        if (wait := await self.breaker.wait_s()) > 0:
            return Wait(wait, "lane")
        asked_at = time.monotonic()
        admitted = await self.attempts.begin(delivery, event, owner)
        if isinstance(admitted, Delivery):
            self._begun[delivery.key] = asked_at
            metrics.THROTTLED_SECONDS.observe(asked_at - self._throttled.pop(delivery.key, asked_at))
        else:
            self._throttled.setdefault(delivery.key, asked_at)
        return admitted

    async def handle(self, delivery: Delivery, span: Traced) -> Done | Hold:
        """Call the gateway, or look for proof of an earlier call."""
        event = delivery.event
        assert isinstance(event, SendRequested)
        facts = Facts(event, self.clock, span.traceparent)
        if delivery.progress.since:
            return await self._seek(delivery, event, facts)
        if time.monotonic() - self._begun.pop(delivery.key, 0.0) > self.stall_s:
            return self._not_called(delivery, facts)
        outcome = await self.gateway.send(event.instance, event.to, event.content, quoted_id=event.quoted_id)
        metrics.SENDS.labels(_LABELS[type(outcome)]).inc()
        self._learn(event.instance, outcome)
        return self._judge(delivery, event, outcome, facts)

    def _learn(self, instance: str, outcome: Outcome) -> None:
        if not isinstance(outcome, InstanceDown):
            self._down.pop(instance, None)
        if isinstance(outcome, InstanceDown | Unknown) and outcome.unreachable:
            self.breaker.failed()
        else:
            self.breaker.answered()

    def exhausted(self, delivery: Delivery, reason: str) -> Done:
        """A dead letter, with every attempt."""
        event, attempts = delivery.event, delivery.progress.count
        metrics.SENDS.labels("dead_lettered").inc()
        if isinstance(event, SendRequested):
            fact = Facts(event, self.clock).dead_lettered(reason, attempts)
            return Done((fact,), dead=reason, progress=delivery.progress)
        dead = following(
            EntryDeadLettered, event, "dead", self.clock.now_ms(),
            stream=delivery.entry.stream, entry_id=delivery.entry.id, reason=reason, attempts=attempts,
        )  # fmt: skip
        return Done((dead,), dead=reason)

    # ── what an outcome leads to ───────────────────────────────────────────────────────────────────────────────────
    def _judge(self, delivery: Delivery, event: SendRequested, outcome: Outcome, facts: Facts) -> Done | Hold:
        last = delivery.progress.last
        assert last is not None
        match outcome:
            case Accepted(message_id=message_id):
                return self._accepted(event, facts, last.number, message_id, "answer")
            case Unconfirmed(reason=reason):
                metrics.UNPROVEN.inc()
                return Done((facts.accepted(last.number, "", reason, confirmed=False),))
            case Permanent(reason=reason):
                return Done((facts.failed(last.number, "permanent", reason),))
            case Transient(reason=reason):
                return self._again(delivery, facts, reason, outcome.retry_after_s)
            case InstanceDown(reason=reason):
                return self._wait_for_instance(delivery, event, facts, "instance_down", reason, outcome.retry_after_s)
            case Misconfigured(reason=reason):
                _log.error("gateway_refuses_us", instance=event.instance, reason=reason, do="check key, name, licence")
                wait = MISCONFIGURED_WAIT_S
                return self._wait_for_instance(delivery, event, facts, "misconfigured", reason, wait)
            case Unknown(reason=reason):
                return self._look_for_proof(delivery, facts, reason)

    def _accepted(self, event: SendRequested, facts: Facts, attempt: int, message_id: str, proof: str) -> Done:
        if event.asked_at is not None:
            metrics.REPLY_SECONDS.observe(max(0, self.clock.now_ms() - event.asked_at) / 1000)
        accepted, mark = facts.accepted(attempt, message_id, proof), sent_mark(event, attempt, message_id)
        parks = check(event, accepted, self.unconfirmed_after_s, self.clock.now_ms())
        return Done((accepted,), marks=(mark,), parks=parks)

    def _again(self, delivery: Delivery, facts: Facts, reason: str, after_s: float | None) -> Done | Hold:
        progress = delivery.progress.ended("transient", reason)
        assert progress.last is not None
        if progress.count >= self.max_deliveries:
            return self.exhausted(replace(delivery, progress=progress), reason)
        wait = after_s if after_s is not None else full_jitter(progress.count, self.draw)
        until = self.clock.now_ms() + round(wait * 1000)
        return Hold(progress.held(until), until, (facts.failed(progress.last.number, "transient", reason, until),))

    def _wait_for_instance(
        self, delivery: Delivery, event: SendRequested, facts: Facts, category: str, reason: str, after_s: float | None
    ) -> Hold:
        """The whole lane waits; the next message in line is the probe. It costs no message a delivery."""
        number = delivery.progress.next_number - 1
        tries = self._down[event.instance] = self._down.get(event.instance, 0) + 1
        wait = after_s if after_s is not None else full_jitter(tries, self.draw, base_s=1.0, cap_s=15.0)
        until = self.clock.now_ms() + round(wait * 1000)
        progress = delivery.progress.uncount().held(until)
        return Hold(progress, until, (facts.failed(number, category, reason, until),), lane=True)

    def _not_called(self, delivery: Delivery, facts: Facts) -> Hold:
        """This process stood still: its lane may be another's by now, who waits for proof of this very attempt."""
        now, last = self.clock.now_ms(), delivery.progress.last
        assert last is not None
        reason = "this process stood still before the call"
        return Hold(delivery.progress.uncount().held(now), now, (facts.failed(last.number, "not_called", reason, now),))

    # ── unknown outcomes ───────────────────────────────────────────────────────────────────────────────────────────
    def _look_for_proof(self, delivery: Delivery, facts: Facts, reason: str) -> Hold:
        now, last = self.clock.now_ms(), delivery.progress.last
        assert last is not None
        until = now + PROOF_POLL_MS
        return Hold(delivery.progress.sought(now).held(until), until, (facts.unknown(last.number, reason),))

    async def _seek(self, delivery: Delivery, event: SendRequested, facts: Facts) -> Done | Hold:
        """Proof, or more patience, or the message's policy."""
        progress, sought_ms = delivery.progress, self.clock.now_ms() - delivery.progress.since
        assert progress.last is not None
        unknown = next(t for t in progress.tries if t.is_open or t.outcome == "unknown")  # an earlier one may prove it
        proven = await self.proof.echoed(event, unknown)
        if proven is None and sought_ms >= SEARCH_AFTER_MS:
            proven = await self.proof.searched(event, unknown)
        if proven is not None:
            metrics.SENDS.labels("accepted").inc()
            return self._accepted(event, facts, progress.last.number, *proven)
        now, patience_ms = self.clock.now_ms(), self.proof_wait_s * 1000
        if self.breaker.is_open:  # nobody can be asked: patience begins when somebody can
            until = now + PROOF_POLL_MS
            return Hold(progress.sought(now).held(until), until)
        if sought_ms < patience_ms:
            until = progress.since + min(max(2 * sought_ms, PROOF_POLL_MS), patience_ms)
            return Hold(progress.held(until), until)
        metrics.UNPROVEN.inc()
        unproven = progress.ended("unknown", "no proof of it came")
        earlier = sum(t.outcome == "unknown" for t in unproven.tries)
        if event.send_class in RESENT_WHEN_UNKNOWN and earlier == 1:
            return Hold(unproven.sought(0).held(now), now)
        return self.exhausted(replace(delivery, progress=unproven), "whether it was sent could not be proven")


_LABELS: dict[type[Outcome], str] = {
    Accepted: "accepted", Unconfirmed: "unconfirmed", Permanent: "permanent", Transient: "transient",
    InstanceDown: "not_connected", Unknown: "unknown", Misconfigured: "misconfigured",
}  # fmt: skip
