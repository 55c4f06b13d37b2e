"""What does a key of the wrong type cost? What it is about, told by its name, and no other chat."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import redis.asyncio as aioredis

from shared import ids
from shared.clock import SYSTEM
from shared.events import (
    EntryDeadLettered,
    HandoffRequested,
    Media,
    ReceiptRecorded,
    SendAccepted,
    SendDeadLettered,
    SendDelivered,
    SendRequested,
    content_digest,
    encode,
)
from shared.streams import due, flying, keys
from shared.telemetry import metrics
from tests.support.gateway import HANG, Gateway
from tests.support.one_sender import sender
from tests.support.replica import INSTANCE, Recorder, Replica, Streams, a_send, running
from tests.support.responder import INSTANCE as DEMO
from tests.support.responder import Chat, chatting, responding
from tests.support.waiting import until

BROKEN, SOUND = "5511900000001", "5511900000002"
Named = Callable[[str, str], str]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flying, "BROKEN_KEY_WAIT_MS", 200)


def met(service: str) -> float:
    """How often a broken key was counted."""
    return float(metrics.BROKEN_KEYS.labels(service)._value.get())


async def wreck(client: aioredis.Redis, key: str) -> None:
    """Make it a list, which none of these is."""
    await client.delete(key)
    await client.rpush(key, "x")


async def mend(client: aioredis.Redis, key: str, kept: bytes) -> None:
    """Put back what it was, in one step: somebody waits for it."""
    await (client.restore(key, 0, kept, replace=True) if kept else client.delete(key))


# ── the sender ─────────────────────────────────────────────────────────────────────────────────────────────────────
def a_file(upload: str) -> Media:
    return Media(mediatype="document", source=f"upload:{upload}")


UPLOAD = ids.new()
OWN: dict[str, tuple[str, SendRequested]] = {
    "opted_out": (keys.opted_out(INSTANCE, BROKEN), a_send("broken", BROKEN, send_class="reminder")),
    "bucket": (keys.recipient_bucket(INSTANCE, BROKEN), a_send("broken", BROKEN)),
    "upload": (keys.upload(INSTANCE, UPLOAD), a_send("broken", BROKEN, content=a_file(UPLOAD))),
}


@pytest.mark.parametrize("name", OWN)
async def test_a_key_of_one_recipient_ends_that_message_and_holds_no_other(
    streams: Streams, redis_url: str, gateway: Gateway, name: str
) -> None:
    (key, broken), before = OWN[name], met("sender")
    await wreck(streams.client, key)
    given = {"SEND_UNCONFIRMED_AFTER_S": "0", "WA_RECIPIENT_TOKENS_PER_SECOND": "5"}
    async with sender(redis_url, gateway, **given):
        await streams.put(broken, a_send("sound", SOUND))
        await until(streams.idle)
    assert [call.text for call in gateway.calls] == ["sound"]
    (dead,) = await streams.facts(SendDeadLettered)
    assert isinstance(dead, SendDeadLettered)
    assert (dead.send_id, dead.attempts) == (broken.id, 0)
    assert dead.reason.startswith(f"{key} is ")
    assert dead.reason.endswith("delete that key, then replay this")
    assert met("sender") == before + 1


async def test_what_was_called_and_cannot_be_looked_for_is_a_dead_letter_with_its_try(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    unknown = a_send("unknown", BROKEN)
    await wreck(streams.client, keys.echoes(INSTANCE, content_digest(unknown.content)))
    gateway.script(HANG, to=BROKEN)
    async with sender(redis_url, gateway, SEND_UNCONFIRMED_AFTER_S="0", EVOLUTION_TIMEOUT_S="1"):
        await streams.put(unknown, a_send("sound", SOUND))
        await until(streams.idle)
    assert sorted(call.text for call in gateway.calls) == ["sound", "unknown"]
    (dead,) = await streams.facts(SendDeadLettered)
    assert isinstance(dead, SendDeadLettered)
    assert (dead.send_id, dead.attempts) == (unknown.id, 1)
    assert len(await streams.accepted()) == 1


async def test_a_set_of_contacts_of_the_wrong_type_costs_no_reply_its_outcome(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    """Whether it was accepted is known to nobody else: the commit does not wait for what stands beside it."""
    await wreck(streams.client, keys.contacts(INSTANCE))
    before, waits = met("sender"), a_send("waits", BROKEN, send_class="reminder")
    async with sender(redis_url, gateway, SEND_UNCONFIRMED_AFTER_S="0"):
        await streams.put(waits, *(a_send(f"{n}", f"551191000{n:04}") for n in range(40)))
        await until(lambda: _has(streams.accepted, 40))
        assert met("sender") >= before + 40
        assert waits.id not in await streams.accepted()
        await streams.client.delete(keys.contacts(INSTANCE))
        await until(streams.idle)
    assert gateway.calls[-1].text == "waits"
    assert len(gateway.calls) == len(await streams.accepted()) == 41


@pytest.mark.parametrize("named", [keys.limits, keys.bucket, keys.progress, keys.events])
async def test_what_a_whole_instance_goes_by_makes_it_wait_and_no_other(
    streams: Streams, redis_url: str, gateway: Gateway, named: Callable[[str], str]
) -> None:
    other = Streams(streams.client, redis_url, "wa2")
    sends = [a_send(f"{n}", f"55119100000{n:02}") for n in range(20)]
    await streams.put(*sends)
    kept = await streams.client.dump(named(INSTANCE)) or b""
    await wreck(streams.client, named(INSTANCE))
    before = met("sender")
    async with sender(redis_url, gateway, WA_TOKENS_PER_SECOND="1000", SEND_UNCONFIRMED_AFTER_S="0"):
        await other.put(a_send("other", instance="wa2"))
        await until(other.idle)
        await until(lambda: met("sender") > before)
        assert [call.text for call in gateway.calls] == ["other"]
        await mend(streams.client, named(INSTANCE), kept)
        await until(streams.idle)
    assert sorted(await streams.accepted()) == sorted(send.id for send in sends)
    assert not await streams.dead()
    await other.aclose()


@pytest.mark.parametrize("named", [keys.due, keys.parked])
async def test_an_outcome_that_cannot_be_written_is_written_when_its_key_is_mended(
    streams: Streams, redis_url: str, gateway: Gateway, named: Callable[[str], str]
) -> None:
    await wreck(streams.client, named(INSTANCE))
    before = met("sender")
    async with sender(redis_url, gateway):
        await streams.put(a_send("1"))
        await until(lambda: met("sender") > before)
        await streams.client.delete(named(INSTANCE))
        await until(lambda: _has(streams.accepted, 1))
    assert [call.text for call in gateway.calls] == ["1"]


async def _has(found: Callable[[], Any], count: int) -> bool:
    return len(await found()) == count


# ── receipts ───────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("which", ["sent", "fate"])
async def test_a_receipt_that_cannot_be_joined_is_a_dead_letter_and_holds_no_other(
    streams: Streams, redis_url: str, gateway: Gateway, which: str
) -> None:
    before = met("receipts")
    async with sender(redis_url, gateway):
        await streams.put(a_send("broken", BROKEN), a_send("sound", SOUND))
        await until(lambda: _has(streams.accepted, 2))
        facts = [fact for fact in await streams.facts(SendAccepted) if isinstance(fact, SendAccepted)]
        broken = next(fact for fact in facts if fact.chat == BROKEN)
        names = {"sent": keys.sent(INSTANCE, broken.message_id), "fate": keys.fate(INSTANCE, broken.send_id)}
        await wreck(streams.client, names[which])
        receipts = [_delivered(fact) for fact in sorted(facts, key=lambda fact: fact.chat)]
        await streams.put(*receipts, stream=keys.receipts(INSTANCE))
        await until(lambda: _has(lambda: streams.facts(SendDelivered), 1))
        await until(lambda: _has(streams.dead, 1))
    (dead,) = await streams.dead()
    assert dead["reason"].startswith(names[which].encode())
    assert met("receipts") == before + 1


def _delivered(accepted: SendAccepted) -> ReceiptRecorded:
    now = SYSTEM.now_ms()
    return ReceiptRecorded(
        id=ids.new(), instance=INSTANCE, chat=accepted.chat, occurred_at=now, recorded_at=now,
        message_id=accepted.message_id, status="delivery_ack", own=True,
    )  # fmt: skip


# ── the responder ──────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
async def sound(client: aioredis.Redis, redis_url: str) -> AsyncIterator[Chat]:
    async with chatting(client, redis_url, SOUND) as chat:
        yield chat


@pytest.fixture
async def broken(client: aioredis.Redis, redis_url: str) -> AsyncIterator[Chat]:
    async with chatting(client, redis_url, BROKEN) as chat:
        yield chat


@pytest.mark.parametrize("named", [keys.chat, keys.held, keys.contact, keys.interrupted])
async def test_a_chat_whose_own_key_is_broken_calls_a_person_and_holds_no_other(
    client: aioredis.Redis, redis_url: str, broken: Chat, sound: Chat, named: Named
) -> None:
    """Nothing is said there: nobody can tell whether staff have taken the chat."""
    key, before = named(DEMO, BROKEN), met("responder")
    await wreck(client, key)
    async with responding(redis_url):
        await broken.says("Qual o horário de vocês?")
        await sound.says("Qual o horário de vocês?")
        assert len(await sound.answered()) == 1
        await until(lambda: _has(lambda: broken.facts(HandoffRequested), 1))
        await broken.settled()
    assert not await broken.sends()
    (dead,) = await broken.facts(EntryDeadLettered)
    assert isinstance(dead, EntryDeadLettered)
    assert dead.reason.startswith(f"{key} is of a type that ")
    assert met("responder") == before + 1


async def test_a_pause_that_cannot_be_read_makes_its_instance_wait_until_it_is_mended(
    client: aioredis.Redis, redis_url: str, sound: Chat
) -> None:
    await wreck(client, keys.bot(DEMO))
    before = met("responder")
    async with responding(redis_url):
        await sound.says("Qual o horário de vocês?")
        await until(lambda: met("responder") > before)
        await client.delete(keys.bot(DEMO))
        assert len(await sound.answered()) == 1
    assert not await sound.facts(EntryDeadLettered, HandoffRequested)


async def test_an_answer_goes_out_though_the_chats_memory_broke_meanwhile(
    client: aioredis.Redis, redis_url: str, sound: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    from responder.turning import Turning

    turned = Turning.turned

    async def breaking(*args: Any, **about: Any) -> Any:
        await wreck(client, keys.chat(DEMO, SOUND))
        return await turned(*args, **about)

    monkeypatch.setattr(Turning, "turned", breaking)
    before = met("responder")
    async with responding(redis_url):
        await sound.says("Qual o horário de vocês?")
        assert len(await sound.answered()) == 1
    assert met("responder") == before + 1


# ── the loop ───────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.every_server
@pytest.mark.parametrize("named", [keys.outbound, keys.outbound_vip, lambda i: keys.fence(i, "sender")])
async def test_an_instance_that_cannot_be_worked_is_told_and_holds_no_other(
    streams: Streams, redis_url: str, named: Callable[[str], str]
) -> None:
    handler, before = Recorder(), met("sender")
    await streams.put(a_send("1"))
    kept = await streams.client.dump(named(INSTANCE)) or b""
    await wreck(streams.client, named(INSTANCE))
    async with running(Replica(redis_url, handler)):
        await streams.put(a_send("other", instance="wa2"))
        await until(lambda: handler.ended == ["other"])
        await until(lambda: met("sender") > before)
        await mend(streams.client, named(INSTANCE), kept)
        await until(lambda: handler.ended == ["other", "1"])
        await until(streams.idle)


@pytest.mark.parametrize("key", [keys.INSTANCES, keys.wake("sender"), keys.WAKE_DUE])
async def test_hints_of_the_wrong_type_are_told_and_stop_no_work(
    streams: Streams, redis_url: str, gateway: Gateway, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They name instances that have work: whoever is not woken looks."""
    monkeypatch.setattr(due, "SWEEP_EVERY_TICKS", 4)
    send = a_send("parked")
    await streams.client.zadd(keys.due(INSTANCE), {send.id: 1})
    parked = keys.outbound(INSTANCE).encode() + b"\n" + encode(send)
    await streams.client.hset(keys.parked(INSTANCE), send.id, parked)
    await wreck(streams.client, key)
    before = met("sender") + met("due")
    async with sender(redis_url, gateway, SEND_UNCONFIRMED_AFTER_S="0"):
        await until(lambda: met("sender") + met("due") > before)  # by then it hears who is woken, too
        await streams.put(a_send("1"))
        await until(lambda: _has(streams.accepted, 2 if key != keys.INSTANCES else 1))
        await streams.client.delete(key)
        await streams.put(a_send("2"))
        await until(lambda: _has(streams.accepted, 3))
        await until(streams.idle)
    assert sorted(call.text for call in gateway.calls) == ["1", "2", "parked"]
