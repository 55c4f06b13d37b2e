"""Is it known of every accepted send whether it arrived, once, in whatever order receipts come?"""

import itertools
from typing import Any

import pytest

from shared import ids
from shared.clock import SYSTEM
from shared.events import (
    Event,
    ReceiptRecorded,
    SendAccepted,
    SendDelivered,
    SendFailed,
    SendRead,
    SendRequested,
    SendUnconfirmed,
)
from shared.streams import keys
from shared.streams.log import Log
from tests.support.gateway import Answer, Gateway
from tests.support.one_sender import sender
from tests.support.replica import Streams, a_send
from tests.support.waiting import holds, until

FIRST = f"3EB0{1:018X}"
"""The id that the gateway gives its first message."""


async def tell(
    streams: Streams, status: Any, message_id: str = FIRST, *, at: int = 0, chat: str = "", work: bool = True
) -> None:
    """Record a receipt as ingest does."""
    now = at or SYSTEM.now_ms()
    receipt = ReceiptRecorded(
        id=ids.new(), instance=streams.instance, chat=chat or "5511988887777", occurred_at=now, recorded_at=now,
        message_id=message_id, status=status,
    )  # fmt: skip
    log = Log(streams.scripts, log_maxlen=0, bound=0, seen_life_s=60)
    stream = keys.receipts(streams.instance) if work else ""
    await log.append(receipt, dedupe=f"receipt:{message_id}:{status}", work=stream, spare=True)


async def accepted(streams: Streams) -> SendRequested:
    """One send that the gateway took."""
    send = a_send()
    await streams.put(send)
    await until(streams.accepted)
    return send


async def count(streams: Streams, *kinds: type[Event]) -> list[int]:
    return [len(await streams.facts(kind)) for kind in kinds]


async def settled(streams: Streams) -> bool:
    """No receipt waits, neither in its stream nor for its time."""
    i = streams.instance
    return not (await streams.client.xlen(keys.receipts(i)) or await streams.client.zcard(keys.due(i)))


@pytest.mark.every_server
@pytest.mark.parametrize("order", [*itertools.permutations(("delivery_ack", "read", "played"))])
async def test_delivered_and_read_are_told_once_in_any_order(
    streams: Streams, redis_url: str, gateway: Gateway, order: tuple[str, ...]
) -> None:
    async with sender(redis_url, gateway):
        send = await accepted(streams)
        for n, status in enumerate(order):  # and whatever the gateway calls the chat
            await tell(streams, status, chat="123456789012345@lid" if n % 2 else "")
        await until(lambda: settled(streams))
    (delivered,), (read,) = await streams.facts(SendDelivered), await streams.facts(SendRead)
    for fact in (delivered, read):
        assert isinstance(fact, SendDelivered | SendRead)
        assert (fact.send_id, fact.message_id, fact.chat) == (send.id, FIRST, send.chat)
        assert fact.correlation_id == send.id


async def test_read_alone_says_that_it_was_delivered(streams: Streams, redis_url: str, gateway: Gateway) -> None:
    async with sender(redis_url, gateway):
        await accepted(streams)
        await tell(streams, "read")
        await until(lambda: settled(streams))
    assert await count(streams, SendDelivered, SendRead) == [1, 1]


