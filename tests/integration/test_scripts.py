"""Does each script do all of what it says, or nothing?"""

import asyncio
from typing import Any

import pytest
import redis.asyncio as aioredis
from redis.exceptions import ResponseError

from shared.errors import NotOurs, QueueFull
from shared.events import SendAccepted, SendRequested, decode, following
from shared.streams import keys
from shared.streams.commit import Committer
from shared.streams.delivery import Done, Entry, Hold, Mark, Owner, Park, State, Work
from shared.streams.lease import Lease, Renewal, acquire
from shared.streams.log import Echo, Log, read_log
from shared.streams.progress import Progress, dump
from shared.telemetry import metrics
from tests.support.replica import Streams, a_send

pytestmark = pytest.mark.every_server
I = "wa1"  # noqa: E741 - as in the keys
GROUP = keys.OUTBOUND_GROUP
SOURCE = keys.outbound(I)


async def whole(client: aioredis.Redis) -> dict[bytes, Any]:
    """Everything that is in Redis, without its times to live."""
    found = {}
    for key in sorted(await client.keys()):
        found[key] = await client.dump(key)
    return found


# ── append ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def a_log(streams: Streams, bound: int = 100) -> Log:
    return Log(streams.scripts, log_maxlen=0, bound=bound, seen_life_s=60)


async def test_the_same_fact_told_ten_times_at_once_is_recorded_once(streams: Streams) -> None:
    events = [a_send(f"{n}") for n in range(10)]
    fresh = await asyncio.gather(*(a_log(streams).append(e, dedupe="3EB0", work=SOURCE) for e in events))
    assert sorted(fresh) == [False] * 9 + [True]
    assert (await streams.client.xlen(keys.events(I)), await streams.client.xlen(SOURCE)) == (1, 1)
    assert await streams.client.smembers(keys.INSTANCES) == {b"wa1"}
    assert 0 < await streams.client.pttl(keys.seen(I, "3EB0")) <= 60_000


async def test_a_full_work_stream_refuses_and_nothing_is_written(streams: Streams) -> None:
    log = a_log(streams, bound=1)
    await log.append(a_send("1"), dedupe="1", work=SOURCE)
    before = await whole(streams.client)
    with pytest.raises(QueueFull):
        await log.append(a_send("2"), dedupe="2", work=SOURCE, contact="c", echo=Echo("d", "m", ("c",), 1))
    after = await whole(streams.client)
    assert {k: v for k, v in after.items() if b"wa:{" in k} == {k: v for k, v in before.items() if b"wa:{" in k}
    await streams.client.xtrim(SOURCE, maxlen=0, approximate=False)
    assert await log.append(a_send("2"), dedupe="2", work=SOURCE)


@pytest.mark.parametrize("wrong", [keys.events(I), SOURCE])
async def test_a_log_or_stream_of_the_wrong_type_stops_an_append_before_its_first_write(
    streams: Streams, wrong: str
) -> None:
    await streams.client.set(wrong, "a string")
    before = await whole(streams.client)
    with pytest.raises(ResponseError, match="WRONGTYPE"):
        await a_log(streams).append(
            a_send(), dedupe="1", work=SOURCE, contact="c", echo=Echo("d", "m", ("c",), 1_795_500_000_000)
        )
    after = await whole(streams.client)
    after.pop(keys.INSTANCES.encode(), None)
    after.pop(keys.wake("sender").encode(), None)
    assert after == before


