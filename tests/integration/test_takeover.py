"""Is a lane worked by one replica at a time, and by the next within one lease?"""

import asyncio
import time

import pytest

from shared.events import encode
from shared.streams import keys
from tests.support.replica import Gate, Recorder, Replica, Streams, a_send, running
from tests.support.waiting import holds, until

pytestmark = pytest.mark.every_server


async def test_what_a_dead_replica_left_is_taken_over_within_a_lease_in_order(streams: Streams, redis_url: str) -> None:
    one, two, gate = Recorder("r1"), Recorder("r2"), Gate()
    one.behave["1"] = [gate]
    first = await Replica(redis_url, one, name="r1").start()
    await streams.put(*(a_send(f"{n}") for n in range(1, 6)))
    await until(lambda: gate.waiting)
    async with running(Replica(redis_url, two, name="r2")):
        await holds(lambda: not two.begun, seconds=0.3)
        await first.die()
        died = time.monotonic()
        await until(streams.idle)
    assert two.ended == ["1", "2", "3", "4", "5"]
    assert time.monotonic() - died < 2.0  # lease 0.6 s, tick 0.2 s


async def test_a_long_handler_is_not_taken_over_while_its_replica_lives(streams: Streams, redis_url: str) -> None:
    one, two, gate = Recorder("r1"), Recorder("r2"), Gate()
    one.behave["slow"] = [gate]
    async with running(
        Replica(redis_url, one, name="r1"), Replica(redis_url, two, name="r2", stream_claim_idle_ms=300)
    ):
        two.behave["slow"] = [gate]
        await streams.put(a_send("slow"))
        await until(lambda: gate.waiting)
        await holds(lambda: gate.waiting == 1, seconds=1.5)
        gate.opened.set()
        await until(streams.idle)
    assert len(one.ended + two.ended) == 1


async def test_a_replica_that_wakes_from_a_long_sleep_writes_and_reads_nothing(
    streams: Streams, redis_url: str
) -> None:
    """It lost its lane while it slept. What comes in meanwhile is the new holder's, and stays in order."""
    one, two, gate = Recorder("r1"), Recorder("r2"), Gate()
    one.behave["1"] = [gate]
    asleep = await Replica(redis_url, one, name="r1").start()
    await streams.put(a_send("1"))
    await until(lambda: gate.waiting)
    asleep.wire.deafen()
    async with running(Replica(redis_url, two, name="r2", stream_claim_idle_ms=5_000)):
        await until(lambda: two.ended == ["1"])
        lane = asleep.consumer._lanes[streams.instance]
        # Both see the next message at the same moment; the sleeper's read goes first.
        await streams.client.xadd(keys.outbound(streams.instance), {"e": _bytes(a_send("2"))})
        asleep.wire.restore()
        lane.poke()
        await until(lambda: lane._lost)
        await streams.put(a_send("3"))
        await until(lambda: {"2", "3"} <= set(two.ended))
        gate.opened.set()
        await until(streams.idle)
        assert two.ended == ["1", "2", "3"]
        await asleep.stop()
    assert one.ended == ["1"]  # it came to an end, and was refused
    assert len(await streams.accepted()) == 3


def _bytes(event: object) -> bytes:
    from shared.events import encode

    return encode(event)  # type: ignore[arg-type]


async def test_a_read_of_a_lane_that_was_taken_over_hands_out_nothing(streams: Streams, redis_url: str) -> None:
    from shared.errors import NotOurs
    from shared.streams.lease import acquire

    handler = Recorder()
    replica = Replica(redis_url, handler, name="r1", lease_ms=60_000)
    async with running(replica):
        await streams.put(a_send("1"))
        await until(lambda: handler.ended == ["1"])
        lane = replica.consumer._lanes[streams.instance]
        await streams.client.delete(keys.lease(streams.instance, "sender"))
        assert await acquire(streams.scripts, streams.instance, "sender", "r2", 60_000)
        await streams.client.xadd(keys.outbound(streams.instance), {"e": _bytes(a_send("2"))})
        for unsure in (False, True):
            lane._intake._unsure = unsure
            lane._intake.poke()
            with pytest.raises(NotOurs, match="fenced"):
                await lane._intake.next()
        assert await streams.pending(keys.outbound(streams.instance)) == 0
        assert handler.begun == ["1"]


