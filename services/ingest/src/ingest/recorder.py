"""How do a webhook's facts get into Redis? Each once, with its work and what later proves a send."""

import asyncio
from dataclasses import dataclass

import msgspec

from ingest.durable import Durability
from ingest.webhook import Record, Translation
from shared.events import Event, MessageEdited, MessageReceived, MessageRevoked, ReceiptRecorded
from shared.streams import keys
from shared.streams.log import Echo, Log
from shared.telemetry import metrics

TELLING = ("delivery_ack", "read", "played", "error")  # the others say no more than the gateway's answer did


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of one webhook's records."""

    accepted: int
    duplicates: int
    ignored: int


class Recorder:
    """Writes translations to the log."""

    def __init__(self, log: Log, durability: Durability) -> None:
        self._log = log
        self._durability = durability

    async def record(self, translation: Translation, traceparent: str) -> Tally:
        """Write every record once.

        Raises RedisError or QueueFull; what was written by then is a duplicate when the webhook comes again.
        """
        match translation.records:
            case [record]:  # as good as always, and a task costs
                fresh = [await self._append(record, traceparent)]
            case records:
                fresh = await asyncio.gather(*(self._append(record, traceparent) for record in records))
        if fresh:  # also for duplicates: the first answer may have been a 503 because it was not safe yet
            await self._durability.reached()
        for reason in translation.ignored:
            metrics.IGNORED.labels(reason).inc()
        return Tally(sum(fresh), len(fresh) - sum(fresh), len(translation.ignored))

    async def _append(self, record: Record, traceparent: str) -> bool:
        event = msgspec.structs.replace(record.event, traceparent=traceparent)
        echo = record.echo
        fresh = await self._log.append(
            event,
            dedupe=record.dedupe,
            work=_work_stream(record),
            spare=not record.work,
            echo=Echo(echo.digest, echo.message_id, echo.chats, echo.at) if echo else None,
            contact=event.chat if record.work else "",
            staff_message_id=_by_staff(event),
        )
        if fresh:
            metrics.RECORDED.labels(str(type(event).__struct_config__.tag)).inc()
        return fresh


def _work_stream(record: Record) -> str:
    """Who is to look at it: the responder, the sender for a receipt of our own message, else nobody."""
    event = record.event
    if record.work or (isinstance(event, MessageEdited | MessageRevoked) and event.author == "patient"):
        return keys.inbound(event.instance)  # an edit may still change what is about to be answered
    tells = isinstance(event, ReceiptRecorded) and event.own and event.status in TELLING
    return keys.receipts(event.instance) if tells else ""


def _by_staff(event: Event) -> str:
    """The id of a message that staff wrote on their own phone, else nothing."""
    return event.message_id if isinstance(event, MessageReceived) and event.author == "staff" else ""
