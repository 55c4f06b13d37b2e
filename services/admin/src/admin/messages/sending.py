"""How is a request to send answered? `POST /admin/messages`."""

import hashlib
import re
from typing import Literal

import msgspec
from opentelemetry.trace import SpanKind

from admin.http.endpoint import Asked, Nothing, Reply
from admin.http.problems import Problem
from admin.instances import Instances
from admin.library import Library
from admin.messages.accepting import Accepting
from admin.messages.address import shown
from admin.messages.addressing import Addressing
from admin.messages.body import MessageBody, Taken
from admin.messages.content import KINDS, content_of
from admin.messages.when import send_time
from shared import ids
from shared.events import SendRequested
from shared.service import Platform

_KEY = re.compile(r"[\x21-\x7e]{1,200}")


class Sending:
    """Takes the clinic's own messages."""

    def __init__(self, platform: Platform, instances: Instances, library: Library, accepting: Accepting) -> None:
        self._clock = platform.clock
        self._tracing = platform.tracing
        self._instances = instances
        self._library = library
        self._accepting = accepting
        self._addressing = Addressing(platform.redis, library)

    async def send(self, asked: Asked[Nothing, MessageBody]) -> Reply[Taken]:
        """Send one message. 200 with the id of the first time when the idempotency key was used before."""
        body, request = asked.body, asked.request
        digest = _digest(body)
        key = _idempotency_key(request.headers.get("Idempotency-Key", ""), body.idempotency_key)
        await self._instances.require(body.instance)
        with self._tracing.span("send", SpanKind.SERVER, request.headers.get("traceparent")) as span:
            to = (await self._addressing.reading(body.instance, [body.to])).recipient(body.to)
            send = self._requested(await self._rendered(body), to, key, span.traceparent)
            send = msgspec.structs.replace(
                send, by=asked.who.name, template=body.template.name if body.template else ""
            )
            await self._accepting.check(send)
            if body.dry_run:
                return Reply(Taken(id=None, status="dry_run", to=to, number=shown(to), send_at=send.not_before))
            return await self._put(send, digest)

    async def _rendered(self, body: MessageBody) -> MessageBody:
        """The body with the words of its template, if it has one. Raises Problem 400 that names the variable."""
        if body.template is None or any(getattr(body, name) is not None for name in KINDS):
            return body
        text = body.template.rendered(await self._library.of_instance(body.instance))
        return msgspec.structs.replace(body, template=None, text=text)

    def _requested(self, body: MessageBody, to: str, key: str, traceparent: str) -> SendRequested:
        now = self._clock.now_ms()
        at = send_time(body.send_at, now)
        return SendRequested(
            id=ids.new(self._clock), instance=body.instance, chat=to, occurred_at=now, recorded_at=now,
            traceparent=traceparent, to=to, content=content_of(body, allow_private=self._accepting.allow_private),
            send_class=body.send_class,
            vip=body.priority == "vip", not_before=at, idempotency_key=key,
            expires_at=(at or now) + body.ttl_s * 1000 if body.ttl_s else None,
        )  # fmt: skip

    async def _put(self, send: SendRequested, digest: str) -> Reply[Taken]:
        earlier = await self._accepting.take(send, digest)
        if earlier is None:
            at = send.not_before
            status: Literal["scheduled", "queued"] = "scheduled" if at else "queued"
            return Reply(Taken(id=send.id, status=status, to=send.to, number=shown(send.to), send_at=at), status=202)
        if earlier.digest != digest:
            detail = "this key was used for a message that said something else"
            raise Problem(422, detail, parameter="idempotency_key", id=earlier.id)
        return Reply(Taken(id=earlier.id, status="repeated", to=send.to, number=shown(send.to)))


def _idempotency_key(header: str, field: str) -> str:
    if header and field and header != field:
        detail = "the header Idempotency-Key and the field `idempotency_key` differ"
        raise Problem(400, detail, parameter="idempotency_key")
    key = header or field
    if key and not _KEY.fullmatch(key):
        detail = "a key is 1 to 200 characters of ASCII, without spaces"
        raise Problem(400, detail, parameter="idempotency_key")
    return key


def _digest(body: MessageBody) -> str:
    said = msgspec.json.encode(msgspec.structs.replace(body, idempotency_key=""))
    return hashlib.blake2b(said, digest_size=12).hexdigest()
