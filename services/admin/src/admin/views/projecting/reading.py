"""What does the log say next? A batch of facts at a time, decoded in bulk."""

from typing import Any

import msgspec

from shared.errors import Undecodable
from shared.events import AnyEvent, decode
from shared.streams import keys
from shared.streams.scripts import Scripts

Batch = list[tuple[str, AnyEvent]]

_decoder: msgspec.msgpack.Decoder[AnyEvent] = msgspec.msgpack.Decoder(AnyEvent)


async def read_batch(scripts: Scripts, instance: str, after: str, most: int) -> tuple[Batch, str, int]:
    """The facts behind the entry `after`, the last entry that was read, and how many there were.

    What this version of the code cannot read counts, and is left out.
    """
    entries: Any = await scripts.call("XRANGE", keys.events(instance), f"({after}", "+", "COUNT", most)
    if not entries:
        return [], after, 0
    bulk = _decoder.decode
    batch: Batch = []
    for entry, fields in entries:
        try:
            batch.append((entry.decode(), bulk(fields[1])))
        except (msgspec.DecodeError, UnicodeDecodeError, IndexError, TypeError, RecursionError):
            if (event := _otherwise(fields)) is not None:
                batch.append((entry.decode(), event))
    return batch, entries[-1][0].decode(), len(entries)


def _otherwise(fields: Any) -> AnyEvent | None:
    """An entry with more fields than the event, or one that is none."""
    try:
        return decode(dict(zip(fields[::2], fields[1::2], strict=False))[b"e"])
    except (Undecodable, KeyError, TypeError):
        return None