async def test_what_some_other_consumer_left_is_found_by_a_busy_lane_too(streams: Streams, redis_url: str) -> None:
    """An older version of the sender, a person at a prompt: they took an entry and went away."""
    handler = Recorder()
    stream = keys.outbound(streams.instance)
    async with running(Replica(redis_url, handler, stream_claim_idle_ms=300)):
        await streams.put(a_send("0"))
        await until(lambda: handler.ended == ["0"])
        stop = asyncio.Event()

        async def chatter() -> None:
            n = 0
            while not stop.is_set():
                n += 1
                await streams.put(a_send(f"chatter {n}", f"55119{n:08}"))
                await asyncio.sleep(0.02)

        await streams.client.xadd(stream, {"e": _bytes(a_send("left"))})
        assert await streams.client.xreadgroup(keys.OUTBOUND_GROUP, "a person", {stream: ">"}, count=1)
        busy = asyncio.create_task(chatter())
        try:
            await until(lambda: "left" in handler.ended, seconds=4)
        finally:
            stop.set()
            await busy
        await until(streams.idle)


async def test_more_than_a_thousand_pending_entries_are_taken_over(streams: Streams, redis_url: str) -> None:
    stream = keys.outbound(streams.instance)
    await streams.put(*(a_send(f"{n}", f"55119{n % 50:08}") for n in range(1_200)))
    await streams.client.xgroup_create(stream, keys.OUTBOUND_GROUP, id="0")
    await streams.client.xreadgroup(keys.OUTBOUND_GROUP, "gone", {stream: ">"}, count=2_000)
    # The claim answers nothing for a while, with a cursor, when what it scans was deleted.
    for id_, _ in (await streams.client.xrange(stream, count=1_100))[5:]:
        await streams.client.xdel(stream, id_)
    handler = Recorder()
    async with running(Replica(redis_url, handler)):
        await until(streams.idle, seconds=30)
    assert len(handler.ended) == 105


async def test_a_lane_is_opened_again_for_work_that_comes_as_it_closes(streams: Streams, redis_url: str) -> None:
    handler = Recorder()
    replica = Replica(redis_url, handler, lease_ms=6_000)
    async with running(replica):
        await streams.put(a_send("1"))
        await until(lambda: handler.ended == ["1"])
        lane = replica.consumer._lanes[streams.instance]
        closing = lane._give_back

        async def message_comes_first() -> None:
            await streams.put(a_send("2"))
            await until(lambda: lane._intake.more)
            await closing()

        lane._give_back = message_comes_first  # type: ignore[method-assign]
        lane._lease = type(lane._lease)(**{**_fields(lane._lease), "life_ms": 1})
        lane.poke()
        await until(lambda: handler.ended == ["1", "2"], seconds=1.5)


def _fields(lease: object) -> dict[str, object]:
    import dataclasses

    return {f.name: getattr(lease, f.name) for f in dataclasses.fields(lease)}  # type: ignore[arg-type]


async def test_fencing_numbers_never_repeat_even_when_redis_forgets(streams: Streams, redis_url: str) -> None:
    """A failover or a flush takes back the last number: the next one must still be a new one."""
    from shared.streams.lease import acquire

    before = await acquire(streams.scripts, "wa1", "sender", "r1", 60_000)
    assert before
    await streams.client.flushdb()
    after = await acquire(streams.scripts, "wa1", "sender", "r2", 60_000)
    assert after
    assert after.fence > before.fence
    assert not await before.renew(streams.scripts, keys.OUTBOUND_GROUP, [])


@pytest.mark.every_server
async def test_what_was_handed_to_us_and_we_never_heard_of_is_found_by_a_busy_lane(
    streams: Streams, redis_url: str
) -> None:
    """A read that was given up, and that a slow wire brought to Redis behind the look for what was left."""
    handler, gate, stream = Recorder(), Gate(), keys.outbound(streams.instance)
    handler.behave["busy"] = [gate]
    async with running(Replica(redis_url, handler)):
        await streams.put(a_send("busy", "5511900000001"))
        await until(lambda: gate.waiting)
        async with streams.client.pipeline(transaction=True) as pipe:
            pipe.xadd(stream, {"e": encode(a_send("late", "5511900000002"))})
            pipe.xreadgroup(keys.OUTBOUND_GROUP, "r1", {stream: ">"})
            await pipe.execute()
        await until(lambda: handler.ended == ["late"], seconds=5)
        gate.opened.set()
        await until(streams.idle)
    assert sorted(handler.ended) == ["busy", "late"]
