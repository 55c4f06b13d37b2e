"""How is the log gone through when it is about one person? Raw, so that what cannot be read is looked at as well."""

from collections.abc import AsyncIterator
from typing import Any, NamedTuple

from shared.errors import Undecodable
from shared.events import AnyEvent, decode
from shared.streams import keys
from shared.streams.scripts import Scripts

BATCH = 500  # about two milliseconds of Redis's time for the script that copies as many


class Entry(NamedTuple):
    """One entry of the log. `event` is None when its bytes are none."""

    id: str
    data: bytes
    event: AnyEvent | None


async def batches(scripts: Scripts, instance: str, after: str = "0-0") -> AsyncIterator[list[Entry]]:
    """The log behind an entry, batch by batch. `scripts` stands on a client that gives entries as they come."""
    while True:
        found: Any = await scripts.call("XRANGE", keys.events(instance), f"({after}", "+", "COUNT", BATCH)
        if not found:
            return
        batch = [_entry(id_.decode(), fields) for id_, fields in found]
        after = batch[-1].id
        yield batch


async def facts(scripts: Scripts, instance: str) -> AsyncIterator[AnyEvent]:
    """Every fact that can be read."""
    async for batch in batches(scripts, instance):
        for entry in batch:
            if entry.event is not None:
                yield entry.event


def _entry(id_: str, fields: list[bytes]) -> Entry:
    data = b"\x00".join(fields[1::2])
    try:
        return Entry(id_, data, decode(dict(zip(fields[::2], fields[1::2], strict=False))[b"e"]))
    except (Undecodable, KeyError):
        return Entry(id_, data, None)
