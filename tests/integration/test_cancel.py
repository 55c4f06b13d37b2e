"""Is what was taken back never sent, and is nothing taken back that may have been sent?"""

import asyncio
from typing import Any

import pytest

from admin.messages.cancelling import Cancelled, Canceller
from shared import ids
from shared.clock import SYSTEM
from shared.events import SendAttempted, SendCancelled, SendExpired, SendFailed, SendRequested, encode
from shared.service import new_platform
from shared.settings import ServiceSettings, StreamSettings
from shared.streams import keys
from shared.streams.progress import Progress, Try, dump
from tests.support.gateway import RESET, Answer, Gateway, captured
from tests.support.one_sender import sender
from tests.support.replica import Streams, a_send
from tests.support.waiting import until

pytestmark = pytest.mark.every_server
I = "wa1"  # noqa: E741 - as in the keys


@pytest.fixture
async def canceller(redis_url: str) -> Any:
    platform = new_platform("admin", ServiceSettings(redis_url=redis_url), StreamSettings(log_maxlen=0))
    yield Canceller(platform)
    await platform.redis.aclose()


async def park(streams: Streams, send: SendRequested, in_ms: int = 3_600_000) -> None:
    await streams.client.zadd(keys.due(I), {send.id: SYSTEM.now_ms() + in_ms})
    await streams.client.hset(keys.parked(I), send.id, keys.outbound(I).encode() + b"\n" + encode(send))
    await streams.client.xadd(keys.events(I), {"e": encode(send)})


async def test_a_parked_send_is_taken_back_with_a_fact(streams: Streams, canceller: Canceller) -> None:
    send, other = a_send(), a_send()
    await park(streams, send)
    await park(streams, other)
    await streams.client.hset(keys.progress(I), send.id, dump(Progress(uncounted=1)))
    assert await canceller.cancel(I, send.id, "token", "moved") is Cancelled.DONE
    (fact,) = await streams.facts(SendCancelled)
    assert isinstance(fact, SendCancelled)
    assert (fact.send_id, fact.by, fact.reason, fact.chat) == (send.id, "token", "moved", send.chat)
    assert await streams.client.zrange(keys.due(I), 0, -1) == [other.id.encode()]
    assert await streams.client.hkeys(keys.parked(I)) == [other.id.encode()]
    assert not await streams.client.exists(keys.progress(I))
    assert await canceller.cancel(I, send.id, "token") is Cancelled.DONE  # again: as it was
    assert len(await streams.facts(SendCancelled)) == 1


async def test_one_in_its_stream_is_taken_back_and_the_rest_goes_in_order(
    streams: Streams, redis_url: str, gateway: Gateway, canceller: Canceller
) -> None:
    sends = [a_send(f"{n}") for n in range(5)]
    gateway.script(Answer(delay_s=0.5, delivers=True))
    async with sender(redis_url, gateway, SEND_UNCONFIRMED_AFTER_S="0"):
        await streams.put(*sends)
        await until(lambda: gateway.busy)
        assert await canceller.cancel(I, sends[0].id, "token") is Cancelled.UNDER_WAY
        assert await canceller.cancel(I, sends[1].id, "token") is Cancelled.DONE  # the head of what waits
        assert await canceller.cancel(I, sends[3].id, "token") is Cancelled.DONE
        await until(streams.idle)
        assert await canceller.cancel(I, sends[0].id, "token") is Cancelled.OVER
    assert [call.text for call in gateway.calls] == ["0", "2", "4"]
    assert await canceller.cancel(I, ids.new(), "token") is Cancelled.UNKNOWN


