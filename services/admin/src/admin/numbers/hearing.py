"""When did the gateway last tell us something of a number? The newest such fact at the end of its log.

A gateway tells of a connection only when it changes. One that was connected before we came tells nothing of it, and its
messages arrive all the same.
"""

from typing import Any

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
from shared.streams.scripts import Scripts

LOOKED_AT = (4, 50)
"""Facts, and how many if those tell nothing: a reply leaves some eight, three of which the gateway told."""
_TOLD = (MessageReceived, MessageEdited, MessageRevoked, ReceiptRecorded, SendEchoed, ConnectionChanged)


async def last_heard(scripts: Scripts, instance: str) -> int | None:
    """Milliseconds since 1970; None when the last facts do not show it."""
    for count in LOOKED_AT:
        entries: Any = await scripts.call("XREVRANGE", keys.events(instance), "+", "-", "COUNT", count)
        found = next((_at(id_) for id_, fields in entries if _is_told(fields.get(b"e", b""))), None)
        if found is not None or len(entries) < count:
            return found
    return None


def _at(entry_id: bytes) -> int:
    return int(entry_id.partition(b"-")[0])


def _is_told(data: bytes) -> bool:
    try:
        return isinstance(decode(data), _TOLD)
    except Undecodable:
        return False