@pytest.mark.parametrize(
    "wrong",
    [keys.echoes(I, "d"), keys.contacts(I), keys.awaiting(I, "c"), keys.due(I), keys.staff_spoke(I, a_send().chat)],
)
async def test_a_message_is_recorded_though_a_key_beside_it_is_of_the_wrong_type(streams: Streams, wrong: str) -> None:
    """The gateway gives up after some tries: what would be refused for such a key would be lost."""
    client, counted = streams.client, metrics.BROKEN_KEYS.labels("ingest")
    await client.hset(keys.awaiting(I, "c"), "parked", "1")
    await client.zadd(keys.due(I), {"parked": 1_795_500_000_000})
    await client.delete(wrong)
    await client.rpush(wrong, "a list")
    before = counted._value.get()
    fresh = await a_log(streams).append(
        a_send(), dedupe="1", work=SOURCE, contact="c", echo=Echo("d", "m", ("c",), 1_795_500_000_000),
        staff_message_id="3EB0",
    )  # fmt: skip
    assert (fresh, await client.xlen(keys.events(I)), await client.xlen(SOURCE)) == (True, 1, 1)
    assert await client.lrange(wrong, 0, -1) == [b"a list"]
    assert counted._value.get() == before + 1
    assert await client.exists(keys.echoes(I, "d"), keys.contacts(I), keys.staff_spoke(I, a_send().chat)) == 3
    freed = await client.type(keys.due(I)) == b"zset" and await client.zscore(keys.due(I), "parked") == 0
    assert freed == (wrong not in (keys.awaiting(I, "c"), keys.due(I)))
    assert await client.exists(keys.awaiting(I, "c")) == (not freed)


async def test_the_log_reads_back_what_was_appended(streams: Streams) -> None:
    events = [a_send(f"{n}") for n in range(5)]
    for event in events:
        await a_log(streams).append(event, dedupe=event.id)
    await streams.client.xadd(keys.events(I), {"e": b"\xc1"})
    found = [fact async for _, fact in read_log(streams.client, I)]
    assert found[:5] == events
    assert isinstance(found[5], str)


# ── commit ─────────────────────────────────────────────────────────────────────────────────────────────────────────
class Bench:
    """One entry in the hands of a lane's holder."""

    def __init__(self, streams: Streams, owner: Owner, entry: Entry, send: SendRequested) -> None:
        self.streams, self.owner, self.entry, self.send = streams, owner, entry, send
        self.committer = Committer(streams.scripts, log_maxlen=0, bound=3)

    @property
    def everything(self) -> Done:
        fact = following(SendAccepted, self.send, "a", 1, send_id=self.send.id, attempt=1)
        return Done(
            facts=(fact,), work=(Work("wa:{wa1}:next", self.send),), marks=(Mark("wa:{wa1}:mark", "v", 5_000),),
            parks=(Park("p1", 1_795_500_000_000, SOURCE, self.send),),
            states=(State("wa:{wa1}:chat:c", {"a": "1"}, 5_000),), dead="why",
        )  # fmt: skip

    async def done(self, outcome: Done, owner: Owner | None = None) -> None:
        await self.committer.done(owner or self.owner, self.entry, self.send.id, outcome, Progress())


@pytest.fixture
async def bench(streams: Streams) -> Bench:
    send = a_send()
    await streams.put(send)
    await streams.client.xgroup_create(SOURCE, GROUP, id="0")
    (id_,) = [e[0] for e in await streams.client.xrange(SOURCE)]
    await streams.client.execute_command("XREADGROUP", "GROUP", GROUP, "r1", "STREAMS", SOURCE, ">")
    lease = await acquire(streams.scripts, I, "sender", "r1", 60_000)
    assert lease
    await streams.client.hset(keys.progress(I), send.id, dump(Progress(uncounted=3)))
    data = (await streams.client.xrange(SOURCE))[0][1][b"e"]
    return Bench(streams, Owner(I, GROUP, "r1", lease.fence, "sender"), Entry(SOURCE, id_.decode(), data), send)


async def test_a_commit_consumes_the_entry_and_writes_all_that_follows(bench: Bench) -> None:
    client = bench.streams.client
    await bench.done(bench.everything)
    assert await client.xlen(SOURCE) == 0
    assert await bench.streams.pending(SOURCE) == 0
    assert await client.hlen(keys.progress(I)) == 0
    assert await bench.streams.accepted() == [bench.send.id]
    assert decode((await client.xrange("wa:{wa1}:next"))[0][1][b"e"]) == bench.send
    assert await client.get("wa:{wa1}:mark") == b"v"
    assert 0 < await client.pttl("wa:{wa1}:mark") <= 5_000
    assert await client.hgetall("wa:{wa1}:chat:c") == {b"a": b"1"}
    assert await client.zrange(keys.due(I), 0, -1, withscores=True) == [(b"p1", 1_795_500_000_000.0)]
    stream, _, parked = (await client.hget(keys.parked(I), "p1")).partition(b"\n")
    assert (stream, decode(parked)) == (SOURCE.encode(), bench.send)
    (dead,) = await bench.streams.dead()
    assert (dead["reason"], dead["e"]) == (b"why", bench.entry.data)


