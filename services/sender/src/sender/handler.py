"""How is one send brought to its end: accepted, failed, expired, set aside, or held for another try?"""

import time
from dataclasses import dataclass, field, replace

from redis.exceptions import RedisError

from sender.attempts import Attempts, Begun, NotYet, Trimmed
from sender.breaker import Breaker
from sender.clearance import GONE, Clearance
from sender.dead_letter import dead_letter
from sender.evolution import Evolution
from sender.facts import Facts
from sender.judging import Judge
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
from sender.seeking import Seeker
from sender.uploads import Uploads
from shared.clock import Clock
from shared.events import SendRequested
from shared.streams.delivery import Delivery, Done, Hold, Owner, Wait
from shared.telemetry import metrics
from shared.telemetry.tracing import Traced

TRIMMED = "its entry was deleted from the stream while it waited"
LONGEST_WAIT_S = {"lane": 5.0, "chat": 30.0}  # then it is asked anew: the pace may have been changed
MOST_THROTTLED = 10_000  # as many as a stream holds


@dataclass
class SendHandler:
    """The sender's part in the consumer loop."""

    gateway: Evolution
    attempts: Attempts
    clearance: Clearance
    breaker: Breaker
    judge: Judge
    uploads: Uploads
    seeker: Seeker
    clock: Clock
    max_deliveries: int
    stall_s: float
    """A process that was stopped for this long between taking its token and calling must not call any more."""
    counts_tries: bool = True
    takes_turns: bool = False
    _throttled: dict[str, float] = field(default_factory=dict)
    """Since when a send waits for its token, by the monotonic clock."""

    async def admit(self, delivery: Delivery, owner: Owner) -> Delivery | Wait | Done | Hold:
        """Take a token for it and write the attempt down; or end it when it has no business at the gateway."""
        waits = False
        try:
            said = await self._admitted(delivery, owner)
            waits = isinstance(said, Wait)
        finally:
            if not waits:
                self._throttled.pop(delivery.key, None)
        return await self._ended(delivery, said) if isinstance(said, Done) else said

    async def _ended(self, delivery: Delivery, done: Done) -> Done:
        event = delivery.event
        return await self.uploads.released(event, done) if isinstance(event, SendRequested) else done

    async def _admitted(self, delivery: Delivery, owner: Owner) -> Delivery | Wait | Done | Hold:
        event, progress = delivery.event, delivery.progress
        if not isinstance(event, SendRequested):
            return await self.exhausted(delivery, f"a {type(event).__name__} does not belong on an outbound stream")
        if progress.last and progress.last.is_open:  # its outcome is unknown: no new attempt before it is looked for
            return delivery if progress.since else replace(delivery, progress=progress.sought(self.clock.now_ms()))
        facts = Facts(event, self.clock)
        if (told := await self.seeker.told_since(delivery, event, facts)) is not None:
            return told
        if (denied := await self.clearance.denied(delivery, event)) is not None:
            return denied
        if progress.count >= self.max_deliveries:
            return await self.exhausted(delivery, progress.last.reason if progress.last else "")
        if (wait := await self.breaker.wait_s()) > 0:
            return Wait(wait, "lane")
        return await self._begin(delivery, event, owner)

    async def _begin(self, delivery: Delivery, event: SendRequested, owner: Owner) -> Begun | Wait | Done:
        asked_at = time.monotonic()
        begun = await self.attempts.begin(delivery, event, owner)
        match begun:
            case Wait():
                self._waits(delivery, asked_at)
                return Wait(min(begun.seconds, LONGEST_WAIT_S[begun.scope]), begun.scope)
            case NotYet(until=until, why=why):
                metrics.SENDS.labels("new_contacts").inc()
                return parked(delivery, event, Facts(event, self.clock), until, why, for_contact=True)
            case Trimmed():
                return await self.exhausted(delivery, TRIMMED)
        metrics.THROTTLED_SECONDS.observe(asked_at - self._throttled.get(delivery.key, asked_at))
        return begun

    def _waits(self, delivery: Delivery, asked_at: float) -> None:
        self._throttled.setdefault(delivery.key, asked_at)
        if len(self._throttled) > MOST_THROTTLED:  # the oldest are those of lanes that went to others
            del self._throttled[next(iter(self._throttled))]

    async def handle(self, delivery: Delivery, span: Traced) -> Done | Hold:
        """Call the gateway, or look for proof of an earlier call."""
        ended = await self._handled(delivery, span)
        return await self._ended(delivery, ended) if isinstance(ended, Done) else ended

    async def _handled(self, delivery: Delivery, span: Traced) -> Done | Hold:
        event = delivery.event
        assert isinstance(event, SendRequested)
        facts = Facts(event, self.clock, span.traceparent)
        if delivery.progress.since:
            return await self.seeker.seek(delivery, event, facts)
        try:
            content = await self.uploads.filled_in(event)
        except (RedisError, OSError) as error:
            return self.judge.not_called(delivery, facts, f"its upload could not be read: {error}")
        if not isinstance(delivery, Begun) or time.monotonic() - delivery.asked_at > self.stall_s:
            return self.judge.not_called(delivery, facts, "this process stood still before the call")
        outcome: Outcome = Permanent(GONE)
        if content is not None:
            outcome = await self.gateway.send(event.instance, event.to, content, quoted_id=event.quoted_id)
        metrics.SENDS.labels(_LABELS[type(outcome)]).inc()
        self._learn(outcome)
        return self.judge.judge(delivery, event, outcome, facts)

    def _learn(self, outcome: Outcome) -> None:
        if isinstance(outcome, InstanceDown | Unknown) and outcome.unreachable:
            self.breaker.failed()
        else:
            self.breaker.answered()

    async def exhausted(self, delivery: Delivery, reason: str) -> Done:
        """A dead letter, with every attempt."""
        return dead_letter(delivery, reason, self.clock)


_LABELS: dict[type[Outcome], str] = {
    Accepted: "accepted", Unconfirmed: "unconfirmed", Permanent: "permanent", Transient: "transient",
    NewContactsRefused: "new_contacts", InstanceDown: "not_connected", Unknown: "unknown",
    Misconfigured: "misconfigured",
}  # fmt: skip
