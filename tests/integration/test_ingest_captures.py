"""Every webhook that was recorded at a real gateway, posted to ingest, is in the log once and nothing else is."""

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest
import redis.asyncio as aioredis

from ingest.webhook import Record
from shared.clock import ManualClock
from shared.events import MessageEdited, MessageRevoked
from shared.streams import keys
from tests.contract.test_webhook_captures import EXPECTED, capture, posted
from tests.support.ingest import TOKEN, Ingest, a_message, everything, facts, ingest, ingest_process, work
from tests.support.waiting import until

RECORDED = [record for record in EXPECTED.values() if isinstance(record, Record)]


def paths(recorded: dict[str, Any]) -> tuple[str, str]:
    instance, event = recorded["body"]["instance"], recorded["body"]["event"]
    return instance, f"{instance}/{event.replace('.', '-')}"


def for_the_responder(record: Record) -> bool:
    """A patient's message, or what became of one: it may still wait for its answer."""
    amends = isinstance(record.event, MessageEdited | MessageRevoked) and record.event.author == "patient"
    return record.work or amends


def undated(event: Any) -> Any:
    assert event.traceparent
    return msgspec.structs.replace(event, id="", recorded_at=0, traceparent=None)


@pytest.mark.parametrize("by_event_first", [False, True], ids=["plain-url", "url-by-event"])
@pytest.mark.parametrize("name", EXPECTED)
async def test_a_recorded_webhook_is_stored_once(
    name: str, by_event_first: bool, redis_url: str, client: aioredis.Redis
) -> None:
    recorded, expected = capture(name), EXPECTED[name]
    instance, body, clock = recorded["body"]["instance"], posted(recorded), ManualClock(int(recorded["t"] * 1000))
    of_instance = f"wa:{{{instance}}}:*"
    first, again = sorted(paths(recorded), key=len, reverse=by_event_first)
    async with ingest(redis_url, clock=clock) as service:
        taken = await service.post(body, first)
        after_first = await everything(client, of_instance)
        clock.advance(1800)
        redelivered = await service.post(body, again)

    if isinstance(expected, str):
        assert taken == redelivered == (200, {"accepted": 0, "duplicates": 0, "ignored": 1})
        assert await client.dbsize() == 0
        return
    assert taken == (200, {"accepted": 1, "duplicates": 0, "ignored": 0})
    assert redelivered == (200, {"accepted": 0, "duplicates": 1, "ignored": 0})
    assert [undated(event) for event in await facts(client, instance)] == [expected.event]
    assert await work(client, instance) == (await facts(client, instance) if for_the_responder(expected) else [])
    assert recorded["body"]["apikey"].encode() not in await everything(client)
    assert await everything(client, of_instance) == after_first  # what is outside are hints, and they are sent again


async def test_neither_redis_nor_the_log_of_the_process_holds_a_secret_or_a_patients_words(
    redis_url: str, client: aioredis.Redis, tmp_path: Path
) -> None:
    async with ingest_process(redis_url, tmp_path, LOG_LEVEL="DEBUG") as (service, process):
        for name in EXPECTED:
            recorded = capture(name)
            for path in paths(recorded):
                assert (await service.post(posted(recorded), path))[0] == 200
                assert (await service.post(posted(recorded)[:-9], path))[0] == 400
        stored, said = await everything(client), process.log.read_bytes()
    secrets = {capture(name)["body"]["apikey"].encode() for name in EXPECTED}
    texts = {record.event.text.encode() for record in RECORDED if len(getattr(record.event, "text", "")) > 8}
    assert b"bad_webhook" in said
    assert [secret for secret in secrets | {TOKEN.encode()} if secret in stored + said] == []
    assert [text for text in texts if text in said] == []


async def test_every_recorded_webhook_together_gives_every_fact_once(redis_url: str, client: aioredis.Redis) -> None:
    """The same fact comes in several files: a redelivery, a revoke told by two events, an id used twice."""
    async with ingest(redis_url, clock=ManualClock(1795480200000)) as service:
        for _ in range(2):
            answers = [await deliver(service, name) for name in EXPECTED]
    assert sum(answer["accepted"] for answer in answers) == 0
    expected = {(record.event.instance, record.dedupe) for record in RECORDED}
    stored = [event for instance in {instance for instance, _ in expected} for event in await facts(client, instance)]
    assert len(stored) == len(expected)


async def deliver(service: Ingest, name: str) -> dict[str, int]:
    recorded = capture(name)
    status, answer = await service.post(posted(recorded), recorded["body"]["instance"])
    assert status == 200
    return answer  # type: ignore[no-any-return]


async def test_a_burst_wakes_the_responder_behind_its_last_message_and_not_for_every_one(
    redis_url: str, client: aioredis.Redis
) -> None:
    bodies = [a_message(f"3A{n:03}") for n in range(300)]
    async with ingest(redis_url) as service:
        await asyncio.gather(*(service.post(body) for body in bodies))

        async def woken_last() -> bool:
            """The hints follow the answers."""
            ((last_work, _),) = await client.xrevrange(keys.inbound("wa1"), count=1)
            wakes = await client.xrevrange(keys.wake("responder"), count=1)
            return bool(wakes) and (wakes[0][1] == {b"i": b"wa1"}) and age(wakes[0][0]) >= age(last_work)

        await until(woken_last)
    assert await client.xlen(keys.wake("responder")) < len(bodies)
    assert await client.smembers(keys.INSTANCES) == {b"wa1"}


def age(entry_id: bytes) -> int:
    return int(entry_id.partition(b"-")[0])
