"""What happens right now? The logs of some instances, followed from their ends."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Any

import redis.asyncio as aioredis

from shared.errors import Undecodable
from shared.events import AnyEvent, decode
from shared.streams import keys

LOOK_EVERY_S = 0.25
BATCH = 20  # facts that wait in memory for one listener; each may have 16 kB
SIGN_OF_LIFE_S = 15.0  # below the idle bounds of usual proxies


@dataclass(frozen=True, slots=True)
class Told:
    """One fact, with where it stands in its log."""

    entry: str
    event: AnyEvent


@dataclass(frozen=True, slots=True)
class Filter:
    """Which facts are meant."""

    types: tuple[str, ...] = ()
    """Beginnings of their wire names; none: all."""
    chat: str = ""

    def passes(self, event: AnyEvent) -> bool:
        name = str(event.__struct_config__.tag)
        return (not self.types or name.startswith(self.types)) and (not self.chat or event.chat == self.chat)


async def follow(
    client: aioredis.Redis, instances: Sequence[str], wanted: Filter, after: str = ""
) -> AsyncGenerator[Sequence[Told]]:
    """Facts from now on (or, of a single instance, from behind the entry `after`); none of them now and then."""
    ends = {instance: after or await _end(client, instance) for instance in instances}
    quiet = 0.0
    while True:
        more = False
        for instance in instances:
            found = await _newer(client, instance, ends)
            more = more or len(found) == BATCH
            if passed := [told for told in found if wanted.passes(told.event)]:
                yield passed
                quiet = 0.0
        if quiet >= SIGN_OF_LIFE_S:
            yield ()
            quiet = 0.0
        if not more:
            await asyncio.sleep(LOOK_EVERY_S)
            quiet += LOOK_EVERY_S


async def _newer(client: aioredis.Redis, instance: str, ends: dict[str, str]) -> list[Told]:
    entries: Any = await client.xrange(keys.events(instance), min=f"({ends[instance]}", count=BATCH)
    if entries:
        ends[instance] = entries[-1][0].decode()
    return [Told(id_.decode(), event) for id_, fields in entries if (event := _read(fields)) is not None]


async def _end(client: aioredis.Redis, instance: str) -> str:
    newest: Any = await client.xrevrange(keys.events(instance), count=1)
    return newest[0][0].decode() if newest else "0-0"


def _read(fields: dict[bytes, bytes]) -> AnyEvent | None:
    try:
        return decode(fields[b"e"])
    except (Undecodable, KeyError):
        return None