async def test_a_second_commit_of_the_same_entry_writes_nothing(bench: Bench) -> None:
    await bench.done(bench.everything)
    before = await whole(bench.streams.client)
    with pytest.raises(NotOurs, match="gone"):
        await bench.done(bench.everything)
    assert {k: v for k, v in (await whole(bench.streams.client)).items() if b"wake" not in k} == {
        k: v for k, v in before.items() if b"wake" not in k
    }


async def _fenced(bench: Bench) -> None:
    await bench.streams.client.delete(keys.lease(I, "sender"))
    assert await acquire(bench.streams.scripts, I, "sender", "r2", 60_000)


async def _other(bench: Bench) -> None:
    await bench.streams.client.xclaim(SOURCE, GROUP, "r2", 0, [bench.entry.id])


async def _gone(bench: Bench) -> None:
    await bench.streams.client.xdel(SOURCE, bench.entry.id)
    await bench.streams.client.xack(SOURCE, GROUP, bench.entry.id)


async def _full(bench: Bench) -> None:
    for _ in range(3):
        await bench.streams.client.xadd("wa:{wa1}:next", {"e": b""})


@pytest.mark.parametrize("what", [_fenced, _other, _gone, _full], ids=lambda what: what.__name__[1:])
async def test_a_commit_that_may_not_writes_nothing(bench: Bench, what: Any) -> None:
    await what(bench)
    before = await whole(bench.streams.client)
    with pytest.raises((NotOurs, QueueFull)) as error:
        await bench.done(bench.everything)
    after = await whole(bench.streams.client)
    for hint in (keys.WAKE_DUE.encode(), keys.wake("sender").encode()):
        before.pop(hint, None)
        after.pop(hint, None)
    assert after == before
    assert what is _full or str(error.value) == what.__name__[1:]


@pytest.mark.parametrize("bound", [0, 3])
@pytest.mark.parametrize(
    "wrong",
    [keys.events(I), keys.progress(I), keys.dead_letters(I), keys.due(I), keys.parked(I), "wa:{wa1}:next",
     SOURCE, keys.fence(I, "sender")],
)  # fmt: skip
async def test_a_key_of_the_wrong_type_stops_a_commit_before_its_first_write(
    bench: Bench, wrong: str, bound: int
) -> None:
    client = bench.streams.client
    bench.committer = Committer(bench.streams.scripts, log_maxlen=0, bound=bound)
    await client.delete(wrong)
    await client.geoadd(wrong, (1, 1, "x")) if wrong != keys.due(I) else await client.set(wrong, "x")
    before = await whole(client)
    with pytest.raises(ResponseError, match="WRONGTYPE"):
        await bench.done(bench.everything)
    assert {k: v for k, v in (await whole(client)).items() if b"wake" not in k} == {
        k: v for k, v in before.items() if b"wake" not in k
    }


async def test_a_commit_after_the_group_was_destroyed_still_ends_the_entry(bench: Bench) -> None:
    await bench.streams.client.xgroup_destroy(SOURCE, GROUP)
    await bench.done(bench.everything)
    assert await bench.streams.client.xlen(SOURCE) == 0
    assert await bench.streams.accepted() == [bench.send.id]


async def test_a_hold_keeps_the_entry_and_is_written_once_however_often_it_is_asked(bench: Bench) -> None:
    fact = following(SendAccepted, bench.send, "a", 1, send_id=bench.send.id, attempt=1)
    hold = Hold(Progress(uncounted=9), 1, facts=(fact,))
    for _ in range(3):
        await bench.committer.hold(bench.owner, bench.entry, bench.send.id, hold)
    assert await bench.streams.client.hget(keys.progress(I), bench.send.id) == dump(hold.progress)
    assert await bench.streams.accepted() == [bench.send.id]
    assert await bench.streams.pending(SOURCE) == 1


