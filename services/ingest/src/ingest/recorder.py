"""How do a webhook's facts get into Redis? Each once, with its work and what later proves a send."""

import asyncio
from dataclasses import dataclass

import msgspec

from ingest.webhook import Record, Translation
from shared.events import Event, MessageReceived
from shared.streams import keys
from shared.streams.log import Echo, Log
from shared.telemetry import metrics


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of one webhook's records."""

    accepted: int
    duplicates: int
    ignored: int


class Recorder:
    """Writes translations to the log."""

    def __init__(self, log: Log) -> None:
        self._log = log

    async def record(self, translation: Translation, traceparent: str) -> Tally:
        """Write every record once.

        Raises RedisError or QueueFull; what was written by then is a duplicate when the webhook comes again.
        """
        fresh = await asyncio.gather(*(self._append(record, traceparent) for record in translation.records))
        for reason in translation.ignored:
            metrics.IGNORED.labels(reason).inc()
        return Tally(sum(fresh), len(fresh) - sum(fresh), len(translation.ignored))

    async def _append(self, record: Record, traceparent: str) -> bool:
        event = msgspec.structs.replace(record.event, traceparent=traceparent)
        echo = record.echo
        fresh = await self._log.append(
            event,
            dedupe=record.dedupe,
            work=keys.inbound(event.instance) if record.work else "",
            echo=Echo(echo.digest, echo.message_id, echo.chats, echo.at) if echo else None,
            contact=event.chat if record.work else "",
            staff_message_id=_by_staff(event),
        )
        if fresh:
            metrics.RECORDED.labels(str(type(event).__struct_config__.tag)).inc()
        return fresh


def _by_staff(event: Event) -> str:
    """The id of a message that staff wrote on their own phone, else nothing."""
    return event.message_id if isinstance(event, MessageReceived) and event.author == "staff" else ""
