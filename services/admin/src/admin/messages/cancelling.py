"""How is a message taken back? `DELETE /admin/messages/{id}`, as long as no try to send it was begun."""

import uuid
from enum import Enum
from typing import Any, Literal

import msgspec

from admin.http.endpoint import Asked
from admin.http.problems import Problem
from admin.instances import Instances
from admin.messages.keeping import Keeping
from admin.messages.waiting import Finder, Waiting
from admin.streams.operations.order import InstanceName, Reason
from shared.events import SendCancelled, encode, following
from shared.service import Platform
from shared.streams import keys
from shared.streams.progress import parse

MOST_LOOKS = 5  # it may be moved between its being found and being taken back: parked, promoted, tried


class Cancelled(Enum):
    """What came of taking it back."""

    DONE = "it is taken back, now or by an earlier request"
    UNDER_WAY = "a try to send it was begun, and it may have arrived"
    OVER = "it was sent, or ended otherwise, before"
    UNKNOWN = "nobody asked for it"


class Canceller:
    """Takes sends back."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._finder = Finder(platform.redis)
        self._keeping = Keeping(platform)

    async def cancel(self, instance: str, send_id: str, by: str, reason: str = "") -> Cancelled:
        """Take one back, with a fact that says by whom. Nothing is sent of what was answered DONE."""
        for _ in range(MOST_LOOKS):
            if await self._platform.redis.exists(keys.cancelled(instance, send_id)):
                return Cancelled.DONE
            waiting = await self._finder.waiting(instance, send_id)
            if waiting is None:
                known = await self._finder.was_requested(instance, send_id)
                return Cancelled.OVER if known else Cancelled.UNKNOWN
            progress: Any = await self._platform.redis.hget(keys.progress(instance), send_id)
            if parse(progress).may_be_sent:
                return Cancelled.UNDER_WAY
            if await self._take_back(waiting, progress or b"", by, reason):
                await self._keeping.let_go(waiting.send)
                return Cancelled.DONE
        return Cancelled.UNDER_WAY

    async def _take_back(self, waiting: Waiting, progress: bytes, by: str, reason: str) -> bool:
        send, i, p = waiting.send, waiting.send.instance, self._platform
        fact = following(SendCancelled, send, "cancelled", p.clock.now_ms(), send_id=send.id, by=by, reason=reason)
        names = [
            keys.due(i), keys.parked(i), keys.progress(i), keys.events(i), keys.cancelled(i, send.id), waiting.stream,
        ]  # fmt: skip
        args: list[str | bytes | int] = [
            send.id, waiting.entry_id, progress, keys.OUTBOUND_GROUP, p.streams.log_maxlen, encode(fact),
            p.streams.idempotency_ttl_s * 1000,
        ]  # fmt: skip
        return bytes(await p.scripts.run("cancel", names, args)) == b"cancelled"


class ThisMessage(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    """As the request to send it was answered."""
    instance: InstanceName
    reason: Reason = ""


class TakenBack(msgspec.Struct, frozen=True, kw_only=True):
    """A message that will not be sent."""

    id: str
    status: Literal["cancelled"] = "cancelled"


class Cancelling:
    """Answers requests to take a message back."""

    def __init__(self, platform: Platform, instances: Instances) -> None:
        self._instances = instances
        self._canceller = Canceller(platform)

    async def cancel(self, asked: Asked[ThisMessage, None]) -> TakenBack:
        """Take a message back. 409 when a try to send it was begun: it is too late then."""
        instance, send_id = await self._instances.require(asked.query.instance), _id(asked.query.id)
        match await self._canceller.cancel(instance, send_id, asked.who.name, asked.query.reason):
            case Cancelled.DONE:
                return TakenBack(id=send_id)
            case Cancelled.UNKNOWN:
                raise Problem(404, f"{instance!r} has no message {send_id} that waits, and its log tells of none")
            case too_late:
                raise Problem(409, f"too late: {too_late.value}", id=send_id)


def _id(given: str) -> str:
    try:
        return str(uuid.UUID(given))
    except ValueError:
        raise Problem(400, "a message's id is the UUID that sending it answered", parameter="id") from None
