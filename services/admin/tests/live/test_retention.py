"""Does the past leave the log and the views when it is too old, and nothing else?"""

from typing import Any

from admin.views.projecting import retention
from admin.views.projecting.head import read_head
from admin.views.store import Store
from shared.clock import ManualClock
from shared.events import encode
from shared.streams import keys
from shared.streams.scripts import Scripts
from tests.support.log import Stories
from tests.support.views import caught_up, projecting
from tests.support.waiting import until

WA1 = "wa1"
OLD, BOTH, NEW = "5511900000001", "5511900000002", "5511900000003"
DAY_S = 86_400


async def _past(client: Any, clock: ManualClock) -> None:
    """A chat of forty days ago, one of both, and one of today, with entry ids of their time."""
    stories = Stories(WA1, 3, clock)
    await client.sadd(keys.INSTANCES, WA1)
    for back, chats in ((40, (OLD, BOTH)), (0, (BOTH, NEW))):
        clock.advance(-back * DAY_S)
        for chat in chats:
            for fact in stories.one(chat):
                await client.xadd(keys.events(WA1), {"e": encode(fact)}, id=f"{fact.recorded_at}-*")
        clock.advance(back * DAY_S + 60)


async def _aged(client: Any, clock: ManualClock) -> bool:
    return (await read_head(Scripts(client), WA1)).number("aged") == clock.now_ms() // retention.DAY_MS


async def test_what_is_too_old_leaves_the_log_and_the_views(client, redis_url, monkeypatch) -> None:
    monkeypatch.setattr(retention, "CHATS_AT_ONCE", 1)
    clock = ManualClock()
    await _past(client, clock)
    before = await client.xlen(keys.events(WA1))
    async with projecting(redis_url, clock=clock, retention_days=30):
        await caught_up(client, WA1)
        await until(lambda: _aged(client, clock))
    store = Store(Scripts(client), clock)
    entries = await client.xrange(keys.events(WA1))
    assert 0 < len(entries) < before
    assert all(int(id_.split(b"-")[0]) >= clock.now_ms() - 30 * retention.DAY_MS for id_, _ in entries)
    assert [c.chat for c in (await store.conversations(WA1)).items] == [NEW, BOTH]
    assert [len((await store.messages(WA1, chat)).items) for chat in (OLD, BOTH, NEW)] == [0, 2, 2]
    assert await store.conversation(WA1, OLD) is None
    assert (await store.conversations(WA1, find=OLD)).items == []
    assert sum((await store.counts(WA1)).values()) == 2
    assert (await store.lag(WA1)).behind == 0
    assert await client.hlen(keys.view(WA1, 1, "messages")) == 4
    for part in keys.VIEW_PARTS:
        if part != "days":
            assert OLD.encode() not in (await client.dump(keys.view(WA1, 1, part)) or b""), part


async def test_nothing_goes_by_its_age_unless_it_is_set(client, redis_url) -> None:
    clock = ManualClock()
    await _past(client, clock)
    before = await client.xlen(keys.events(WA1))
    async with projecting(redis_url, clock=clock):
        await caught_up(client, WA1)
    assert await client.xlen(keys.events(WA1)) == before
    assert await client.hlen(keys.view(WA1, 1, "chats")) == 3


async def test_a_log_that_lies_still_is_trimmed_no_further_than_the_views_hold(client, redis_url) -> None:
    clock = ManualClock()
    await _past(client, clock)
    clock.advance(400 * DAY_S)
    async with projecting(redis_url, clock=clock, retention_days=30) as projector:
        await caught_up(client, WA1)
        await until(lambda: _aged(client, clock))
        assert await client.xlen(keys.events(WA1)) == 1
        assert projector is not None
    assert await client.hlen(keys.view(WA1, 1, "chats")) == 0
