"""Does everything come right again when Redis, the wire or a process fails in the middle of the work?"""

import asyncio
import random
import time
from typing import Any

import pytest
import redis.asyncio as aioredis

from shared.events import EntryDeadLettered
from shared.streams import keys
from shared.streams.delivery import Delivery
from shared.telemetry import metrics
from tests.support.replica import Gate, Recorder, Replica, Streams, a_send, running
from tests.support.servers import RedisServer
from tests.support.waiting import until


@pytest.mark.every_server
@pytest.mark.parametrize("protocol", [2, 3])
async def test_both_protocols_work(streams: Streams, redis_url: str, protocol: int) -> None:
    await streams.put(*(a_send(f"{n}", f"551190000{n % 5:04}") for n in range(30)))
    handler = Recorder()
    first = await Replica(f"{redis_url}?protocol={protocol}", handler, name="r1").start()
    await until(lambda: len(handler.ended) > 10)
    gate = Gate()
    handler.always = gate
    await streams.put(a_send("held"))
    await until(lambda: gate.waiting)
    await first.die()
    second = Recorder("r2")
    async with running(Replica(f"{redis_url}?protocol={protocol}", second, name="r2")):
        await until(streams.idle)
    assert len(set(handler.ended + second.ended)) == 31


@pytest.mark.every_server
async def test_a_flushed_redis_is_worked_again_from_its_first_message(streams: Streams, redis_url: str) -> None:
    handler = Recorder()
    async with running(Replica(redis_url, handler)):
        await streams.put(a_send("before"))
        await until(lambda: handler.ended == ["before"])
        await streams.client.flushdb()
        await streams.put(a_send("after"))
        await until(lambda: handler.ended == ["before", "after"], seconds=5)
        await until(streams.idle)


@pytest.mark.every_server
async def test_a_group_that_is_destroyed_in_the_middle_of_a_delivery_costs_nothing(
    streams: Streams, redis_url: str
) -> None:
    handler, gate = Recorder(), Gate()
    handler.behave["1"] = [gate]
    async with running(Replica(redis_url, handler)):
        await streams.put(a_send("1"), a_send("2"))
        await until(lambda: gate.waiting)
        await streams.client.xgroup_destroy(keys.outbound(streams.instance), keys.OUTBOUND_GROUP)
        gate.opened.set()
        await until(streams.idle)
    assert handler.begun == ["1", "2"]
    assert len(await streams.accepted()) == 2


@pytest.mark.every_server
@pytest.mark.parametrize("command", ["read", "claim", "commit", "renew", "acquire"])
async def test_a_wire_cut_between_a_script_and_its_answer_loses_and_doubles_nothing(
    streams: Streams, redis_url: str, command: str
) -> None:
    """Cut when the server has done it and before we hear of it, five times in a row."""
    handler = Recorder()
    replica = Replica(redis_url, handler)
    async with running(replica):
        await streams.put(a_send("0"))
        await until(lambda: handler.ended == ["0"])
        scripts, cuts = replica.platform.scripts, 5
        original = scripts.run

        async def cutting(name: str, *args: Any, **about: Any) -> Any:
            nonlocal cuts
            if name == command and cuts:
                cuts -= 1
                replica.wire.cut_after_request = 1
            return await original(name, *args, **about)

        scripts.run = cutting  # type: ignore[method-assign]
        if command in ("claim", "acquire"):  # the lane is opened anew
            await until(lambda: not replica.consumer._lanes)
        if command == "renew":
            await until(lambda: cuts < 5)
        await streams.put(*(a_send(f"{n}", f"551190000{n % 3:04}") for n in range(1, 31)))
        await until(lambda: len(handler.ended) >= 31)
        await until(streams.idle)
        assert cuts < 5
    for chat in range(3):
        assert [n for n in map(int, handler.ended[1:]) if n % 3 == chat] == [n for n in range(1, 31) if n % 3 == chat]
    assert len(await streams.accepted()) == len(set(await streams.accepted())) == 31


@pytest.mark.every_server
async def test_what_was_handed_out_on_a_wire_that_broke_is_worked_before_anything_newer(
    streams: Streams, redis_url: str
) -> None:
    handler = Recorder()
    replica = Replica(redis_url, handler)
    async with running(replica):
        await streams.put(a_send("0"))
        await until(lambda: handler.ended == ["0"])
        scripts, original = replica.platform.scripts, replica.platform.scripts.run
        broken = 0

        async def breaking(name: str, *args: Any, **about: Any) -> Any:
            nonlocal broken
            reply = await original(name, *args, **about)
            if name == "read" and len(reply[1]) and not broken:
                broken += 1
                await streams.put(a_send("2"))  # comes in before anybody notices
                raise aioredis.ConnectionError("the answer got lost")
            return reply

        scripts.run = breaking  # type: ignore[method-assign]
        await streams.put(a_send("1"))
        await until(streams.idle)
    assert (broken, handler.ended) == (1, ["0", "1", "2"])


