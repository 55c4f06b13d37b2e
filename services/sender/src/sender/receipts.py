"""Did it arrive? Receipts are joined with their sends and become facts, each once, in whatever order they come."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import msgspec

from sender.new_contacts import NewContacts
from sender.sent import SENT_LIFE_MS, Sent, parse_sent
from shared import ids
from shared.clock import Clock
from shared.errors import Reject
from shared.events import (
    AnyEvent,
    EntryDeadLettered,
    Event,
    ReceiptRecorded,
    SendAccepted,
    SendDelivered,
    SendFailed,
    SendRead,
    SendRequested,
    SendUnconfirmed,
    following,
)
from shared.events.messages import ReceiptStatus
from shared.streams import keys
from shared.streams.delivery import Delivery, Done, Hold, Owner, Park, State, Wait
from shared.streams.scripts import Scripts
from shared.telemetry import logs, metrics
from shared.telemetry.tracing import Traced

PATIENCE_MS = 120_000  # a call's 30 s, its proof's 15 s, a take-over's 10 s, and as much again
FIRST_WAIT_MS = 500
TELLING: tuple[ReceiptStatus, ...] = ("delivery_ack", "read", "played", "error")

_log = logs.get(__name__)


def queue_of(event: AnyEvent) -> str:
    """What is told of one message is worked on one after the other, whatever chat the gateway names with it."""
    return event.message_id if isinstance(event, ReceiptRecorded | SendAccepted) else ""


def check(event: SendRequested, accepted: SendAccepted, after_s: int, now_ms: int) -> tuple[Park, ...]:
    """What asks, after a while, whether anything was heard of an accepted send."""
    if not after_s or not accepted.message_id:
        return ()
    stream = keys.receipts(event.instance)
    return (Park(_check_id(event.id), now_ms + after_s * 1000, stream, accepted),)


def _check_id(send_id: str) -> str:
    return f"unconfirmed:{send_id}"


@dataclass(frozen=True)
class ReceiptHandler:
    """The part of the consumer loop that learns what became of accepted sends."""

    scripts: Scripts
    clock: Clock
    unconfirmed_after_s: int
    new_contacts: NewContacts
    counts_tries: bool = False
    takes_turns: bool = False

    def __post_init__(self) -> None:
        for outcome in ("delivered", "read", "failed", "unconfirmed"):
            metrics.DELIVERIES.labels(outcome)  # at 0, so that the first one counts as a rise

    async def admit(self, delivery: Delivery, _owner: Owner) -> Delivery | Wait | Done | Hold:
        """A receipt costs no token and waits for nothing."""
        return delivery

    async def handle(self, delivery: Delivery, _span: Traced) -> Done | Hold:
        """The facts that follow, or a later look when the send is not known yet."""
        match delivery.event:
            case ReceiptRecorded() as receipt:
                return await self._told(delivery, receipt)
            case SendAccepted() as accepted:
                return await self._checked(accepted)
        raise Reject(f"a {type(delivery.event).__name__} does not belong on the receipts stream")

    async def exhausted(self, delivery: Delivery, reason: str) -> Done:
        """A dead letter."""
        fact = following(
            EntryDeadLettered, delivery.event, "dead", self.clock.now_ms(),
            stream=delivery.entry.stream, entry_id=delivery.entry.id, reason=reason, attempts=delivery.progress.count,
        )  # fmt: skip
        return Done((fact,), dead=reason)

    async def _told(self, delivery: Delivery, receipt: ReceiptRecorded) -> Done:
        mark = await self.scripts.call("GET", keys.sent(receipt.instance, receipt.message_id))
        if mark is not None:
            return await self._learn(parse_sent(mark), receipt, receipt.message_id, (receipt.status,))
        now = self.clock.now_ms()
        if receipt.recorded_at > now:  # by a clock that is ahead of ours: its patience begins here
            receipt = msgspec.structs.replace(receipt, recorded_at=now)
        age = now - receipt.recorded_at
        if age >= PATIENCE_MS:
            return Done()  # staff wrote it on their phone; if it is ours after all, the check finds it
        due = now + min(max(age, FIRST_WAIT_MS), PATIENCE_MS - age)
        return Done(parks=(Park(receipt.id, due, delivery.entry.stream, receipt),))

    async def _checked(self, accepted: SendAccepted) -> Done:
        """The time is up: what receipts were recorded, though nobody joined them?"""
        sent = Sent(accepted.send_id, accepted.attempt, accepted.correlation_id or accepted.send_id, accepted.chat)
        i, id_ = accepted.instance, accepted.message_id
        marks = [self.scripts.call("EXISTS", keys.receipt_seen(i, id_, status)) for status in TELLING]
        seen = [status for status, found in zip(TELLING, await asyncio.gather(*marks), strict=True) if found]
        if seen:
            return await self._learn(sent, accepted, id_, seen)
        if await self._known(i, sent):
            return Done()
        _log.warning("send_unconfirmed", instance=i, send_id=sent.send_id, after_s=self.unconfirmed_after_s)
        return self._written(accepted, sent, id_, ("unconfirmed",))

    async def _learn(self, sent: Sent, cause: Event, message_id: str, statuses: Sequence[ReceiptStatus]) -> Done:
        known = await self._known(cause.instance, sent)
        news = _news(statuses, known)
        done = self._written(cause, sent, message_id, news)
        if "failed" not in news:
            return done
        states, marks, members = await self.new_contacts.error_told(cause.instance, sent)
        return replace(done, states=(*done.states, *states), marks=marks, members=members)

    async def _known(self, instance: str, sent: Sent) -> set[str]:
        return {name.decode() for name in await self.scripts.call("HKEYS", keys.fate(instance, sent.send_id))}

    def _written(self, cause: Event, sent: Sent, message_id: str, words: Sequence[str]) -> Done:
        if not words:
            return Done()
        for word in words:
            metrics.DELIVERIES.labels(word).inc()
        fate = State(keys.fate(cause.instance, sent.send_id), dict.fromkeys(words, 1), SENT_LIFE_MS)
        facts = tuple(self._fact(word, cause, sent, message_id) for word in words)
        return Done(facts, states=(fate,), unparks=(_check_id(sent.send_id),))

    def _fact(self, word: str, cause: Event, sent: Sent, message_id: str) -> Event:
        now, about = self.clock.now_ms(), {"send_id": sent.send_id}
        match word:
            case "delivered":
                fact: Event = following(SendDelivered, cause, word, now, **about, message_id=message_id)
            case "read":
                fact = following(SendRead, cause, word, now, **about, message_id=message_id)
            case "unconfirmed":
                after_s = self.unconfirmed_after_s
                fact = following(SendUnconfirmed, cause, word, now, **about, message_id=message_id, after_s=after_s)
            case _:
                fact = following(
                    SendFailed, cause, word, now, **about, attempt=sent.attempt,
                    category="after_accept", reason="WhatsApp reported an error after the acceptance", final=True,
                )  # fmt: skip
        at = cause.occurred_at if isinstance(cause, ReceiptRecorded) else now
        return msgspec.structs.replace(
            fact, id=ids.derived(sent.send_id, word), chat=sent.chat, correlation_id=sent.story, occurred_at=at
        )


def _news(statuses: Sequence[ReceiptStatus], known: Collection[str]) -> list[str]:
    """What these receipts say beyond what is known. Read is delivered, too; delivered is not failed any more."""
    arrived = bool({"delivery_ack", "read", "played"} & set(statuses)) or "delivered" in known
    seen = bool({"read", "played"} & set(statuses))
    told = {"delivered": arrived, "read": seen, "failed": "error" in statuses and not arrived}
    return [word for word, true in told.items() if true and word not in known]
