"""Has this send any business at the gateway now? What is too late, unwanted or impossible costs no token."""

import asyncio
from dataclasses import dataclass

from sender.address import is_address
from sender.facts import Facts
from sender.parking import parked
from sender.quiet import QuietHours
from sender.settings import SenderSettings
from sender.uploads import Uploads
from shared.clock import Clock
from shared.events import TEXT_LIMIT, SendRequested, Text
from shared.streams import keys
from shared.streams.delivery import Delivery, Done
from shared.streams.scripts import Scripts
from shared.telemetry import metrics

GONE = "its upload is not kept any more"
PROACTIVE = ("reminder", "broadcast")  # nobody asked for these


@dataclass(frozen=True)
class Clearance:
    """Looks at a send before its attempt."""

    scripts: Scripts
    settings: SenderSettings
    quiet: QuietHours
    uploads: Uploads
    clock: Clock

    async def denied(self, delivery: Delivery, event: SendRequested) -> Done | None:
        """What it comes to instead of an attempt, or None: it may go."""
        facts, number = Facts(event, self.clock), delivery.progress.next_number
        expires_at = self._expires_at(event)
        if expires_at is not None and expires_at <= self.clock.now_ms():
            metrics.SENDS.labels("expired").inc()
            return Done((facts.expired(expires_at),))
        if reason := _impossible(event):
            metrics.SENDS.labels("permanent").inc()
            return Done((facts.failed(number, "permanent", reason),))
        if await self.uploads.is_gone(event):
            metrics.SENDS.labels("permanent").inc()
            return Done((facts.failed(number, "permanent", GONE),))
        if event.send_class not in PROACTIVE:
            return None
        if await self._opted_out(event):
            metrics.SENDS.labels("opted_out").inc()
            return Done((facts.failed(number, "opted_out", "the patient wants no proactive messages"),))
        return await self._held(delivery, event, facts)

    def _expires_at(self, event: SendRequested) -> int | None:
        if event.expires_at is not None:
            return event.expires_at
        lives = {
            "reminder": self.settings.reminder_ttl_s,
            "staff": self.settings.staff_ttl_s,
            "broadcast": self.settings.broadcast_ttl_s,
        }
        life_s = lives.get(event.send_class)
        return (event.not_before or event.occurred_at) + life_s * 1000 if life_s else None

    async def _opted_out(self, event: SendRequested) -> bool:
        i, chat = event.instance, event.chat
        names = (keys.opted_out(i, chat), *keys.opted_out_by_spelling(i, chat))
        return b"1" in await asyncio.gather(*(self.scripts.call("GET", name) for name in names))

    async def _held(self, delivery: Delivery, event: SendRequested, facts: Facts) -> Done | None:
        until = await self.quiet.end_for(event.instance)
        if until is None:
            return None
        metrics.SENDS.labels("quiet_hours").inc()
        return parked(delivery, event, facts, until, "quiet hours")


def _impossible(event: SendRequested) -> str:
    if not is_address(event.to):
        return "not a phone number"
    if isinstance(event.content, Text) and len(event.content.text) > TEXT_LIMIT:
        return f"a text of {len(event.content.text)} characters; WhatsApp takes {TEXT_LIMIT}"
    return ""