@pytest.mark.every_server
async def test_what_one_stream_gave_is_not_forgotten_when_the_other_fails(streams: Streams, redis_url: str) -> None:
    handler = Recorder()
    replica = Replica(redis_url, handler)
    async with running(replica):
        await streams.put(a_send("0"))
        await until(lambda: handler.ended == ["0"])
        scripts, original = replica.platform.scripts, replica.platform.scripts.run
        broken = 0

        async def breaking(name: str, names: Any, *args: Any, **about: Any) -> Any:
            nonlocal broken
            waits = await streams.client.xlen(keys.outbound_vip(streams.instance))
            if name == "read" and names[0] == keys.outbound(streams.instance) and waits and not broken:
                broken += 1
                raise aioredis.ConnectionError("the second read broke")
            return await original(name, names, *args, **about)

        scripts.run = breaking  # type: ignore[method-assign]
        await streams.put(a_send("1", vip=True))
        await until(streams.idle)
    assert (broken, handler.ended) == (1, ["0", "1"])


@pytest.mark.every_server
@pytest.mark.parametrize("seed", [1, 2])
async def test_connections_cut_all_the_time_lose_double_and_reorder_nothing(
    streams: Streams, redis_url: str, seed: int
) -> None:
    draw = random.Random(seed)
    one, two = Recorder("r1"), Recorder("r2")
    replicas = Replica(redis_url, one, name="r1"), Replica(redis_url, two, name="r2")
    done: list[str] = []

    async def noted(delivery: Delivery) -> None:
        await asyncio.sleep(draw.random() * 0.01)

    one.always = two.always = noted
    async with running(*replicas):
        for n in range(120):
            await streams.put(a_send(f"{n}", f"551190000{n % 6:04}"))
            if draw.random() < 0.4:
                replicas[draw.randrange(2)].wire.cut()
        await until(streams.idle, seconds=30)
        done = [fact.send_id for fact in await streams.facts() if type(fact).__name__ == "SendAccepted"]  # type: ignore[union-attr]
    requested = {fact.id: fact for fact in await streams.facts() if type(fact).__name__ == "SendRequested"}
    assert len(done) == len(set(done)) == 120
    for chat in {event.chat for event in requested.values()}:
        asked = [id_ for id_, event in requested.items() if event.chat == chat]
        assert [id_ for id_ in done if id_ in asked] == asked


@pytest.mark.every_server
async def test_a_replica_rides_out_a_redis_that_hangs(streams: Streams, redis_url: str) -> None:
    handler = Recorder()
    replica = Replica(redis_url, handler)
    async with running(replica):
        await streams.put(a_send("1"))
        await until(lambda: handler.ended == ["1"])
        replica.wire.deafen()
        await streams.put(a_send("2"))
        replica.wire.restore()
        await until(lambda: handler.ended == ["1", "2"], seconds=10)
        await until(streams.idle)


@pytest.mark.every_server
async def test_stopping_while_redis_is_away_ends_within_the_drain_time(streams: Streams, redis_url: str) -> None:
    handler, gate = Recorder(), Gate()
    handler.behave["1"] = [gate]
    replica = await Replica(redis_url, handler, drain_s=1).start()
    await streams.put(a_send("1"))
    await until(lambda: gate.waiting)
    replica.wire.refuse()
    gate.opened.set()
    await asyncio.wait_for(replica.stop(), 6)
    other = Recorder("r2")
    async with running(Replica(redis_url, other, name="r2")):
        await until(streams.idle)
    assert other.ended == ["1"]


