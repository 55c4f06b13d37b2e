"""Does a full outbound stream make room for a reply by ending what has expired, and lose nothing that is alive?"""

from typing import Any

import pytest

from shared.clock import SYSTEM
from shared.errors import QueueFull
from shared.events import SendExpired, SendRequested, decode
from shared.streams import keys
from shared.streams.commit import Committer
from shared.streams.delivery import Done, Entry, Owner, Work
from shared.streams.lease import acquire
from shared.streams.progress import Progress, Try, dump
from tests.support.gateway import Gateway
from tests.support.one_sender import sender
from tests.support.replica import Recorder, Replica, Streams, a_send, running
from tests.support.waiting import holds, until

pytestmark = pytest.mark.every_server
I = "wa1"  # noqa: E741 - as in the keys
STREAM, INBOUND, BOUND = keys.outbound(I), keys.inbound(I), 4
TRIED = Try(number=1, at=1, by="r1", outcome="transient")


class Responder:
    """Answers inbound entries with replies, as the responder's commit does."""

    def __init__(self, streams: Streams, owner: Owner) -> None:
        self.streams, self.owner = streams, owner
        self.committer = Committer(streams.scripts, log_maxlen=0, bound=BOUND)

    async def reply(self, text: str = "reply") -> SendRequested:
        id_ = await self.streams.client.xadd(INBOUND, {"e": b"x"})
        send = a_send(text)
        entry = Entry(INBOUND, id_.decode(), b"x")
        await self.committer.done(self.owner, entry, send.id, Done((send,), (Work(STREAM, send),)), Progress())
        return send


@pytest.fixture
async def responder(streams: Streams) -> Responder:
    lease = await acquire(streams.scripts, I, "responder", "r1", 600_000)
    assert lease
    return Responder(streams, Owner(I, keys.INBOUND_GROUP, "r1", lease.fence, "responder"))


def dated(text: str, in_ms: int | None, **about: Any) -> SendRequested:
    return a_send(text, f"55119000{abs(hash(text)) % 10**5:05}", expires_at=in_ms and SYSTEM.now_ms() + in_ms, **about)


async def waiting(streams: Streams) -> list[str]:
    entries: Any = await streams.client.xrange(STREAM)
    return [decode(fields[b"e"]).content.text for _, fields in entries]  # type: ignore[union-attr]


async def test_a_reply_to_a_full_stream_ends_what_expired_in_it(streams: Streams, responder: Responder) -> None:
    old = dated("old", -1)
    await streams.put(dated("alive", 60_000), old, dated("undated", None), dated("later", 60_000))
    await responder.reply()
    assert await waiting(streams) == ["alive", "undated", "later", "reply"]
    (fact,) = await streams.facts(SendExpired)
    assert isinstance(fact, SendExpired)
    assert (fact.send_id, fact.expired_at) == (old.id, old.expires_at)
    assert await streams.client.xlen(INBOUND) == 0


async def test_what_is_alive_is_never_ended_and_the_reply_waits(streams: Streams, responder: Responder) -> None:
    await streams.put(*(dated(f"{n}", 60_000) for n in range(BOUND)))
    with pytest.raises(QueueFull):
        await responder.reply()
    assert await waiting(streams) == ["0", "1", "2", "3"]
    assert await streams.client.xlen(INBOUND) == 1
    assert not await streams.facts(SendExpired)


async def test_a_stream_that_is_not_full_is_left_alone(streams: Streams, responder: Responder) -> None:
    await streams.put(dated("old", -1), dated("alive", 60_000))
    await responder.reply()
    assert await waiting(streams) == ["old", "alive", "reply"]


@pytest.mark.parametrize("outcome", ["", "unknown"])
async def test_an_expired_send_that_may_have_been_sent_stays(
    streams: Streams, responder: Responder, outcome: str
) -> None:
    tried, held = dated("tried", -1), dated("held", -1)
    await streams.put(tried, held, dated("a", None), dated("b", None))
    await streams.client.hset(
        keys.progress(I), mapping={
            tried.id: dump(Progress(tries=(Try(number=1, at=1, by="r1", outcome=outcome),))),
            held.id: dump(Progress(tries=(TRIED,), retry_at=1)),
        },
    )  # fmt: skip
    await responder.reply()
    assert await waiting(streams) == ["tried", "a", "b", "reply"]
    assert await streams.client.hkeys(keys.progress(I)) == [tried.id.encode()]


