"""How is the log gone through when it is about one person? Raw, so that what cannot be read is looked at as well."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

from admin.privacy.names import Person
from shared.errors import Undecodable
from shared.events import AnyEvent, decode
from shared.streams import keys
from shared.streams.scripts import Scripts

BATCH = 200  # about a millisecond of Redis's time for the script that copies as many
REST = 1.0
"""Of the time that a batch took, and what is done with it: live traffic, and who looks at the page, have as much."""

_NAME = b"\xaamessage_id"
_MESSAGE_ID = re.compile(re.escape(_NAME) + rb"(?:[\xa0-\xbf]|\xd9.)([\w.:-]*)", re.DOTALL)
"""Read off the bytes: to decode every receipt of a long log takes minutes. A text that holds the same is one more."""


class Entry(NamedTuple):
    """One entry of the log: raw, because most are somebody else's and need not be understood."""

    id: str
    data: bytes

    @property
    def event(self) -> AnyEvent | None:
        """The fact; None when the bytes are none."""
        try:
            return decode(self.data)
        except Undecodable:
            return None

    def may_be_of(self, person: Person) -> bool:
        """Whether it names the person, or a message of theirs: the gateway may tell of one by another name."""
        if person.named_in(self.data):
            return True
        return _NAME in self.data and any(map(person.has_message, _MESSAGE_ID.findall(self.data)))


async def batches(scripts: Scripts, instance: str, after: str = "0-0") -> AsyncIterator[list[Entry]]:
    """The log behind an entry, batch by batch, at half the speed that it could be gone through.

    `scripts` stands on a client that gives entries as they come.
    """
    while True:
        began = time.monotonic()
        found: Any = await scripts.call("XRANGE", keys.events(instance), f"({after}", "+", "COUNT", BATCH)
        if not found:
            return
        batch = [Entry(id_.decode(), b"\x00".join(fields[1::2])) for id_, fields in found]
        after = batch[-1].id
        yield batch
        await asyncio.sleep(REST * (time.monotonic() - began))


async def facts(scripts: Scripts, instance: str, person: Person) -> AsyncIterator[AnyEvent]:
    """Every fact that may say something of a person."""
    async for batch in batches(scripts, instance):
        for entry in batch:
            if entry.may_be_of(person) and (event := entry.event) is not None:
                yield event