@pytest.mark.every_server
@pytest.mark.parametrize("appendfsync", ["always", "everysec"])
async def test_a_redis_killed_in_the_middle_of_traffic_loses_and_doubles_nothing(
    redis_server: Any, appendfsync: str
) -> None:
    """`everysec` puts a write off for up to two seconds while the disk is busy: what was answered then can be lost."""
    server: RedisServer = redis_server(appendonly="yes", appendfsync=appendfsync)
    one, two = Recorder("r1"), Recorder("r2")
    acknowledged: dict[str, float] = {}
    killed: list[float] = []
    async with aioredis.Redis.from_url(server.url, socket_timeout=2, socket_connect_timeout=1) as client:
        streams = Streams(client, server.url)
        async with running(Replica(server.url, one, name="r1"), Replica(server.url, two, name="r2")):
            sending = asyncio.create_task(_keep_putting(streams, acknowledged, 300))
            for _ in range(2):
                count = len(acknowledged)
                await until(lambda count=count: len(acknowledged) >= count + 60)  # type: ignore[misc]
                killed.append(time.monotonic())
                server.kill()
                server.start()
            await sending
            await until(lambda: _idle(streams), seconds=30)
        accepted = await streams.accepted()
        assert len(accepted) == len(set(accepted))
        lost = [at for id_, at in acknowledged.items() if id_ not in accepted]
        assert appendfsync == "everysec" or not lost
        assert all(any(kill - 2.5 < at <= kill + 0.1 for kill in killed) for at in lost)
        await streams.aclose()


async def _keep_putting(streams: Streams, acknowledged: dict[str, float], count: int) -> None:
    """As a gateway does: what is not acknowledged is brought again."""
    for n in range(count):
        send = a_send(f"{n}", f"551190000{n % 8:04}")
        while True:
            try:
                await streams.put(send)
            except (aioredis.RedisError, OSError):
                await asyncio.sleep(0.01)
            else:
                acknowledged[send.id] = time.monotonic()
                break


async def _idle(streams: Streams) -> bool:
    try:
        return await streams.idle()
    except (aioredis.RedisError, OSError):
        return False


@pytest.mark.every_server
async def test_a_clock_that_is_set_back_makes_no_wait_longer(streams: Streams, redis_url: str) -> None:
    from shared.clock import ManualClock
    from shared.errors import Retry

    clock, handler = ManualClock(), Recorder()
    handler.behave["1"] = [Retry("not yet", after=0.5)]
    replica = Replica(redis_url, handler, clock=clock)
    async with running(replica):
        await streams.put(a_send("1", clock=clock))
        await until(lambda: handler.begun == ["1"])
        await until(replica.consumer._lanes[streams.instance]._traffic.queues.next_at_ms)
        clock.advance(-3600)
        await until(lambda: handler.ended == ["1"], seconds=3)
        await streams.put(a_send("2", clock=clock))
        await until(lambda: handler.ended == ["1", "2"], seconds=3)


@pytest.mark.every_server
async def test_a_redis_error_inside_a_handler_is_nobodys_failure(streams: Streams, redis_url: str) -> None:
    handler = Recorder()
    handler.behave["1"] = [aioredis.ConnectionError("gone") for _ in range(3)]
    async with running(Replica(redis_url, handler, max_deliveries=2)):
        await streams.put(a_send("1"))
        await until(streams.idle)
    assert handler.ended == ["1"]
    assert not await streams.facts(EntryDeadLettered)


@pytest.mark.every_server
async def test_a_replica_stops_although_its_wires_break_at_that_very_moment(streams: Streams, redis_url: str) -> None:
    for n in range(12):
        replica = await Replica(redis_url, Recorder()).start()
        await streams.put(a_send(f"{n}", instance=f"wa{n}"))
        await until(lambda replica=replica, n=n: f"{n}" in replica.handler.ended)  # type: ignore[attr-defined,misc]
        replica.wire.refuse()
        await asyncio.wait_for(replica.stop(), 6)


@pytest.mark.every_server
async def test_a_lane_whose_lease_cannot_be_renewed_for_a_bug_is_let_go_and_taken_anew(
    streams: Streams, redis_url: str
) -> None:
    handler, lost = Recorder(), metrics.LEASES_LOST.labels("sender")
    before, replica = lost._value.get(), Replica(redis_url, handler)
    async with running(replica):
        await streams.put(a_send("1"))
        await until(lambda: handler.ended == ["1"])
        scripts, original = replica.platform.scripts, replica.platform.scripts.run
        bugs = [RuntimeError("a bug")]

        async def buggy(name: str, *args: Any, **about: Any) -> Any:
            if name == "renew" and bugs:
                raise bugs.pop()
            return await original(name, *args, **about)

        scripts.run = buggy  # type: ignore[method-assign]
        await until(lambda: lost._value.get() > before)
        await streams.put(a_send("2"))
        await until(lambda: handler.ended == ["1", "2"])
        await until(streams.idle)
