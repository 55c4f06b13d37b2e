"""How does an appointment request reach the clinic's own system?

By a POST to the one address that the clinic's file names, with the event's id as idempotency key. A system that is away
is asked again for an hour; one that refuses is not. What does not arrive is a dead letter, and a person is called.
"""

import random
from dataclasses import dataclass, field

import aiohttp

from clinic import Clinic
from responder.library import REFRESH_S, Library
from shared.clock import Clock
from shared.errors import Reject, Retry
from shared.events import (
    AppointmentDelivered,
    AppointmentRequested,
    EntryDeadLettered,
    HandoffRequested,
    following,
)
from shared.streams.backoff import full_jitter
from shared.streams.delivery import Delivery, Done, Hold, Owner, Wait
from shared.telemetry import metrics
from shared.telemetry.tracing import Traced

CALL_S = 10.0
LIFE_MS = 3_600_000  # a patient who waits longer than an hour is to hear from a person
BASE_S, CAP_S = 1.0, 300.0
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass
class AppointmentHandler:
    """The part of the responder that hands requests on."""

    library: Library
    clock: Clock
    token: str = ""
    counts_tries: bool = False
    takes_turns: bool = False
    draw: random.Random = field(default_factory=random.Random)
    _session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> "AppointmentHandler":
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=CALL_S))
        return self

    async def __aexit__(self, *_error: object) -> None:
        if self._session is not None:
            await self._session.close()

    async def admit(self, delivery: Delivery, _owner: Owner) -> Delivery | Wait | Done | Hold:
        """Whenever it comes, once the clinic's file says where to."""
        return Wait(REFRESH_S, "lane") if self.library.why_waiting(delivery.event.instance) else delivery

    async def handle(self, delivery: Delivery, span: Traced) -> Done | Hold:
        """One try. Raises Retry while it may still arrive, Reject when it will not."""
        event = delivery.event
        if not isinstance(event, AppointmentRequested):
            raise Reject(f"a {type(event).__name__} does not belong on the appointments stream")
        clinic, _ = self.library.for_instance(event.instance)
        if clinic.appointments is None:
            metrics.APPOINTMENTS.labels("unaddressed").inc()
            raise Reject("the clinic's file names no address for appointments any more")
        status = await self._post(clinic.appointments.url, event, clinic, delivery)
        metrics.APPOINTMENTS.labels("delivered").inc()
        fact = following(
            AppointmentDelivered, event, "delivered", self.clock.now_ms(), span.traceparent,
            request_id=event.id, status=status,
        )  # fmt: skip
        return Done((fact,))

    async def exhausted(self, delivery: Delivery, reason: str) -> Done:
        """A dead letter, and a person who books it by hand."""
        event, now = delivery.event, self.clock.now_ms()
        dead = following(
            EntryDeadLettered, event, "dead", now,
            stream=delivery.entry.stream, entry_id=delivery.entry.id, reason=reason, attempts=delivery.progress.count,
        )  # fmt: skip
        why = "an appointment request did not reach the clinic's system"
        return Done((dead, following(HandoffRequested, event, "undelivered", now, why=why)), dead=reason)

    async def _post(self, url: str, event: AppointmentRequested, clinic: Clinic, delivery: Delivery) -> int:
        assert self._session is not None, "use `async with AppointmentHandler(…)`"
        headers = {"Idempotency-Key": event.id}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        try:
            async with self._session.post(
                url, json=body(event, clinic), headers=headers, allow_redirects=False
            ) as answer:
                status = answer.status
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise self._later(event, delivery, f"the clinic's system is away: {type(error).__name__}") from error
        if 200 <= status < 300:
            return status
        if status in PASSING:
            raise self._later(event, delivery, f"the clinic's system answered {status}")
        metrics.APPOINTMENTS.labels("refused").inc()
        raise Reject(f"the clinic's system refused it with {status}")

    def _later(self, event: AppointmentRequested, delivery: Delivery, why: str) -> Retry | Reject:
        if self.clock.now_ms() - event.occurred_at > LIFE_MS:
            metrics.APPOINTMENTS.labels("refused").inc()
            return Reject(f"{why}, for an hour")
        metrics.APPOINTMENTS.labels("retried").inc()
        wait = full_jitter(delivery.progress.uncounted + 1, self.draw, base_s=BASE_S, cap_s=CAP_S)
        return Retry(why, after=wait, counts=False)


def body(event: AppointmentRequested, clinic: Clinic) -> dict[str, str | int]:
    """What is posted; docs/reference/clinic-files.md describes it."""
    return {
        "id": event.id, "clinic": clinic.id, "instance": event.instance, "chat": event.chat,
        "service": event.service, "service_id": event.service_id, "day": event.day, "period": event.period,
        "name": event.name, "requested_at": event.occurred_at,
    }  # fmt: skip
