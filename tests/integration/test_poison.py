"""Does an entry that is no event of ours become a dead letter with its reason, and stop nothing?"""

import msgspec
import pytest

from shared.events import EntryDeadLettered, encode
from shared.streams import keys
from shared.telemetry import metrics
from tests.support.replica import Recorder, Replica, Streams, a_send, running
from tests.support.waiting import until

pytestmark = pytest.mark.every_server

FUTURE = msgspec.msgpack.encode({"type": "send.requested.v9", "id": "x"})
POISON = {
    "random bytes": ({b"e": b"\xc1\x00\xff"}, "not MessagePack"),
    "nothing at all": ({b"e": b""}, "not MessagePack"),
    "cut short": ({b"e": encode(a_send())[:-9]}, "not MessagePack"),
    "a number": ({b"e": msgspec.msgpack.encode(7)}, "malformed"),
    "an unknown version": ({b"e": FUTURE}, "knows send.requested.v1"),
    "an unknown type": ({b"e": msgspec.msgpack.encode({"type": "coffee.made.v1"})}, "unknown event type"),
    "a missing field": (
        {b"e": msgspec.msgpack.encode({"type": "send.requested.v1", "id": a_send().id, "instance": "wa1"})},
        "missing required field",
    ),
    "an id that is none": ({b"e": encode(a_send(id="7"))}, "id"),
    "another instance's event": ({b"e": encode(a_send(instance="wa2"))}, "about instance 'wa2'"),
    "somebody else's fields": ({b"hello": b"world"}, "no field `e`"),
    "a huge integer": ({b"e": b"\xcf" + b"\xff" * 8}, "malformed"),
    "deep nesting": ({b"e": b"\x91" * 5_000}, "not MessagePack"),
}  # fmt: skip


@pytest.mark.parametrize("name", POISON)
async def test_poison_is_set_aside_and_the_rest_goes_on(streams: Streams, redis_url: str, name: str) -> None:
    fields, reason = POISON[name]
    stream, handler = keys.outbound(streams.instance), Recorder()
    before = metrics.HANDLED.labels("sender", "poisoned")._value.get()
    await streams.put(a_send("before"))
    id_ = await streams.client.xadd(stream, fields)
    await streams.put(a_send("after"))
    async with running(Replica(redis_url, handler)):
        await until(streams.idle)
    assert handler.ended == ["before", "after"]
    (dead,) = await streams.dead()
    assert reason in dead["reason"].decode()
    assert (dead["stream"], dead["entry"]) == (stream.encode(), id_)
    assert dead["e"] == fields.get(b"e", b"")
    (fact,) = await streams.facts(EntryDeadLettered)
    assert isinstance(fact, EntryDeadLettered)
    assert (fact.entry_id, fact.reason) == (id_.decode(), dead["reason"].decode())
    assert metrics.HANDLED.labels("sender", "poisoned")._value.get() == before + 1


async def test_a_lane_full_of_poison_is_emptied(streams: Streams, redis_url: str) -> None:
    for n in range(100):
        await streams.client.xadd(keys.outbound(streams.instance), {"e": b"\xc1%d" % n})
    await streams.client.sadd(keys.INSTANCES, streams.instance)
    async with running(Replica(redis_url, Recorder())):
        await until(streams.idle)
    assert len(await streams.dead()) == 100


async def test_an_entry_that_was_trimmed_while_pending_becomes_a_fact(streams: Streams, redis_url: str) -> None:
    stream, handler = keys.outbound(streams.instance), Recorder()
    await streams.put(a_send("trimmed"), a_send("kept"))
    await streams.client.xgroup_create(stream, keys.OUTBOUND_GROUP, id="0")
    reply = await streams.client.execute_command(
        "XREADGROUP", "GROUP", keys.OUTBOUND_GROUP, "gone", "COUNT", "2", "STREAMS", stream, ">"
    )
    assert reply
    await streams.client.xtrim(stream, maxlen=1, approximate=False)
    async with running(Replica(redis_url, handler)):
        await until(streams.idle)
    assert handler.ended == ["kept"]
    (fact,) = await streams.facts(EntryDeadLettered)
    assert isinstance(fact, EntryDeadLettered)
    assert "trimmed" in fact.reason
    assert fact.stream == stream


async def test_a_poisoned_wake_up_does_not_deafen_the_replica(streams: Streams, redis_url: str) -> None:
    handler = Recorder()
    async with running(Replica(redis_url, handler)):
        await streams.put(a_send("1"))
        await until(lambda: handler.ended == ["1"])
        await streams.client.xadd(keys.wake("sender"), {"i": b"\xff\xfe"})
        await streams.client.xadd(keys.wake("sender"), {"x": b"y"})
        await streams.client.sadd(keys.INSTANCES, b"\xff\xfe")
        await streams.put(a_send("2", instance="wa2"))
        await until(lambda: handler.ended == ["1", "2"], seconds=2)


async def test_a_poisoned_progress_counts_as_none(streams: Streams, redis_url: str) -> None:
    handler, send = Recorder(), a_send("1")
    await streams.client.hset(keys.progress(streams.instance), send.id, b"\xc1")
    await streams.put(send)
    async with running(Replica(redis_url, handler)):
        await until(streams.idle)
    assert handler.ended == ["1"]
