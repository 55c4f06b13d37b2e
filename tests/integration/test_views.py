"""Do the views' and the erasure's scripts do on every kind of server what they do on ours?"""

import asyncio

import msgspec
import pytest

from admin.privacy import record
from admin.privacy.erasing import Eraser
from admin.views.projecting import following
from shared import ids
from shared.clock import SYSTEM
from shared.service import new_platform
from shared.settings import ServiceSettings, StreamSettings
from shared.streams import keys
from shared.streams.scripts import Scripts
from tests.support.log import Stories, write
from tests.support.replica import a_send
from tests.support.views import caught_up, compare, projecting
from tests.support.waiting import until

pytestmark = pytest.mark.every_server

WA1, THEM, OTHER = "wa1", "5511987654321", "5511900000001"


async def test_views_are_folded_rebuilt_and_compared(client, redis_url) -> None:
    async with projecting(redis_url) as projector:
        await write(client, WA1, list(Stories(WA1, 1).many(2000, [THEM, OTHER])))
        await caught_up(client, WA1)
        await client.hset(keys.view_head(WA1), "wanted", "order-1")
        projector.wake(WA1)
        await until(lambda: client.hexists(keys.view_head(WA1), "done"))
        await caught_up(client, WA1)
        assert await compare(redis_url, WA1) == []


async def test_a_person_is_erased_and_groups_keep_their_place(client, redis_url, monkeypatch) -> None:
    monkeypatch.setattr(following, "READERS_END_MS", 50)
    await write(client, WA1, list(Stories(WA1, 2).many(800, [THEM, OTHER])))
    stream, group = keys.outbound(WA1), keys.OUTBOUND_GROUP
    for chat in (THEM, OTHER, THEM, OTHER):
        await client.xadd(stream, {"e": msgspec.msgpack.encode(a_send("oi", chat, instance=WA1))})
    await client.xgroup_create(stream, group, id="0")
    await client.xreadgroup(group, "s1", {stream: ">"}, count=2)
    order = record.Order(id=(id_ := ids.new()), chat=THEM, by="rita", reason="", asked_at=SYSTEM.now_ms())
    await client.hset(keys.erasing(WA1), id_, msgspec.json.encode(order))
    platform = new_platform("admin", ServiceSettings(redis_url=redis_url, replica="a1"), StreamSettings(lease_ms=600))
    eraser = Eraser(platform)
    async with projecting(redis_url):
        await asyncio.wait_for(eraser.look(WA1), 30)
    told = await record.read(Scripts(client), WA1, id_)
    assert told is not None
    assert (told.state, told.found, told.places) == ("done", 0, [])
    assert told.facts > 100
    (about,) = await client.xinfo_groups(stream)
    assert (about["pending"], about["consumers"]) == (1, 1)
    read = await client.xreadgroup(group, "s1", {stream: ">"}, count=10)
    entries = next(iter(read.values()))[0] if isinstance(read, dict) else read[0][1]
    assert len(entries) == 1  # the one that nobody had been given yet
    await eraser._client.aclose()
    await platform.redis.aclose()
