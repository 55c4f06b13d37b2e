"""Does a consumer do all of its work, once, in order, whatever happens to it?"""

import asyncio

import pytest

from shared.errors import Reject, Retry
from shared.events import EntryDeadLettered
from shared.streams import keys
from tests.support.replica import Gate, Recorder, Replica, Streams, a_send, failing, running
from tests.support.waiting import holds, until

pytestmark = pytest.mark.every_server


async def test_a_group_sees_what_was_there_before_it(streams: Streams, redis_url: str) -> None:
    await streams.put(a_send("first"), a_send("second"))
    handler = Recorder()
    async with running(Replica(redis_url, handler)):
        await until(streams.idle)
    assert handler.ended == ["first", "second"]


async def test_a_chat_is_worked_in_order_and_chats_side_by_side(streams: Streams, redis_url: str) -> None:
    handler, gate = Recorder(), Gate()
    handler.behave["a1"] = [gate]
    await streams.put(*(a_send(f"{chat}{n}", f"551198888000{chat}") for n in (1, 2, 3) for chat in "ab"))
    async with running(Replica(redis_url, handler)):
        await until(lambda: handler.ended == ["b1", "b2", "b3"])
        gate.opened.set()
        await until(streams.idle)
    assert handler.ended[3:] == ["a1", "a2", "a3"]


async def test_it_is_known_to_its_groups_before_its_first_entry(streams: Streams, redis_url: str) -> None:
    await streams.client.sadd(keys.INSTANCES, streams.instance)

    async def known() -> bool:
        for stream in (keys.outbound_vip(streams.instance), keys.outbound(streams.instance)):
            if not await streams.client.exists(stream):
                return False
            if not any(c["name"] == b"r1" for c in await streams.client.xinfo_consumers(stream, keys.OUTBOUND_GROUP)):
                return False
        return True

    async with running(Replica(redis_url, Recorder())):
        await until(known)


async def test_a_live_replica_has_a_heartbeat_and_a_stopped_one_has_none(streams: Streams, redis_url: str) -> None:
    replica = Replica(redis_url, Recorder())
    async with running(replica):
        await until(lambda: streams.client.exists(keys.live("sender", "r1")))
    assert not await streams.client.exists(keys.live("sender", "r1"))


async def test_vip_goes_first_and_the_rest_still_moves(streams: Streams, redis_url: str) -> None:
    vips = [a_send(f"vip{n}", f"551198888{n:04}", vip=True) for n in range(30)]
    others = [a_send(f"other{n}", f"551197777{n:04}") for n in range(6)]
    await streams.put(*others, *vips)
    handler = Recorder()
    async with running(Replica(redis_url, handler, concurrency=1)):
        await until(streams.idle)
    assert handler.begun[:5] == ["vip0", "vip1", "vip2", "vip3", "other0"]
    assert handler.begun.index("other5") <= 30


async def test_two_consumers_share_no_instance_and_do_nothing_twice(streams: Streams, redis_url: str) -> None:
    one, two = Recorder("r1"), Recorder("r2")
    async with running(Replica(redis_url, one, name="r1"), Replica(redis_url, two, name="r2")):
        sends = [a_send(f"{n}", f"55119888800{n % 7:02}") for n in range(60)]
        for send in sends:
            await streams.put(send)
        await until(streams.idle)
    assert sorted(one.begun + two.begun, key=int) == [str(n) for n in range(60)]
    assert not (one.begun and two.begun)
    assert sorted(await streams.accepted()) == sorted(send.id for send in sends)


async def test_instances_are_shared_by_the_replicas_that_get_them_first(streams: Streams, redis_url: str) -> None:
    """A lane that nobody holds is anybody's: a replica that is stuck in one instance leaves the others alone."""
    gate, one, two = Gate(), Recorder("r1"), Recorder("r2")
    one.behave["stuck"] = [gate]
    async with running(Replica(redis_url, one, name="r1")):
        await streams.put(a_send("stuck"))
        await until(lambda: gate.waiting)
        async with running(Replica(redis_url, two, name="r2")):
            await streams.put(*(a_send(f"{n}", instance=f"wa{n}") for n in range(2, 8)))
            await until(lambda: len(one.ended) + len(two.ended) == 6)
            gate.opened.set()
            await until(streams.idle)
    assert two.begun.count("stuck") == 0


