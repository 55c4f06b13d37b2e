"""Does a rebuild come to what the views say, and change nothing else?"""

import asyncio
from typing import Any

from admin.views.folding import state
from admin.views.projecting import following, projector
from admin.views.projecting.head import read_head
from admin.views.projecting.projector import Projector
from shared.clock import ManualClock
from shared.events import ConnectionChanged
from shared.streams import keys
from shared.streams.scripts import Scripts
from tests.support.log import Stories, write
from tests.support.views import caught_up, compare, everything, projecting
from tests.support.waiting import until

WA1 = "wa1"
CHATS = [f"55119{n:08d}" for n in range(30)]
OURS = r":view|:lease:views|:fence:views|wa:wake:views|wa:live:"


def _facts(count: int, seed: int = 1) -> list[Any]:
    stories = Stories(WA1, seed, ManualClock())
    return [stories.connection("open"), *stories.many(count, CHATS)]


async def test_the_views_equal_a_rebuild_from_the_log(client, redis_url) -> None:
    async with projecting(redis_url):
        for start in range(0, 3000, 250):
            await write(client, WA1, _facts(3000)[start : start + 250])
        await caught_up(client, WA1)
        assert await compare(redis_url, WA1) == []


async def test_the_comparison_sees_a_difference(client, redis_url) -> None:
    async with projecting(redis_url):
        await write(client, WA1, _facts(100))
        await caught_up(client, WA1)
    await client.hincrby(keys.view(WA1, 1, "days"), "20781 received", 1)
    assert len(await compare(redis_url, WA1)) == 1


async def test_a_rebuild_is_ordered_and_served_while_the_old_views_answer(admin, client, redis_url) -> None:
    await write(client, WA1, _facts(2000))
    await caught_up(client, WA1)
    before = await read_head(Scripts(client), WA1)
    answer = await admin.post(f"/admin/rebuild?instance={WA1}", json={"reason": "to see"})
    assert answer.status == 202
    assert (await answer.json())["state"] in ("waiting", "running", "done")

    async def state_now() -> Any:
        return await (await admin.get(f"/admin/rebuild?instance={WA1}")).json()

    async def done() -> bool:
        return bool((await state_now())["state"] == "done")

    await until(done)
    told = await state_now()
    assert told["version"] == before.version + 1
    assert told["done"] == told["total"] == await client.xlen(keys.events(WA1))
    await caught_up(client, WA1)
    assert await compare(redis_url, WA1) == []


async def test_what_served_before_is_removed(client, redis_url, monkeypatch) -> None:
    monkeypatch.setattr(following, "READERS_END_MS", 100)
    await write(client, WA1, _facts(200))
    async with projecting(redis_url) as projector:
        await caught_up(client, WA1)
        await client.hset(keys.view_head(WA1), "wanted", "order-1")
        projector.wake(WA1)

        async def gone() -> bool:
            return not [key async for key in client.scan_iter("wa:{wa1}:view:1:*")]

        await until(gone)
        head = await read_head(Scripts(client), WA1)
        assert (head.version, head.old, head.is_done) == (2, 0, True)


async def test_no_key_but_the_views_own_changes(client, redis_url) -> None:
    await write(client, WA1, _facts(1000))
    await client.xadd(keys.outbound(WA1), {"e": b"work"})
    before = await everything(client, OURS)
    async with projecting(redis_url) as projector:
        await caught_up(client, WA1)
        await client.hset(keys.view_head(WA1), "wanted", "order-1")
        projector.wake(WA1)
        await until(lambda: _done(client))
    assert await everything(client, OURS) == before


async def _done(client: Any) -> bool:
    return (await read_head(Scripts(client), WA1)).is_done


async def test_a_rebuild_goes_on_after_its_replica_died(client, redis_url, monkeypatch) -> None:
    monkeypatch.setattr(following, "BUILD_BATCH", 20)
    await write(client, WA1, _facts(3000))
    async with projecting(redis_url, "p1"):
        await caught_up(client, WA1)
    await client.hset(keys.view_head(WA1), "wanted", "order-1")
    async with projecting(redis_url, "p1") as first:
        first.wake(WA1)

        async def midway() -> bool:
            head = await read_head(Scripts(client), WA1)
            return head.building == 2 and head.read(2) > 200

        await until(midway, every=0.001)
        await first._client.aclose()  # as if it had died: nothing more reaches Redis
    head = await read_head(Scripts(client), WA1)
    assert 0 < head.read(2) < 3000
    async with projecting(redis_url, "p2"):
        await until(lambda: _done(client))
        assert (await read_head(Scripts(client), WA1)).version == 2
        await caught_up(client, WA1)
        assert await compare(redis_url, WA1) == []


async def test_states_of_another_schema_are_rebuilt(client, redis_url, monkeypatch) -> None:
    await write(client, WA1, _facts(500))
    async with projecting(redis_url):
        await caught_up(client, WA1)
    monkeypatch.setattr(following, "SCHEMA", state.SCHEMA + 1)
    async with projecting(redis_url):

        async def newer() -> bool:
            head = await read_head(Scripts(client), WA1)
            return head.version == 2 and head.schema == state.SCHEMA + 1

        await until(newer)


async def test_two_projectors_fold_each_fact_once(client, redis_url) -> None:
    facts = _facts(4000, seed=5)
    async with projecting(redis_url, "p1"), projecting(redis_url, "p2"):
        for start in range(0, len(facts), 100):
            await write(client, WA1, facts[start : start + 100])
            await asyncio.sleep(0)
        await caught_up(client, WA1)
        assert await compare(redis_url, WA1) == []


async def test_a_connection_is_told_by_its_newest_word(client, redis_url) -> None:
    stories = Stories(WA1)
    old, new = stories.connection("close"), stories.connection("open")
    assert isinstance(new, ConnectionChanged)
    async with projecting(redis_url):
        await write(client, WA1, [new, old])
        await caught_up(client, WA1)
        assert await compare(redis_url, WA1) == []


async def test_what_comes_while_a_projector_starts_is_not_missed(client, redis_url, monkeypatch) -> None:
    """Right behind its first look at all logs, and before it would look at them again."""
    monkeypatch.setattr(projector, "SWEEP_EVERY_TICKS", 1_000_000)
    sweep = Projector.sweep

    async def sweep_and_more(self: Projector) -> None:
        await sweep(self)
        await write(client, WA1, _facts(20))

    monkeypatch.setattr(Projector, "sweep", sweep_and_more)
    async with projecting(redis_url):
        await caught_up(client, WA1)
