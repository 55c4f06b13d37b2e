"""What if the log was trimmed of facts that the views had not read yet? Nobody can: it is told, and they go on."""

from typing import Any

import redis.asyncio as aioredis
from prometheus_client import REGISTRY

from admin.instances import Instances
from admin.streams.gauges import Gauges
from admin.streams.workers import Workers
from admin.views.store import Store
from shared.clock import SYSTEM, ManualClock
from shared.streams import keys
from shared.streams.scripts import Scripts
from tests.support.log import Stories, write
from tests.support.replica import INSTANCE
from tests.support.views import caught_up, compare, projecting
from tests.support.waiting import until

from .talk import Talk

CHATS = [f"55119{n:08d}" for n in range(20)]


async def _missed(client: aioredis.Redis) -> int:
    return (await Store(Scripts(client), SYSTEM).lag(INSTANCE)).missed


async def _written(client: aioredis.Redis, stories: Stories, count: int) -> int:
    facts = list(stories.many(count, CHATS))
    await write(client, INSTANCE, facts)
    return len(facts)


async def test_facts_that_were_trimmed_unread_are_counted_and_the_rest_is_folded(client, redis_url, streams) -> None:
    stories = Stories(INSTANCE, 1, ManualClock())
    async with projecting(redis_url):
        await _written(client, stories, 300)
        await caught_up(client, INSTANCE)
    written = await _written(client, stories, 500)  # nobody folds them
    await client.xtrim(keys.events(INSTANCE), maxlen=200, approximate=False)
    async with projecting(redis_url, "p2"):
        await caught_up(client, INSTANCE)
        assert await _missed(client) == written - 200
        await _written(client, stories, 50)
        await caught_up(client, INSTANCE)
    assert await _missed(client) == written - 200
    assert (await Store(Scripts(client), SYSTEM).lag(INSTANCE)).behind == 0


async def test_what_was_folded_before_it_was_trimmed_is_not_missed(client, redis_url, streams) -> None:
    stories = Stories(INSTANCE, 2, ManualClock())
    await _written(client, stories, 400)
    await client.xtrim(keys.events(INSTANCE), maxlen=300, approximate=False)  # before there were any views
    async with projecting(redis_url):
        await caught_up(client, INSTANCE)
        await client.xtrim(keys.events(INSTANCE), maxlen=10, approximate=False)
        await _written(client, stories, 300)
        await caught_up(client, INSTANCE)
        await client.xtrim(keys.events(INSTANCE), maxlen=10, approximate=False)
        await _written(client, stories, 30)
        await caught_up(client, INSTANCE)
    assert await _missed(client) == 0


async def test_people_are_told_until_the_views_are_made_anew(talk: Talk, client, redis_url, streams) -> None:
    stories = Stories(INSTANCE, 3, ManualClock())
    await _written(client, stories, 100)
    await caught_up(client, INSTANCE)
    head = keys.view_head(INSTANCE)
    version = int(await client.hget(head, "version"))
    skew = int(await client.hget(head, f"{version}:skew"))
    await client.hset(head, f"{version}:skew", skew - 70)  # as if seventy had been trimmed from under them
    await _written(client, stories, 10)

    async def reasons() -> list[str]:
        told: Any = await talk.ask("GET", "/streams/health")
        return [why for why in told["reasons"] if "views" in why]

    assert await until(reasons) == ["the views lack 70 facts that left the log before they were read"]
    assert (await talk.ask("GET", "/overview"))["instances"][0]["views"]["missed"] == 70
    gauges = Gauges(Scripts(client), Instances(client, frozenset()), Workers(client))
    await gauges.read()
    assert REGISTRY.get_sample_value("frontdesk_views_missed", {"wa_instance": INSTANCE}) == 70
    await talk.ask("POST", "/rebuild", {}, 202)
    await caught_up(client, INSTANCE)
    assert await reasons() == []
    await gauges.read()
    assert REGISTRY.get_sample_value("frontdesk_views_missed", {"wa_instance": INSTANCE}) is None
    assert await compare(redis_url, INSTANCE) == []