async def test_a_stopped_replica_hands_its_lane_over_at_once(streams: Streams, redis_url: str) -> None:
    one, two = Recorder("r1"), Recorder("r2")
    first = await Replica(redis_url, one, name="r1", lease_ms=60_000).start()
    await streams.put(a_send("a"))
    await until(lambda: one.ended == ["a"])
    async with running(Replica(redis_url, two, name="r2", lease_ms=60_000)):
        await streams.put(a_send("b"))
        await until(lambda: one.ended == ["a", "b"])
        await first.stop()
        await streams.put(a_send("c"))
        await until(lambda: two.ended == ["c"], seconds=2)


async def test_stopping_finishes_what_was_begun_and_begins_nothing_more(streams: Streams, redis_url: str) -> None:
    handler, gate = Recorder(), Gate()
    handler.behave["begun"] = [gate]
    replica = await Replica(redis_url, handler).start()
    await streams.put(a_send("begun"), a_send("behind it"))
    await until(lambda: gate.waiting)
    stopping = asyncio.create_task(replica.stop())
    await streams.put(a_send("after the word", "5511900000001"))
    await holds(lambda: not stopping.done() and handler.begun == ["begun"], seconds=0.3)
    gate.opened.set()
    await stopping
    assert handler.ended == ["begun"]
    assert await streams.depth() == 2


async def test_a_replica_that_is_told_to_stop_while_it_opens_a_lane_works_nothing(
    streams: Streams, redis_url: str
) -> None:
    handler = Recorder()
    replica = await Replica(redis_url, handler, drain_s=20).start()
    replica.wire.delay_s = 0.1
    await streams.put(a_send("a"))
    await until(lambda: replica.consumer._tasks)
    assert not replica.consumer._lanes
    stopping = asyncio.create_task(replica.stop())
    await asyncio.wait_for(stopping, 10)
    assert handler.begun == []
    assert await streams.depth() == 1
    assert not await streams.lease()


async def test_work_that_outlasts_the_drain_is_left_to_the_next(streams: Streams, redis_url: str) -> None:
    one, two, gate = Recorder("r1"), Recorder("r2"), Gate()
    one.behave["slow"] = [gate]
    replica = await Replica(redis_url, one, name="r1", drain_s=1).start()
    await streams.put(a_send("slow"))
    await until(lambda: gate.waiting)
    await asyncio.wait_for(replica.stop(), 4)
    async with running(Replica(redis_url, two, name="r2")):
        await until(streams.idle)
    assert two.ended == ["slow"]


async def test_a_retry_holds_its_chat_and_no_other(streams: Streams, redis_url: str) -> None:
    handler = Recorder()
    handler.behave["a1"] = failing(Retry("not yet", after=0.3), Retry("not yet", after=0.3))
    await streams.put(*(a_send(f"{chat}{n}", f"551198888000{chat}") for n in (1, 2) for chat in "ab"))
    async with running(Replica(redis_url, handler)):
        await until(streams.idle)
    assert handler.ended == ["b1", "b2", "a1", "a2"]
    assert handler.begun.count("a1") == 3


async def test_deliveries_are_counted_by_us_and_end_in_a_dead_letter_with_every_attempt(
    streams: Streams, redis_url: str
) -> None:
    handler = Recorder()
    handler.behave["bad"] = failing(*(Retry(f"failure {n}", after=0) for n in range(1, 9)))
    await streams.put(a_send("bad"), a_send("next"))
    async with running(Replica(redis_url, handler, max_deliveries=3)):
        await until(streams.idle)
    assert handler.begun == ["bad", "bad", "bad", "next"]
    (dead,) = await streams.dead()
    assert dead["reason"] == b"failure 3"
    assert all(f"failure {n}".encode() in dead["progress"] for n in (1, 2, 3))
    assert [fact.attempts for fact in await streams.facts(EntryDeadLettered)] == [3]  # type: ignore[union-attr]


async def test_a_wait_that_does_not_count_uses_up_no_delivery(streams: Streams, redis_url: str) -> None:
    handler = Recorder()
    handler.behave["a"] = failing(*(Retry("throttled", after=0, counts=False) for _ in range(8)))
    await streams.put(a_send("a"))
    async with running(Replica(redis_url, handler, max_deliveries=2)):
        await until(streams.idle)
    assert (handler.begun.count("a"), handler.ended) == (9, ["a"])


