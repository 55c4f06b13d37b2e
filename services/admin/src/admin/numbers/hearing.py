"""When did the gateway last tell us something of a number? The newest such fact at the end of its log.

A gateway tells of a connection only when it changes. One that was connected before we came tells nothing of it, and its
messages arrive all the same.
"""

from typing import Any

import redis.asyncio as aioredis

from shared.errors import Undecodable
from shared.events import (
    ConnectionChanged,
    MessageEdited,
    MessageReceived,
    MessageRevoked,
    ReceiptRecorded,
    SendEchoed,
    decode,
)
from shared.streams import keys

LOOKED_AT = 50  # facts: a reply leaves some eight of them, three of which the gateway told
_TOLD = (MessageReceived, MessageEdited, MessageRevoked, ReceiptRecorded, SendEchoed, ConnectionChanged)


async def last_heard(client: aioredis.Redis, instance: str) -> int | None:
    """Milliseconds since 1970; None when the last facts do not show it."""
    entries: Any = await client.xrevrange(keys.events(instance), count=LOOKED_AT)
    return next((_at(id_) for id_, fields in entries if _is_told(fields.get(b"e", b""))), None)


def _at(entry_id: bytes) -> int:
    return int(entry_id.partition(b"-")[0])


def _is_told(data: bytes) -> bool:
    try:
        return isinstance(decode(data), _TOLD)
    except Undecodable:
        return False