async def test_a_send_whose_try_begins_while_it_is_looked_at_stays(streams: Streams, responder: Responder) -> None:
    """The script sees other tries than its caller did."""
    old = dated("old", -1)
    await streams.put(old, *(dated(f"{n}", None) for n in range(3)))
    original = streams.scripts.run

    async def tried_meanwhile(name: str, *args: Any, **about: Any) -> Any:
        if name == "shed":
            await streams.client.hset(keys.progress(I), old.id, dump(Progress(tries=(TRIED,))))
        return await original(name, *args, **about)

    streams.scripts.run = tried_meanwhile  # type: ignore[method-assign]
    with pytest.raises(QueueFull):
        await responder.reply()
    assert await waiting(streams) == ["old", "0", "1", "2"]
    assert not await streams.facts(SendExpired)


async def test_poison_in_a_full_stream_does_not_keep_room_from_being_made(
    streams: Streams, responder: Responder
) -> None:
    await streams.client.xadd(STREAM, {"e": b"\xff"})
    await streams.client.xadd(STREAM, {"x": b""})
    await streams.put(dated("old", -1), dated("alive", None))
    await responder.reply()
    assert (await streams.client.xlen(STREAM), len(await streams.facts(SendExpired))) == (BOUND, 1)


async def test_a_sender_that_has_them_in_hand_drops_them(streams: Streams, redis_url: str, gateway: Gateway) -> None:
    """They were read and wait for the pace; ended meanwhile, they are not sent, and what is behind them is."""
    await streams.client.hset(keys.limits(I), mapping={"tokens_per_second": "0.5", "bucket_capacity": "1"})
    async with sender(redis_url, gateway, SEND_UNCONFIRMED_AFTER_S="0"):
        await streams.put(*(a_send(f"old{n}", expires_at=SYSTEM.now_ms() + 700) for n in range(BOUND)))
        await until(lambda: gateway.calls)  # one goes; the others expire where they are
        lease = await acquire(streams.scripts, I, "responder", "r1", 600_000)
        assert lease
        responder = Responder(streams, Owner(I, keys.INBOUND_GROUP, "r1", lease.fence, "responder"))
        await streams.put(a_send("alive"))
        await until(lambda: _made_room(responder))
        await streams.client.delete(keys.limits(I))
        await until(streams.idle)
    assert [call.text for call in gateway.calls] == ["old0", "alive", "reply"]
    assert len(await streams.facts(SendExpired)) == BOUND - 1


async def _made_room(responder: Responder) -> bool:
    try:
        await responder.reply()
    except QueueFull:
        return False
    return True


async def test_replies_come_in_as_room_is_made_and_none_is_lost(streams: Streams, redis_url: str) -> None:
    """Through the consumer: the reply waits for a live backlog, and an expired one does not hold it."""
    handler = Recorder()
    reply = a_send("reply")
    await streams.put(*(dated(f"{n}", 60_000) for n in range(BOUND)))

    async def answering(delivery: Any) -> Done:
        return handler.done(delivery, (Work(STREAM, reply),))

    handler.always = answering
    replica = Replica(
        redis_url, handler, service="responder", group=keys.INBOUND_GROUP, streams_of=lambda i: (keys.inbound(i),),
        stream_maxlen=BOUND,
    )  # fmt: skip
    async with running(replica):
        await streams.put(a_send("question"), stream=INBOUND)
        await until(lambda: handler.begun)
        await holds(lambda: _nothing_trimmed(streams), seconds=0.3)
        first: Any = await streams.client.xrange(STREAM, count=1)
        await streams.client.xdel(STREAM, first[0][0])
        await until(lambda: _has(streams, "reply"))
    assert await waiting(streams) == ["1", "2", "3", "reply"]


async def _nothing_trimmed(streams: Streams) -> bool:
    return await waiting(streams) == ["0", "1", "2", "3"]


async def _has(streams: Streams, text: str) -> bool:
    return text in await waiting(streams)
