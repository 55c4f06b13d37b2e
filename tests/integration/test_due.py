"""Does parked work come back, once, when its time has come?"""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest

from shared.events import decode, encode
from shared.streams import keys
from shared.streams.broken import BrokenKey
from shared.streams.due import Promoter
from shared.streams.roster import Roster
from tests.support.replica import Recorder, Replica, Streams, a_send, outbound_streams, running
from tests.support.waiting import until

pytestmark = pytest.mark.every_server


async def park(streams: Streams, text: str, due_ms: int, stream: str = "") -> str:
    send = a_send(text)
    item = (stream or keys.outbound(streams.instance)).encode() + b"\n" + encode(send)
    await streams.client.zadd(keys.due(streams.instance), {send.id: due_ms})
    await streams.client.hset(keys.parked(streams.instance), send.id, item)
    await streams.client.sadd(keys.INSTANCES, streams.instance)
    return send.id


def a_promoter(streams: Streams, bound: int = 100) -> Promoter:
    roster = Roster(streams.client, streams.client, "sender", "r1", 200)
    return Promoter(streams.scripts, roster, outbound_streams, bound=bound)


def now_ms() -> int:
    return time.time_ns() // 1_000_000


async def texts(streams: Streams) -> list[str]:
    entries: Any = await streams.client.xrange(keys.outbound(streams.instance))
    return [decode(fields[b"e"]).content.text for _, fields in entries]  # type: ignore[union-attr]


async def test_what_is_due_comes_back_in_its_order_and_the_rest_waits(streams: Streams) -> None:
    now = now_ms()
    for text, due in (("late", now - 10), ("early", now - 1000), ("future", now + 60_000)):
        await park(streams, text, due)
    assert await a_promoter(streams).promote(streams.instance) == 2
    assert await texts(streams) == ["early", "late"]
    assert await streams.client.zcard(keys.due(streams.instance)) == 1
    assert await streams.client.hlen(keys.parked(streams.instance)) == 1


async def test_many_promoters_at_once_bring_each_back_once(streams: Streams) -> None:
    for n in range(250):
        await park(streams, f"{n}", now_ms() - 1000 + n)
    promoters = [a_promoter(streams, 1_000) for _ in range(5)]
    while await streams.client.zcard(keys.due(streams.instance)):
        await asyncio.gather(*(promoter.promote(streams.instance) for promoter in promoters))
    assert sorted(await texts(streams), key=int) == [f"{n}" for n in range(250)]


async def test_a_full_stream_keeps_it_parked(streams: Streams) -> None:
    for n in range(3):
        await park(streams, f"{n}", now_ms() - 1000 + n)
    assert await a_promoter(streams, bound=2).promote(streams.instance) == 2
    assert await streams.client.zcard(keys.due(streams.instance)) == 1
    await streams.client.delete(keys.outbound(streams.instance))
    await until(lambda: a_promoter(streams, bound=2).promote(streams.instance), seconds=3)
    assert await texts(streams) == ["2"]


@pytest.mark.parametrize("wrong", [keys.due, keys.parked])
async def test_a_key_of_the_wrong_type_loses_nothing(streams: Streams, wrong: Callable[[str], str]) -> None:
    await park(streams, "1", now_ms() - 1000)
    name = wrong(streams.instance)
    await streams.client.rename(name, "{wa1}kept")
    await streams.client.set(name, "a string")
    with pytest.raises(BrokenKey, match=f"WRONGTYPE {name} is a string, expected a "):
        await a_promoter(streams).promote(streams.instance)
    left = await streams.client.exists(keys.parked(streams.instance), keys.due(streams.instance))
    assert left == 2


@pytest.mark.parametrize("bound", [0, 100])
async def test_what_finds_its_stream_to_be_no_stream_waits_and_holds_nothing_of_another(
    streams: Streams, bound: int
) -> None:
    await park(streams, "1", now_ms() - 2000, stream=keys.outbound_vip(streams.instance))
    await park(streams, "2", now_ms() - 1000)
    await streams.client.set(keys.outbound_vip(streams.instance), "a string")
    assert await a_promoter(streams, bound=bound).promote(streams.instance) == 1
    assert await texts(streams) == ["2"]
    await streams.client.delete(keys.outbound_vip(streams.instance))
    assert await a_promoter(streams, bound=bound).promote(streams.instance) == 1


async def test_what_belongs_to_no_stream_of_ours_stays_and_does_not_stop_the_rest(streams: Streams) -> None:
    await park(streams, "strange", now_ms() - 2000, stream="wa:{wa1}:elsewhere")
    await park(streams, "ours", now_ms() - 1000)
    assert await a_promoter(streams).promote(streams.instance) == 1
    assert await texts(streams) == ["ours"]


async def test_a_lost_hint_is_found_by_the_sweep(streams: Streams, redis_url: str) -> None:
    handler = Recorder()
    await park(streams, "1", now_ms() + 100)
    async with running(Replica(redis_url, handler)):
        promoting = asyncio.create_task(a_promoter(streams).keep_promoting())
        await until(lambda: handler.ended == ["1"], seconds=5)
        promoting.cancel()


async def test_an_instance_whose_key_is_of_the_wrong_type_keeps_no_other_from_the_sweep(streams: Streams) -> None:
    await streams.client.sadd(keys.INSTANCES, "a broken one")
    await streams.client.set(keys.due("a broken one"), "a string")
    await park(streams, "1", now_ms() - 1000)
    await a_promoter(streams).sweep()
    assert await texts(streams) == ["1"]


async def test_a_hint_that_names_no_instance_does_not_end_the_promoting(streams: Streams) -> None:
    await streams.client.zadd(keys.WAKE_DUE, {b"\xff\xfe": 1})
    await park(streams, "1", now_ms() + 300)
    await streams.client.zadd(keys.WAKE_DUE, {streams.instance: now_ms() + 300})
    promoting = asyncio.create_task(a_promoter(streams).keep_promoting())
    await until(lambda: texts(streams), seconds=5)
    promoting.cancel()


async def test_what_found_its_stream_full_goes_before_what_came_due_after_it(streams: Streams) -> None:
    """A chat stays in its order, however often its stream is full."""
    await streams.put(a_send("full"))
    for n in range(250):
        await park(streams, f"{n}", now_ms() - 1000 + n)
    assert await a_promoter(streams, bound=1).promote(streams.instance) == 0
    await park(streams, "250", now_ms() - 1)
    came: list[str] = []
    for _ in range(251):
        await streams.client.xtrim(keys.outbound(streams.instance), maxlen=0, approximate=False)
        await a_promoter(streams, bound=1).promote(streams.instance)
        came += await texts(streams)
    assert came == [f"{n}" for n in range(251)]