async def test_one_that_waits_for_another_try_is_taken_back(
    streams: Streams, redis_url: str, gateway: Gateway, canceller: Canceller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sender.judging.full_jitter", lambda *_args, **_about: 1.0)
    gateway.script(captured("baileys-sim/sendText_timed_out_during_send_400"))
    first, second = a_send("first"), a_send("second")
    async with sender(redis_url, gateway, SEND_UNCONFIRMED_AFTER_S="0"):
        await streams.put(first, second)
        await until(lambda: _is_held(streams, first))
        assert await canceller.cancel(I, first.id, "token") is Cancelled.DONE
        await until(streams.idle)
    assert [call.text for call in gateway.calls] == ["first", "second"]


async def _is_held(streams: Streams, send: SendRequested) -> bool:
    from shared.streams.progress import parse

    return bool(parse(await streams.client.hget(keys.progress(I), send.id)).retry_at)


async def test_one_whose_outcome_is_unknown_is_not(
    streams: Streams, redis_url: str, gateway: Gateway, canceller: Canceller
) -> None:
    gateway.script(RESET)
    send = a_send()
    async with sender(redis_url, gateway, SEND_PROOF_WAIT_S="30"):
        await streams.put(send)
        await until(lambda: _is_held(streams, send))
        assert await canceller.cancel(I, send.id, "token") is Cancelled.UNDER_WAY
    assert not await streams.facts(SendCancelled)


@pytest.mark.parametrize("outcome", ["", "unknown"])
async def test_a_parked_one_that_may_have_been_sent_is_not(
    streams: Streams, canceller: Canceller, outcome: str
) -> None:
    send = a_send()
    await park(streams, send)
    tried = Progress(tries=(Try(number=1, at=1, by="r1", outcome=outcome),))
    await streams.client.hset(keys.progress(I), send.id, dump(tried))
    assert await canceller.cancel(I, send.id, "token") is Cancelled.UNDER_WAY
    assert await streams.client.zcard(keys.due(I)) == 1


async def test_what_is_parked_and_no_send_cannot_be_taken_back(streams: Streams, canceller: Canceller) -> None:
    receipt_id = ids.new()
    await streams.client.zadd(keys.due(I), {receipt_id: 1})
    await streams.client.hset(keys.parked(I), receipt_id, keys.receipts(I).encode() + b"\nno send")
    assert await canceller.cancel(I, receipt_id, "token") is Cancelled.UNKNOWN
    assert await streams.client.zcard(keys.due(I)) == 1


async def test_taking_back_while_everything_moves_never_takes_back_what_was_called(
    streams: Streams, redis_url: str, gateway: Gateway, canceller: Canceller
) -> None:
    """Promoted, attempted and taken back at the same time: each is called or cancelled, and never both."""
    sends = [a_send(f"{n}", f"55119000000{n % 7:02}") for n in range(120)]
    answers: dict[str, Cancelled] = {}

    async def take_back(send: SendRequested, after_s: float) -> None:
        await asyncio.sleep(after_s)
        answers[send.id] = await canceller.cancel(I, send.id, "token")

    async with sender(redis_url, gateway, WA_TOKENS_PER_SECOND="150", SEND_UNCONFIRMED_AFTER_S="0"):
        for n, send in enumerate(sends):
            await (park(streams, send, in_ms=n * 5) if n % 3 == 0 else streams.put(send))
        await streams.client.sadd(keys.INSTANCES, I)
        await streams.client.zadd(keys.WAKE_DUE, {I: 1})
        await asyncio.gather(*(take_back(send, n * 0.007) for n, send in enumerate(sends)))
        await until(lambda: _all_over(streams))
    called = {call.text for call in gateway.calls}
    taken_back = {f"{n}" for n, send in enumerate(sends) if answers[send.id] is Cancelled.DONE}
    assert Cancelled.UNKNOWN not in answers.values()
    assert not called & taken_back
    assert called | taken_back == {f"{n}" for n in range(120)}
    facts = {fact.send_id for fact in await streams.facts(SendCancelled) if isinstance(fact, SendCancelled)}
    attempted = {fact.send_id for fact in await streams.facts(SendAttempted) if isinstance(fact, SendAttempted)}
    assert facts == {send.id for send in sends if answers[send.id] is Cancelled.DONE}
    failed = [fact for fact in await streams.facts(SendFailed) if isinstance(fact, SendFailed)]
    uncalled = {fact.send_id for fact in failed if fact.category == "not_called"}  # a machine that stood still
    assert facts & attempted <= uncalled
    assert 0 < len(facts) < 120
    assert not await streams.facts(SendExpired)


async def _all_over(streams: Streams) -> bool:
    return await streams.idle() and not await streams.client.zcard(keys.due(I))