async def test_followers_are_consumed_with_their_head_or_not_at_all(bench: Bench) -> None:
    client = bench.streams.client
    await bench.streams.put(a_send("2"))
    await client.execute_command("XREADGROUP", "GROUP", GROUP, "r1", "STREAMS", SOURCE, ">")
    second = (await client.xrange(SOURCE))[1]
    also = [(Entry(SOURCE, second[0].decode(), second[1][b"e"]), "x")]
    await client.xclaim(SOURCE, GROUP, "r2", 0, [second[0]])
    with pytest.raises(NotOurs, match="other"):
        await bench.committer.done(bench.owner, bench.entry, bench.send.id, Done(), Progress(), also)
    assert await client.xlen(SOURCE) == 2
    await client.xclaim(SOURCE, GROUP, "r1", 0, [second[0]])
    await bench.committer.done(bench.owner, bench.entry, bench.send.id, Done(), Progress(), also)
    assert await client.xlen(SOURCE) == await bench.streams.pending(SOURCE) == 0


# ── lease ──────────────────────────────────────────────────────────────────────────────────────────────────────────
async def test_a_lane_has_one_holder(streams: Streams) -> None:
    leases = await asyncio.gather(*(acquire(streams.scripts, I, "sender", f"r{n}", 60_000) for n in range(10)))
    (held,) = [lease for lease in leases if lease]
    assert await streams.lease() == f"{held.fence}:{held.replica}"
    assert await acquire(streams.scripts, I, "responder", "r1", 60_000)  # another lane is another matter


async def test_a_released_lane_is_free_at_once_and_for_a_higher_number(streams: Streams) -> None:
    first = await acquire(streams.scripts, I, "sender", "r1", 60_000)
    assert first
    await first.release(streams.scripts)
    second = await acquire(streams.scripts, I, "sender", "r2", 60_000)
    assert second
    assert second.fence > first.fence
    await first.release(streams.scripts)
    assert await streams.lease() == f"{second.fence}:r2"


async def test_a_lease_that_ran_out_and_that_nobody_took_is_kept_by_renewing(streams: Streams) -> None:
    lease = await acquire(streams.scripts, I, "sender", "r1", 60_000)
    assert lease
    await streams.client.delete(keys.lease(I, "sender"))
    assert await lease.renew(streams.scripts, GROUP, []) is Renewal.KEPT
    assert await streams.lease() == f"{lease.fence}:r1"
    assert await acquire(streams.scripts, I, "sender", "r2", 60_000) is None


async def test_a_lease_that_another_took_is_lost(streams: Streams) -> None:
    lease = await acquire(streams.scripts, I, "sender", "r1", 60_000)
    assert lease
    await streams.client.delete(keys.lease(I, "sender"))
    second = await acquire(streams.scripts, I, "sender", "r2", 60_000)
    assert second
    assert await lease.renew(streams.scripts, GROUP, []) is Renewal.LOST
    assert await streams.lease() == f"{second.fence}:r2"


async def test_renewing_keeps_what_is_worked_on_from_looking_idle(bench: Bench) -> None:
    lease = Lease(I, "sender", "r1", bench.owner.fence, 60_000)
    await bench.streams.client.xclaim(SOURCE, GROUP, "r1", 0, [bench.entry.id], idle=50_000, justid=True)
    assert await lease.renew(bench.streams.scripts, GROUP, [bench.entry])
    (pending,) = await bench.streams.client.xpending_range(SOURCE, GROUP, "-", "+", 10)
    assert pending["time_since_delivered"] < 5_000
    await bench.streams.client.xclaim(SOURCE, GROUP, "r2", 0, [bench.entry.id])
    assert await lease.renew(bench.streams.scripts, GROUP, [bench.entry])
    (pending,) = await bench.streams.client.xpending_range(SOURCE, GROUP, "-", "+", 10)
    assert pending["consumer"] == b"r2"  # it takes nothing away from another


async def test_what_became_of_an_entry_is_written_though_it_was_trimmed_meanwhile(bench: Bench) -> None:
    await bench.streams.client.xtrim(SOURCE, maxlen=0, approximate=False)
    await bench.done(bench.everything)
    assert await bench.streams.accepted() == [bench.send.id]
    assert await bench.streams.pending(SOURCE) == 0
    assert await bench.streams.client.hlen(keys.progress(I)) == 0
    with pytest.raises(NotOurs, match="gone"):
        await bench.done(bench.everything)
