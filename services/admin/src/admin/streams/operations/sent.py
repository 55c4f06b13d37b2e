"""Which entries of a stream does the log show as sent?

An entry leaves its stream in the script that records its end, so there is none as a rule. One can come back with a
restored backup, or by hand. The log is read from the time of the oldest send in the streams on.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import redis.asyncio as aioredis

from shared import ids
from shared.errors import Undecodable
from shared.events import (
    AnyEvent,
    SendAccepted,
    SendDelivered,
    SendRead,
    SendReplayed,
    SendRequested,
    decode,
)  # fmt: skip
from shared.streams import keys

BATCH = 1_000
_TELLING = (b"send.accepted.", b"send.delivered.", b"send.read.", b"send.replayed.")
_SLOW_CLOCK_MS = 60_000  # ids are made by the clock of the replica that made them, entries by that of Redis


async def already_sent(client: aioredis.Redis, instance: str, streams: Sequence[str]) -> dict[str, dict[str, str]]:
    """Entry id -> send id of what was sent, by stream."""
    waiting = {stream: await _sends(client, stream) for stream in streams}
    wanted = {send for entries in waiting.values() for send in entries.values()}
    sent = await _told(client, instance, wanted)
    return {stream: {e: send for e, send in entries.items() if send in sent} for stream, entries in waiting.items()}


async def _sends(client: aioredis.Redis, stream: str) -> dict[str, str]:
    found: dict[str, str] = {}
    start = "-"
    while batch := await _range(client, stream, start):
        found |= {id_.decode(): event.id for id_, event in _decoded(batch) if isinstance(event, SendRequested)}
        start = f"({batch[-1][0].decode()}"
    return found


async def _told(client: aioredis.Redis, instance: str, wanted: set[str]) -> set[str]:
    """Those of the sends that the log shows as sent, and not as put to work again since."""
    sent: set[str] = set()
    start = _beginning(wanted)
    while wanted and (batch := await _range(client, keys.events(instance), start)):
        for _, event in _decoded(batch):
            match event:
                case SendAccepted() | SendDelivered() | SendRead() if event.send_id in wanted:
                    sent.add(event.send_id)
                case SendReplayed():
                    sent.discard(event.send_id)
                case _:
                    pass
        start = f"({batch[-1][0].decode()}"
    return sent


def _beginning(sends: Iterable[str]) -> str:
    try:
        return str(max(0, min(map(ids.time_ms, sends), default=0) - _SLOW_CLOCK_MS))
    except ValueError:
        return "-"


async def _range(client: aioredis.Redis, stream: str, start: str) -> list[tuple[bytes, dict[bytes, bytes]]]:
    entries: Any = await client.xrange(stream, start, count=BATCH)
    return list(entries)


def _decoded(batch: Iterable[tuple[bytes, dict[bytes, bytes]]]) -> Iterable[tuple[bytes, AnyEvent]]:
    for id_, fields in batch:
        data = fields.get(b"e", b"")
        if b"send.requested." in data or any(word in data for word in _TELLING):
            try:
                yield id_, decode(data)
            except Undecodable:
                continue
