"""Which dead letters are there? The stream's entries, read for people: the newest first."""

from dataclasses import dataclass
from typing import Any

import msgspec
import redis.asyncio as aioredis

from admin.http.pages import Page, cursor_of, parts_of
from admin.http.problems import Problem
from admin.steering.entries import check_entry_id
from shared.errors import Undecodable
from shared.events import AnyEvent, MessageReceived, SendRequested, Text, decode, to_json
from shared.streams import keys
from shared.streams.progress import Progress, parse

BATCH = 200
LOOKED_AT_MOST = 5_000  # entries a question with a filter goes through; then the page ends early, with its cursor
TEXT_SHOWN = 200


class LetterTry(msgspec.Struct, frozen=True, kw_only=True):
    """One try to handle it."""

    number: int
    at: int
    by: str
    """The replica."""
    outcome: str
    """Empty: nobody knows."""
    reason: str


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """What could not be handled, as a line of a list."""

    id: str
    at: int
    """When it was set aside: milliseconds since 1970-01-01 UTC."""
    reason: str
    stream: str
    """Where it came from: stream, vip, inbound or receipts."""
    type: str
    """The event's wire name; empty when its bytes are no event."""
    event_id: str = ""
    chat: str = ""
    to: str = ""
    text: str = ""
    """The words, at most 200 characters."""
    attempts: int = 0
    send_class: str = ""
    broadcast_id: str = ""


class DeadLetterInFull(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about one."""

    letter: DeadLetter
    tries: list[LetterTry]
    event: dict[str, Any]
    """The event's own fields; empty when its bytes are no event."""
    replayable: bool
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """One entry of the dead letters."""

    id: str
    instance: str
    reason: str
    stream: str
    """The key of the stream it came from."""
    event: AnyEvent | None
    progress: Progress
    fault: str
    """Why its bytes are no event."""

    @property
    def line(self) -> DeadLetter:
        event = self.event
        text, to, send_class, broadcast = "", "", "", ""
        match event:
            case SendRequested():
                text, to = event.content.text if isinstance(event.content, Text) else "", event.to
                send_class, broadcast = event.send_class, event.broadcast_id
            case MessageReceived():
                text = event.text
        return DeadLetter(
            id=self.id, at=int(self.id.partition("-")[0]), reason=self.reason, stream=self._came_from,
            type=str(event.__struct_config__.tag) if event else "", event_id=event.id if event else "",
            chat=event.chat if event else "", to=to, text=text[:TEXT_SHOWN], attempts=self.progress.count,
            send_class=send_class, broadcast_id=broadcast,
        )  # fmt: skip

    @property
    def why_not(self) -> str:
        """Why it cannot be replayed; empty: it can."""
        if self.event is None:
            return f"its bytes are no event ({self.fault}); discard it"
        return "" if self._came_from else f"it came from {self.stream!r}, which nobody works; discard it"

    @property
    def _came_from(self) -> str:
        return stream_names(self.instance).get(self.stream, "")

    @property
    def in_full(self) -> DeadLetterInFull:
        tries = [
            LetterTry(number=one.number, at=one.at, by=one.by, outcome=one.outcome, reason=one.reason)
            for one in self.progress.tries
        ]
        event = to_json(self.event) if self.event else {}
        return DeadLetterInFull(
            letter=self.line, tries=tries, event=event, replayable=not self.why_not, why_not=self.why_not
        )


class Letters:
    """Reads the dead letters of an instance."""

    def __init__(self, client: aioredis.Redis) -> None:
        self._client = client

    async def page(self, instance: str, reason: str, cursor: str, limit: int) -> Page[DeadLetter]:
        """Those whose reason contains `reason`, whatever its case."""
        found, before = await self.matching(instance, reason, limit, _before(cursor))
        return Page(items=[letter.line for letter in found], next=cursor_of(before) if before else None)

    async def matching(
        self, instance: str, reason: str, limit: int, before: str = "+"
    ) -> tuple[list[Letter], str | None]:
        """At most `limit`, and the entry to go on before; None: there are no more."""
        found: list[Letter] = []
        for _ in range(LOOKED_AT_MOST // BATCH):
            entries: Any = await self._client.xrevrange(keys.dead_letters(instance), before, "-", count=BATCH)
            for id_, fields in entries:
                letter = letter_of(instance, id_, fields)
                before = f"({letter.id}"
                if reason.casefold() in letter.reason.casefold():
                    found.append(letter)
                    if len(found) == limit:
                        return found, letter.id
            if len(entries) < BATCH:
                return found, None
        return found, before.removeprefix("(")

    async def one(self, instance: str, id_: str) -> Letter:
        """Raises Problem 400 or 404."""
        check_entry_id(id_, "id")
        entries: Any = await self._client.xrange(keys.dead_letters(instance), id_, id_, count=1)
        if not entries:
            raise Problem(404, f"no dead letter {id_}: it was replayed, discarded or never was", parameter="id")
        return letter_of(instance, *entries[0])


def letter_of(instance: str, id_: bytes, fields: dict[bytes, bytes]) -> Letter:
    """An entry as it is read."""
    event, fault = None, ""
    try:
        event = decode(fields[b"e"])
    except Undecodable as error:
        fault = str(error)
    except KeyError:
        fault = "it has none"
    reason, stream = (fields.get(name, b"").decode(errors="replace") for name in (b"reason", b"stream"))
    return Letter(id_.decode(), instance, reason, stream, event, parse(fields.get(b"progress")), fault)


def _before(cursor: str) -> str:
    if not cursor:
        return "+"
    (id_,) = parts_of(cursor, 1)
    return f"({check_entry_id(id_, 'cursor')}"


def stream_names(instance: str) -> dict[str, str]:
    """Key -> name of the streams that work may go back to."""
    return {
        keys.outbound(instance): "stream", keys.outbound_vip(instance): "vip",
        keys.inbound(instance): "inbound", keys.receipts(instance): "receipts",
    }  # fmt: skip
