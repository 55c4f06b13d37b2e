"""Is all work found, and does nothing cost much while there is none?"""

import asyncio
from typing import Any

import pytest
import redis.asyncio as aioredis

from shared.events import encode
from shared.streams import keys
from tests.support.replica import QUICK, Recorder, Replica, Streams, a_send, running
from tests.support.servers import RedisServer
from tests.support.waiting import until


async def commands(client: aioredis.Redis) -> int:
    """Commands that the server processed so far."""
    stats: Any = await client.info("commandstats")
    return sum(about["calls"] for about in stats.values())


async def test_five_hundred_idle_instances_cost_next_to_nothing(redis_server: Any) -> None:
    server: RedisServer = redis_server()
    async with aioredis.Redis.from_url(server.url) as client:
        await client.sadd(keys.INSTANCES, *(f"wa{n}" for n in range(500)))
        replica = Replica(server.url, Recorder(), lease_ms=300, stream_block_ms=1_000)
        async with running(replica):
            await until(lambda: len(replica.consumer._registered) == 500)
            sweep_s = 30 * 0.1  # every 30th tick, and a tick is a third of the lease
            before = await commands(client)
            await asyncio.sleep(2 * sweep_s)  # what is counted is what happens in this time
            spent = await commands(client) - before
        # Each sweep asks for two lengths an instance; the rest is heartbeats and one blocking read a second.
        assert spent <= 2 * (2 * 500) + 150
        assert not replica.consumer._lanes


async def test_five_hundred_instances_with_work_at_once_are_all_served(streams: Streams, redis_url: str) -> None:
    handler = Recorder()
    await streams.put(*(a_send(f"{n}", instance=f"wa{n}") for n in range(500)))
    replica = Replica(redis_url, handler, lease_ms=2_000)
    async with running(replica):
        await until(lambda: len(handler.ended) == 500)
        connected: Any = await streams.client.client_list()
        assert len(connected) < 80
    assert sorted(handler.begun, key=int) == [str(n) for n in range(500)]


async def test_a_lost_wake_up_is_found_by_the_sweep(streams: Streams, redis_url: str) -> None:
    handler = Recorder()
    await streams.client.sadd(keys.INSTANCES, streams.instance)
    replica = Replica(redis_url, handler, lease_ms=300)
    async with running(replica):
        await until(lambda: streams.instance in replica.consumer._registered and not replica.consumer._tasks)
        await streams.client.xadd(keys.outbound(streams.instance), {"e": encode(a_send("silent"))})
        await until(lambda: handler.ended == ["silent"], seconds=5)


async def test_what_waits_for_a_dead_replica_is_watched_by_the_others(streams: Streams, redis_url: str) -> None:
    """Not by the sweep alone, which comes once a minute."""
    from shared.streams.lease import acquire

    lease = await acquire(streams.scripts, streams.instance, "sender", "dead", 500)
    assert lease
    handler = Recorder()
    async with running(Replica(redis_url, handler, lease_ms=600)):
        await streams.put(a_send("1"))
        await until(lambda: handler.ended == ["1"], seconds=2)


async def test_a_wake_up_that_comes_while_the_tick_looks_is_not_forgotten(streams: Streams, redis_url: str) -> None:
    replica = Replica(redis_url, Recorder())
    async with running(replica):
        consumer = replica.consumer
        await until(lambda: not consumer._tasks)
        consumer._watched.add(streams.instance)
        consumer._registered.add(streams.instance)
        looking = asyncio.create_task(consumer._check([streams.instance]))
        await asyncio.sleep(0)
        consumer._stopping = True  # no lane is to be opened here
        consumer._wake(streams.instance)
        await looking
        consumer._stopping = False
        assert streams.instance in consumer._watched


async def test_a_listener_that_was_cut_off_sweeps_when_it_is_back(streams: Streams, redis_url: str) -> None:
    handler = Recorder()
    replica = Replica(redis_url, handler, lease_ms=60_000)  # so that no tick helps
    async with running(replica):
        await streams.put(a_send("1"))
        await until(lambda: handler.ended == ["1"])
        replica.wire.refuse()
        await streams.put(a_send("2", instance="wa2"))
        replica.wire.restore()
        await until(lambda: handler.ended == ["1", "2"], seconds=5)


async def test_an_instance_without_work_is_watched_no_longer(streams: Streams, redis_url: str) -> None:
    handler = Recorder()
    replica = Replica(redis_url, handler)
    async with running(replica):
        await streams.put(a_send("1"))
        await until(lambda: handler.ended == ["1"])
        await until(lambda: not replica.consumer._lanes and not replica.consumer._watched, seconds=5)


async def test_a_cancellation_that_turns_into_an_error_ends_the_listening_all_the_same(
    streams: Streams, redis_url: str
) -> None:
    """redis-py can raise an error of its own when it is cancelled as a connection breaks."""
    from shared.streams.roster import Roster

    class Swallowing:
        async def xread(self, *_args: Any, **_about: Any) -> None:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                raise aioredis.ConnectionError("broken while it was cancelled") from None

    async def nothing() -> None:
        pass

    roster = Roster(streams.client, Swallowing(), "sender", "r1", 200)  # type: ignore[arg-type]
    listening = asyncio.create_task(roster.listen(lambda _: None, nothing))
    await asyncio.sleep(0.05)  # it waits for a wake-up by now; if not, the test is weaker and not wrong
    listening.cancel()
    done, _ = await asyncio.wait([listening], timeout=3)
    assert done


def test_the_tests_settings_differ_in_time_only() -> None:
    assert (QUICK.stream_read_count, QUICK.max_deliveries) == (10, 5)


@pytest.mark.parametrize("wrong", [keys.outbound("broken"), keys.due("broken"), keys.lease("broken", "sender")])
async def test_an_instance_whose_key_is_of_the_wrong_type_harms_no_other(
    streams: Streams, redis_url: str, wrong: str
) -> None:
    """Neither those that a wake-up names, nor those that only a look or a sweep finds."""
    handler = Recorder()
    await streams.client.sadd(keys.INSTANCES, "broken", streams.instance, "silent")
    await streams.client.lpush(wrong, "a list")
    await streams.client.xadd(keys.outbound("broken"), {"e": b""}) if wrong != keys.outbound("broken") else None
    await streams.client.xadd(keys.outbound("silent"), {"e": encode(a_send("silent", instance="silent"))})
    replica = Replica(redis_url, handler, lease_ms=300)
    async with running(replica):
        await until(lambda: handler.ended == ["silent"], seconds=5)
        await streams.put(a_send("woken"))
        await until(lambda: handler.ended == ["silent", "woken"], seconds=5)
        await streams.client.xadd(keys.wake("sender"), {"i": "broken"})
        await until(lambda: "broken" in replica.consumer._watched, seconds=5)
        await streams.client.xadd(keys.outbound("silent"), {"e": encode(a_send("again", instance="silent"))})
        await until(lambda: handler.ended == ["silent", "woken", "again"], seconds=8)
