"""How does an unknown outcome end? By proof, or after some patience by the message's policy."""

from dataclasses import dataclass, replace

from sender.acceptance import Acceptance
from sender.breaker import Breaker
from sender.dead_letter import dead_letter
from sender.facts import Facts
from sender.proof import SKEW_MS, Proof, Proven
from shared.clock import Clock
from shared.events import SendRequested
from shared.streams.delivery import Delivery, Done, Hold
from shared.streams.log import ECHO_LIFE_MS
from shared.telemetry import metrics

PROOF_POLL_MS = 500
SEARCH_AFTER_MS = 900  # the echo is there sooner, and costs the gateway nothing
RESENT_WHEN_UNKNOWN = ("reply", "staff")  # a person waits for these


def ahead(told_ms: int, now_ms: int) -> bool:
    """Whether a time of the past is yet to come: it was told by a clock that has been set back since then."""
    return told_ms > now_ms + SKEW_MS


@dataclass(frozen=True)
class Seeker:
    """Looks again and again, for a bounded time."""

    proof: Proof
    breaker: Breaker
    acceptance: Acceptance
    clock: Clock
    proof_wait_s: int
    call_s: int
    """How long a call may last: the gateway works on when its caller has died, and may send as late as that."""

    async def seek(self, delivery: Delivery, event: SendRequested, facts: Facts) -> Done | Hold:
        """Proof, or more patience, or the message's policy.

        All by the time before the look: a process that stands still in the middle of it has not looked since then.
        """
        progress, now = delivery.progress, self.clock.now_ms()
        if ahead(progress.since, now):
            progress = progress.sought(now)
        sought_ms, patience_ms = now - progress.since, self.proof_wait_s * 1000
        assert progress.last is not None
        called_at = progress.since if ahead(progress.last.at, now) else progress.last.at
        proven = await self._proven(delivery, event, sought_ms)
        if proven is not None:
            metrics.SENDS.labels("accepted").inc()
            return self.acceptance.of(delivery, event, facts, *proven)
        if await self.breaker.is_away():  # nobody can be asked: patience begins when somebody can
            until = now + PROOF_POLL_MS
            return Hold(progress.sought(now).held(until), until)
        end = max(progress.since, called_at + self.call_s * 1000) + patience_ms
        if now < end:
            until = min(progress.since + max(2 * sought_ms, PROOF_POLL_MS), end)
            return Hold(progress.held(until), until)
        return self._unproven(delivery, event, now)

    async def _proven(self, delivery: Delivery, event: SendRequested, sought_ms: int) -> Proven | None:
        tried_at = self._tried_at(delivery)
        proven = await self.proof.echoed(event, tried_at)
        if proven is None and sought_ms >= SEARCH_AFTER_MS:
            proven = await self.proof.searched(event, tried_at)
        return proven

    async def told_since(self, delivery: Delivery, event: SendRequested, facts: Facts) -> Done | None:
        """What an earlier try comes to, if the gateway has told of it since it was given up; None: it may be sent.

        The next try may have had to wait for long: for its token, for the gateway, for a person who replays it.
        """
        tried_at = self._tried_at(delivery)
        proven = await self.proof.echoed(event, tried_at) if tried_at else None
        if proven is None:
            return None
        metrics.SENDS.labels("accepted").inc()
        return self.acceptance.of(delivery, event, facts, *proven)

    def _tried_at(self, delivery: Delivery) -> int:
        """When the first try was made of which nobody knows what came: any of them may be proven. 0: there is none."""
        told, now = delivery.progress.doubtful_since, self.clock.now_ms()
        return now - ECHO_LIFE_MS if ahead(told, now) else told

    def _unproven(self, delivery: Delivery, event: SendRequested, now: int) -> Done | Hold:
        """Sent once more when a person waits for it; else, or the second time, a dead letter."""
        metrics.UNPROVEN.inc()
        unproven = delivery.progress.ended("unknown", "no proof of it came")
        earlier = sum(t.outcome == "unknown" for t in unproven.tries)
        if event.send_class in RESENT_WHEN_UNKNOWN and earlier == 1:
            return Hold(unproven.sought(0).held(now), now)
        return dead_letter(replace(delivery, progress=unproven), "whether it was sent could not be proven", self.clock)
