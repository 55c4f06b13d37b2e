"""Do an instance's views say what its log says? A rebuild into a version of its own, compared part by part."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import redis.asyncio as aioredis

from admin.views.projecting.book import Book
from admin.views.projecting.following import LANE
from admin.views.projecting.head import read_head
from admin.views.projecting.loading import Loader
from admin.views.projecting.projector import Projector, plain
from shared.clock import SYSTEM, Clock
from shared.service import new_platform
from shared.settings import ServiceSettings, StreamSettings
from shared.streams import keys
from shared.streams.scripts import Scripts
from tests.support.waiting import until

ASIDE = 999_999
"""The number of the version that is compared with."""


@asynccontextmanager
async def projecting(url: str, name: str = "p1", clock: Clock = SYSTEM, **more: int) -> AsyncIterator[Projector]:
    """A replica's projector, at work."""
    settings = ServiceSettings(redis_url=url, replica=name)
    platform = new_platform("admin", settings, StreamSettings(lease_ms=600), clock)
    projector = Projector(platform, **more)
    listening = asyncio.create_task(projector.keep_listening())
    try:
        yield projector
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await projector.stop()
        await platform.redis.aclose()


async def caught_up(client: "aioredis.Redis", instance: str) -> None:
    """Wait until the views hold all that the log has, and no rebuild is under way."""
    scripts = Scripts(client)

    async def done() -> bool:
        head = await read_head(scripts, instance)
        newest: Any = await client.xrevrange(keys.events(instance), count=1)
        at_end = not newest or head.position(head.version) == newest[0][0].decode()
        return bool(head.version) and at_end and not head.building and not head.waits

    await until(done, seconds=60)


async def compare(url: str, instance: str) -> list[str]:
    """What differs between the views that serve and a rebuild up to the same entry; nothing: they are equal.

    Nothing may be folded meanwhile, and the log must reach back to where the views began.
    """
    client = plain(url)
    scripts = Scripts(client)
    head = await read_head(scripts, instance)
    fence = await client.get(keys.fence(instance, LANE)) or b"0"
    await client.setnx(keys.fence(instance, LANE), "0")
    await _clean(client, instance)
    book = Book(scripts, Loader(scripts, instance, ASIDE), int(fence), "0-0", tells=False)
    while await book.advance(997):
        pass
    troubles = [] if book.position == head.position(head.version) else [
        f"the views end at {head.position(head.version)}, the log at {book.position}"
    ]  # fmt: skip
    for part in keys.VIEW_PARTS:
        live, new = await _all(client, instance, head.version, part), await _all(client, instance, ASIDE, part)
        differing = sorted(name for name in {*live, *new} if live.get(name) != new.get(name))
        troubles += [f"{part} {name}: the views say {live.get(name)}, the log {new.get(name)}" for name in differing]
    connections = [await client.hget(keys.view_head(instance), f"{v}:connection") for v in (head.version, ASIDE)]
    if connections[0] != connections[1]:
        troubles.append(f"connection: the views say {connections[0]!r}, the log {connections[1]!r}")
    await _clean(client, instance)
    await client.aclose()
    return troubles


async def _clean(client: "aioredis.Redis", instance: str) -> None:
    await client.delete(*(keys.view(instance, ASIDE, part) for part in keys.VIEW_PARTS))
    fields = [f"{ASIDE}:{name}" for name in ("position", "read", "skew", "connection")]
    await client.hdel(keys.view_head(instance), *fields)


async def _all(client: "aioredis.Redis", instance: str, version: int, part: str) -> dict[str, Any]:
    """A part's content."""
    key = keys.view(instance, version, part)
    if keys.VIEW_PARTS[part].startswith("hash"):
        found: Any = await client.hgetall(key)
        return {name.decode(): value for name, value in found.items()}
    rows: Any = await client.zrange(key, 0, -1, withscores=True)
    return {member.decode(): score for member, score in rows}


async def everything(client: "aioredis.Redis", but: str = r"$^") -> dict[str, bytes | None]:
    """Every key's content as Redis dumps it, but for those whose names match."""
    names = sorted([name async for name in client.scan_iter(count=1000)])
    kept = [name for name in names if not re.search(but, name.decode())]
    return {name.decode(): await client.dump(name) for name in kept}