async def test_deliveries_are_counted_across_a_group_reset(streams: Streams, redis_url: str) -> None:
    stream = keys.outbound(streams.instance)
    handler = Recorder("r1")
    handler.behave["bad"] = failing(Retry("one", after=0), Retry("two", after=60))
    await streams.put(a_send("bad"))
    async with running(Replica(redis_url, handler, max_deliveries=3)):
        await until(lambda: len(handler.begun) == 2)
        await until(lambda: streams.client.hlen(keys.progress(streams.instance)))
    await streams.client.xgroup_destroy(stream, keys.OUTBOUND_GROUP)
    # its third try is held until a minute has passed: forget that, and nothing else
    (name,) = await streams.client.hkeys(keys.progress(streams.instance))
    from shared.streams.progress import dump, parse

    held = parse(await streams.client.hget(keys.progress(streams.instance), name))
    await streams.client.hset(keys.progress(streams.instance), name, dump(held.held(0)))
    again = Recorder("r2")
    again.behave["bad"] = failing(Retry("three", after=0))
    async with running(Replica(redis_url, again, name="r2", max_deliveries=3)):
        await until(streams.idle)
    (dead,) = await streams.dead()
    assert all(word in dead["progress"] for word in (b"one", b"two", b"three"))
    assert again.begun == ["bad"]


async def test_reject_is_a_dead_letter_at_once(streams: Streams, redis_url: str) -> None:
    handler = Recorder()
    handler.behave["never"] = failing(Reject("not on WhatsApp"))
    await streams.put(a_send("never"), a_send("next"))
    async with running(Replica(redis_url, handler)):
        await until(streams.idle)
    assert handler.begun == ["never", "next"]
    assert [dead["reason"] for dead in await streams.dead()] == [b"not on WhatsApp"]


@pytest.mark.parametrize("words", ["a bug", "half a character: \ud800"])
async def test_a_crashing_handler_is_tried_again_and_then_set_aside(
    streams: Streams, redis_url: str, words: str
) -> None:
    handler = Recorder()
    handler.behave["bad"] = failing(*(ValueError(words) for _ in range(9)))
    await streams.put(a_send("bad"), a_send("elsewhere", "5511900000001"))
    replica = Replica(redis_url, handler, max_deliveries=2)
    async with running(replica):
        await until(lambda: handler.ended == ["elsewhere"], seconds=1)
        await until(streams.idle)
    assert handler.begun.count("bad") == 2
    (dead,) = await streams.dead()
    assert dead["reason"].startswith(b"ValueError: ")


async def test_a_handler_whose_task_is_cancelled_from_within_does_not_hold_its_chat_for_ever(
    streams: Streams, redis_url: str
) -> None:
    handler = Recorder()
    handler.behave["odd"] = [asyncio.CancelledError()]
    await streams.put(a_send("odd"), a_send("next"))
    async with running(Replica(redis_url, handler)):
        await until(streams.idle)
    assert handler.ended == ["odd", "next"]


async def test_a_bug_in_admission_costs_its_own_entry_only(streams: Streams, redis_url: str) -> None:
    class Odd(Recorder):
        async def admit(self, delivery, owner):  # type: ignore[no-untyped-def]
            if "odd" in str(delivery.event):
                raise KeyError("a bug")
            return delivery

    handler = Odd()
    await streams.put(a_send("odd"), a_send("fine", "5511900000001"))
    async with running(Replica(redis_url, handler, max_deliveries=2)):
        await until(lambda: handler.ended == ["fine"], seconds=2)
        await until(streams.idle)
    assert [dead["reason"][:8] for dead in await streams.dead()] == [b"KeyError"]


async def test_a_full_stream_holds_the_work_back_and_loses_none(streams: Streams, redis_url: str) -> None:
    from shared.streams.delivery import Work

    target = "wa:{wa1}:next"
    handler = Recorder()

    async def passing_on(delivery):  # type: ignore[no-untyped-def]
        return handler.done(delivery, (Work(target, delivery.event),))

    handler.always = passing_on
    await streams.put(*(a_send(f"{n}", f"551198888000{n}") for n in range(4)))
    async with running(Replica(redis_url, handler, stream_maxlen=2)):
        await until(lambda: streams.client.xlen(target))
        taken = 0

        async def drained() -> bool:
            nonlocal taken
            assert await streams.client.xlen(target) <= 2
            for id_, _ in await streams.client.xrange(target):
                taken += await streams.client.xdel(target, id_)
            return taken == 4 and await streams.idle()

        await until(drained)
    assert len(await streams.accepted()) == 4
