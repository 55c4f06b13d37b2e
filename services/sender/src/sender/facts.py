"""Which facts tell of a send?"""

from shared.clock import Clock
from shared.events import (
    SendAccepted,
    SendAttempted,
    SendDeadLettered,
    SendExpired,
    SendFailed,
    SendOutcomeUnknown,
    SendRequested,
    SendScheduled,
    following,
)


class Facts:
    """Makes the facts about one send, at one moment."""

    def __init__(self, event: SendRequested, clock: Clock, traceparent: str | None = None) -> None:
        self._event = event
        self._now = clock.now_ms()
        self._trace = traceparent

    def attempted(self, attempt: int) -> SendAttempted:
        event = self._event
        return following(
            SendAttempted, event, f"attempted/{attempt}", self._now, self._trace, send_id=event.id, attempt=attempt
        )

    def accepted(self, attempt: int, message_id: str, proof: str, *, confirmed: bool = True) -> SendAccepted:
        return following(
            SendAccepted, self._event, f"accepted/{attempt}", self._now, self._trace,
            send_id=self._event.id, attempt=attempt, message_id=message_id, confirmed=confirmed, proof=proof,
        )  # fmt: skip

    def failed(self, attempt: int, category: str, reason: str, retry_at: int | None = None) -> SendFailed:
        return following(
            SendFailed, self._event, f"failed/{attempt}", self._now, self._trace,
            send_id=self._event.id, attempt=attempt, category=category, reason=reason,
            final=retry_at is None, retry_at=retry_at,
        )  # fmt: skip

    def unknown(self, attempt: int, reason: str) -> SendOutcomeUnknown:
        return following(
            SendOutcomeUnknown, self._event, f"unknown/{attempt}", self._now, self._trace,
            send_id=self._event.id, attempt=attempt, reason=reason,
        )  # fmt: skip

    def expired(self, expired_at: int) -> SendExpired:
        event = self._event
        return following(SendExpired, event, "expired", self._now, self._trace, send_id=event.id, expired_at=expired_at)

    def scheduled(self, until: int, why: str) -> SendScheduled:
        event, purpose = self._event, f"scheduled/{until}"
        return following(SendScheduled, event, purpose, self._now, self._trace, send_id=event.id, until=until, why=why)

    def dead_lettered(self, reason: str, attempts: int, number: int) -> SendDeadLettered:
        """`number` is the last try's, which a replay counts on from: it tells one end from the next."""
        return following(
            SendDeadLettered, self._event, f"dead/{number}", self._now, self._trace,
            send_id=self._event.id, reason=reason, attempts=attempts,
        )  # fmt: skip
