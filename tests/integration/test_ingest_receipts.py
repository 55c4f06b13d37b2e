"""Do receipts of our own messages reach the sender, without ever making the gateway wait?"""

from typing import Any

import pytest
import redis.asyncio as aioredis

from shared.events import ReceiptRecorded, decode
from shared.streams import keys
from tests.support.ingest import INSTANCE, PHONE, Ingest, a_message, facts, ingest


def a_receipt(status: str, message_id: str = "3EB01", *, own: bool = True) -> dict[str, Any]:
    told = {"keyId": message_id, "remoteJid": f"{PHONE}@s.whatsapp.net", "fromMe": own, "status": status}
    return {"event": "messages.update", "instance": INSTANCE, "data": told}


async def joined(client: aioredis.Redis) -> list[str]:
    """What waits to be joined."""
    found: Any = await client.xrange(keys.receipts(INSTANCE))
    return [decode(fields[b"e"]).status for _, fields in found]  # type: ignore[union-attr]


@pytest.mark.every_server
async def test_what_tells_of_our_own_messages_is_work_once(redis_url: str, client: aioredis.Redis) -> None:
    async with ingest(redis_url) as service:
        for status in ("PENDING", "SERVER_ACK", "DELIVERY_ACK", "READ", "PLAYED", "ERROR", "DELETED") * 2:
            await service.deliver(a_receipt(status))
        await service.deliver(a_receipt("READ", "3A-the-patients", own=False))
    assert await joined(client) == ["delivery_ack", "read", "played", "error"]
    assert len(await facts(client)) == 8
    assert [fields[b"i"] for _, fields in await client.xrange(keys.wake("receipts"))] == [INSTANCE.encode()] * 8


async def test_the_mark_by_which_the_sender_finds_it_again_is_the_one_that_is_written(
    redis_url: str, client: aioredis.Redis
) -> None:
    async with ingest(redis_url) as service:
        await service.deliver(a_receipt("DELIVERY_ACK"))
    assert await client.exists(keys.receipt_seen(INSTANCE, "3EB01", "delivery_ack"))


async def test_a_full_receipts_stream_loses_no_fact_and_refuses_nothing(redis_url: str, client: aioredis.Redis) -> None:
    async with ingest(redis_url, WA_STREAM_MAXLEN="2") as service:
        before = await _spared(service)
        for n in range(5):
            assert (await service.post(a_receipt("READ", f"3EB0{n}"))) == (
                200, {"accepted": 1, "duplicates": 0, "ignored": 0}
            )  # fmt: skip
        assert await _spared(service) == before + 3
        assert await service.deliver(a_receipt("READ", "3EB04")) == {"accepted": 0, "duplicates": 1, "ignored": 0}
        for n in range(2):  # a patient's message has a bound of its own
            assert (await service.post(a_message(f"3A{n}")))[0] == 200
        assert (await service.post(a_message("3A2")))[0] == 503
    assert len([fact for fact in await facts(client) if isinstance(fact, ReceiptRecorded)]) == 5
    assert len(await joined(client)) == 2


async def _spared(service: Ingest) -> float:
    return await service.counted("frontdesk_receipts_spared_total")
