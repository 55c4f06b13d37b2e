"""How is a message taken back? `DELETE /admin/messages/{id}`, as long as no try to send it was begun."""

import uuid
from enum import Enum
from typing import Any

from aiohttp import web

from admin.http.problems import Problem
from admin.http.query import Query
from admin.instances import Instances
from admin.messages.waiting import Finder, Waiting
from admin.streams.operations.order import ACTOR, REASON_MAX
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


class Cancelling:
    """Answers requests to take a message back."""

    def __init__(self, platform: Platform, instances: Instances) -> None:
        self._instances = instances
        self._canceller = Canceller(platform)

    async def cancel(self, request: web.Request) -> web.Response:
        """200 when it will not be sent; 409 when it is too late for that; 404 when there is no such message."""
        query = Query(request, ("instance", "reason"))
        instance = await self._instances.require(query.required("instance", "the instance that is meant"))
        send_id, reason = _id(request.match_info["id"]), query.text("reason")
        if len(reason) > REASON_MAX:
            raise Problem(400, f"a reason has at most {REASON_MAX} characters", parameter="reason")
        match await self._canceller.cancel(instance, send_id, ACTOR, reason):
            case Cancelled.DONE:
                return web.json_response({"id": send_id, "status": "cancelled"})
            case Cancelled.UNKNOWN:
                raise Problem(404, f"{instance!r} has no message {send_id} that waits, and its log tells of none")
            case too_late:
                raise Problem(409, f"too late: {too_late.value}", id=send_id)


def _id(given: str) -> str:
    try:
        return str(uuid.UUID(given))
    except ValueError:
        raise Problem(400, "a message's id is the UUID that sending it answered", parameter="id") from None