async def test_a_receipt_before_the_answer_to_the_call_waits_for_its_commit(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    gateway.script(Answer(delivers=True).after(1.2))
    async with sender(redis_url, gateway):
        await streams.put(a_send())
        await until(lambda: gateway.calls)
        await tell(streams, "delivery_ack")
        await tell(streams, "read")
        await until(lambda: streams.facts(SendRead))
        await until(lambda: settled(streams))
    kinds = [type(fact) for fact in await streams.facts() if isinstance(fact, SendAccepted | SendDelivered | SendRead)]
    assert sorted(kind.__name__ for kind in kinds) == ["SendAccepted", "SendDelivered", "SendRead"]
    assert kinds[0] is SendAccepted


async def test_an_error_after_the_acceptance_is_a_final_failure(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    async with sender(redis_url, gateway):
        send = await accepted(streams)
        await tell(streams, "error")
        await until(lambda: streams.facts(SendFailed))
        await tell(streams, "read")  # the phone asked again and got it: that is the truth then
        await until(lambda: streams.facts(SendRead))
        await until(lambda: settled(streams))
    (failed,) = await streams.facts(SendFailed)
    assert isinstance(failed, SendFailed)
    assert (failed.send_id, failed.attempt, failed.category, failed.final) == (send.id, 1, "after_accept", True)
    assert len(gateway.calls) == 1


async def test_an_error_that_comes_late_takes_no_delivery_back(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    async with sender(redis_url, gateway):
        await accepted(streams)
        await tell(streams, "delivery_ack")
        await until(lambda: streams.facts(SendDelivered))
        await tell(streams, "error")
        await until(lambda: settled(streams))
    assert await count(streams, SendDelivered, SendFailed) == [1, 0]


async def test_a_receipt_of_what_staff_wrote_is_waited_on_and_then_let_go(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    async with sender(redis_url, gateway):
        await tell(streams, "delivery_ack", "3AFRESH")
        await until(lambda: streams.client.zcard(keys.due(streams.instance)))
        await tell(streams, "delivery_ack", "3AOLD", at=SYSTEM.now_ms() - 121_000)
        await until(lambda: streams.client.xinfo_groups(keys.receipts(streams.instance)))
        await until(lambda: _length(streams, 0))
        assert await streams.client.zcard(keys.due(streams.instance)) <= 1
    assert await count(streams, SendDelivered) == [0]
    assert await streams.dead() == []


async def _length(streams: Streams, wanted: int) -> bool:
    return bool(await streams.client.xlen(keys.receipts(streams.instance)) == wanted)


async def test_silence_is_a_fact_once_and_nothing_is_sent_again(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    async with sender(redis_url, gateway, SEND_UNCONFIRMED_AFTER_S="1"):
        send = await accepted(streams)
        await until(lambda: streams.facts(SendUnconfirmed))
        await tell(streams, "delivery_ack")  # late, and true all the same
        await until(lambda: streams.facts(SendDelivered))
        await until(lambda: settled(streams))
    (fact,) = await streams.facts(SendUnconfirmed)
    assert isinstance(fact, SendUnconfirmed)
    assert (fact.send_id, fact.message_id, fact.chat, fact.after_s) == (send.id, FIRST, send.chat, 1)
    assert len(gateway.calls) == 1


async def test_a_delivered_send_leaves_nothing_behind_that_would_ask_again(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    async with sender(redis_url, gateway, SEND_UNCONFIRMED_AFTER_S="3600"):
        await accepted(streams)
        assert await streams.client.zcard(keys.due(streams.instance)) == 1
        await tell(streams, "delivery_ack")
        await until(lambda: settled(streams))
        assert await streams.client.hlen(keys.parked(streams.instance)) == 0


async def test_a_receipt_that_was_recorded_and_not_joined_is_found_by_the_check(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    """Its stream was full, or every sender was away for longer than a receipt is waited on."""
    async with sender(redis_url, gateway, SEND_UNCONFIRMED_AFTER_S="1"):
        await accepted(streams)
        await tell(streams, "read", work=False)
        await until(lambda: streams.facts(SendRead))
        await until(lambda: settled(streams))
    assert await count(streams, SendDelivered, SendRead, SendUnconfirmed) == [1, 1, 0]


async def test_nothing_is_checked_when_that_is_switched_off(streams: Streams, redis_url: str, gateway: Gateway) -> None:
    async with sender(redis_url, gateway, SEND_UNCONFIRMED_AFTER_S="0"):
        await accepted(streams)
        assert await settled(streams)


async def test_a_backlog_and_a_held_chat_hold_no_receipt(streams: Streams, redis_url: str, gateway: Gateway) -> None:
    async with sender(redis_url, gateway, WA_TOKENS_PER_SECOND="0.01", WA_BUCKET_CAPACITY="1"):
        await accepted(streams)
        await streams.put(a_send("behind"), *(a_send(f"{n}", f"55119888800{n:02}") for n in range(40)))
        await tell(streams, "delivery_ack")
        await until(lambda: streams.facts(SendDelivered), seconds=3)
        assert len(gateway.calls) == 1


async def test_receipts_survive_a_sender_that_goes_away(streams: Streams, redis_url: str, gateway: Gateway) -> None:
    async with sender(redis_url, gateway):
        await accepted(streams)
    await tell(streams, "delivery_ack")
    await tell(streams, "read")
    assert await count(streams, SendDelivered) == [0]
    async with sender(redis_url, gateway):
        await until(lambda: streams.facts(SendRead))
        await holds(lambda: _once(streams), seconds=0.3)


async def _once(streams: Streams) -> bool:
    return await count(streams, SendDelivered, SendRead) == [1, 1]
