"""What does the log say next? A batch of facts at a time, decoded in bulk."""

from typing import Any

import msgspec

from admin.views.folding.working import IGNORED
from shared.errors import Undecodable
from shared.events import TYPES, AnyEvent, decode
from shared.streams import keys
from shared.streams.scripts import Scripts

Batch = list[tuple[str, AnyEvent]]

_IGNORED = tuple(
    msgspec.msgpack.encode({"type": name})[1:] for name, kind in TYPES.items() if kind in IGNORED
)  # fmt: skip
"""How a fact of such a type goes on behind the first byte, which says how many fields it has."""

_decoder: msgspec.msgpack.Decoder[AnyEvent] = msgspec.msgpack.Decoder(AnyEvent)


async def read_batch(scripts: Scripts, instance: str, after: str, most: int) -> tuple[Batch, str, int]:
    """The facts behind the entry `after`, the last entry that was read, and how many there were.

    What changes nothing, and what this version of the code cannot read, counts and is left out.
    """
    entries: Any = await scripts.call("XRANGE", keys.events(instance), f"({after}", "+", "COUNT", most)
    if not entries:
        return [], after, 0
    bulk = _decoder.decode
    batch: Batch = []
    for entry, fields in entries:
        try:
            data = fields[1]
            if not data.startswith(_IGNORED, 1):
                batch.append((entry.decode(), bulk(data)))
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
