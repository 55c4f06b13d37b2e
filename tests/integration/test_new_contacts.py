"""Does WhatsApp's limit on new contacts stop what goes to them, and nothing else?"""

from typing import Any

import pytest

from ingest.webhook import translate
from sender.classify import classify
from sender.new_contacts import WHY_PAUSED, WHY_SPENT
from sender.outcome import NewContactsRefused, Transient
from shared.clock import SYSTEM, ManualClock
from shared.events import (
    MessageReceived,
    ReceiptRecorded,
    SendAccepted,
    SendDeadLettered,
    SendFailed,
    SendRequested,
    SendScheduled,
)
from shared.streams import keys
from shared.streams.log import Log
from tests.support.gateway import Gateway, captured, says
from tests.support.one_sender import sender
from tests.support.replica import Streams, a_send
from tests.support.waiting import until

REFUSED = says(400, ["Error: server returned error 463"])
NEW, OTHER, KNOWN = "5511911110001", "5511911110002", "5511922220000"


def a_reminder(text: str, chat: str, **about: Any) -> SendRequested:
    return a_send(text, chat, send_class="reminder", **about)


async def texts_to(gateway: Gateway, chat: str) -> list[str]:
    return [call.text for call in gateway.calls if call.body["number"] == chat]


async def scheduled(streams: Streams) -> list[SendScheduled]:
    return [fact for fact in await streams.facts(SendScheduled) if isinstance(fact, SendScheduled)]


async def worked_off(streams: Streams) -> bool:
    """Nothing waits in a stream; what is parked keeps its tries."""
    return not await streams.depth()


async def writes(streams: Streams, chat: str) -> None:
    """The patient writes, as ingest records it."""
    now = SYSTEM.now_ms()
    event = MessageReceived(
        id=a_send().id, instance=streams.instance, chat=chat, occurred_at=now, recorded_at=now,
        message_id=f"3A{chat}", author="patient", kind="text", text="oi",
    )  # fmt: skip
    log = Log(streams.scripts, log_maxlen=0, bound=100, seen_life_s=60)
    await log.append(event, dedupe=f"message:{chat}", contact=chat)


async def test_463_pauses_new_contacts_and_neither_replies_nor_known_chats(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    await streams.client.sadd(keys.contacts(streams.instance), KNOWN)
    gateway.script(REFUSED, to=NEW)
    first, second = a_reminder("one", NEW), a_reminder("two", NEW)
    async with sender(redis_url, gateway, SEND_UNCONFIRMED_AFTER_S="0", WA_NEW_CONTACTS_PAUSE_S="3600"):
        await streams.put(first, second)
        await until(lambda: worked_off(streams))
        await streams.put(a_reminder("held", OTHER), a_reminder("goes", KNOWN), a_send("answer", OTHER))
        await until(lambda: worked_off(streams))
    assert sorted(call.text for call in gateway.calls) == ["answer", "goes", "one"]
    (failed,) = await streams.facts(SendFailed)
    assert isinstance(failed, SendFailed)
    assert (failed.send_id, failed.category, failed.final) == (first.id, "new_contacts", False)
    told = await scheduled(streams)
    assert [fact.why for fact in told] == [WHY_PAUSED] * 3
    assert {fact.until for fact in told} == {failed.retry_at}  # one pause, so that a chat's order is kept
    assert await streams.client.zcard(keys.due(streams.instance)) == 3
    left = await streams.client.pttl(keys.new_contacts_paused(streams.instance))
    assert 3_500_000 < left <= 3_600_000


async def test_the_pause_is_seen_by_every_replica_and_ends_by_itself(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    gateway.script(REFUSED, to=NEW)
    about = {"SEND_UNCONFIRMED_AFTER_S": "0", "WA_NEW_CONTACTS_PAUSE_S": "1"}
    async with sender(redis_url, gateway, **about):
        clock = ManualClock(SYSTEM.now_ms())
        first = a_reminder("one", NEW, clock=clock)
        clock.advance(0.001)
        await streams.put(first, a_reminder("two", NEW, clock=clock))
        await until(scheduled_both(streams))
    async with sender(redis_url, gateway, **about):  # another one, which was told nothing
        await until(lambda: len(gateway.calls) == 3)
        await until(streams.idle)
    assert await texts_to(gateway, NEW) == ["one", "one", "two"]
    attempts = [fact.attempt for fact in await streams.facts(SendAccepted) if isinstance(fact, SendAccepted)]
    assert attempts == [2, 1]
    assert not await streams.facts(SendDeadLettered)


def scheduled_both(streams: Streams) -> Any:
    async def both() -> bool:
        return len(await scheduled(streams)) == 2

    return both


async def test_a_reply_that_is_refused_so_is_tried_again_and_pauses_nothing(
    streams: Streams, redis_url: str, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sender.judging.full_jitter", lambda *_args, **_about: 0.01)
    gateway.script(REFUSED)
    async with sender(redis_url, gateway):
        await streams.put(a_send("answer", NEW))
        await until(streams.accepted)
    assert await texts_to(gateway, NEW) == ["answer", "answer"]
    assert not await streams.client.exists(keys.new_contacts_paused(streams.instance))


async def test_what_waits_for_the_days_budget_fills_no_stream_and_holds_no_chat(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    async with sender(redis_url, gateway, WA_NEW_CONTACTS_PER_DAY="1", SEND_UNCONFIRMED_AFTER_S="0"):
        await streams.put(a_reminder("first", NEW))
        await until(streams.accepted)
        await streams.put(*(a_reminder(f"{n}", f"55119333300{n:02}") for n in range(30)))
        await streams.put(a_reminder("again", NEW), a_send("answer", KNOWN))
        await until(streams.idle)
    assert sorted(call.text for call in gateway.calls) == ["again", "answer", "first"]
    told = await scheduled(streams)
    assert [fact.why for fact in told] == [WHY_SPENT] * 30
    assert all(fact.until % 86_400_000 == 5_000 for fact in told)  # the next day, and a margin for clocks
    assert await streams.client.zcard(keys.due(streams.instance)) == 30


async def test_a_patient_who_writes_gets_what_waited_for_the_budget_in_order(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    await streams.client.hset(keys.limits(streams.instance), "new_contacts_per_day", "1")
    async with sender(redis_url, gateway, SEND_UNCONFIRMED_AFTER_S="0"):
        await streams.put(a_reminder("first", OTHER))
        await until(streams.accepted)
        clock = ManualClock(SYSTEM.now_ms())
        for n in range(3):
            clock.advance(0.001)
            await streams.put(a_reminder(f"{n}", NEW, clock=clock))
        await until(streams.idle)
        assert await texts_to(gateway, NEW) == []
        await writes(streams, NEW)
        await until(lambda: len(gateway.calls) == 4)
        await until(streams.idle)
    assert await texts_to(gateway, NEW) == ["0", "1", "2"]
    assert not await streams.client.exists(keys.awaiting(streams.instance, NEW))


async def receipt(streams: Streams, message_id: str, status: str) -> None:
    """`messages.update`, as ingest records it."""
    body = captured_receipt(message_id, status)
    (record,) = translate(streams.instance, body, clock=SYSTEM).records
    assert isinstance(record.event, ReceiptRecorded)
    log = Log(streams.scripts, log_maxlen=0, bound=100, seen_life_s=60)
    await log.append(record.event, dedupe=record.dedupe, work=keys.receipts(streams.instance))


def captured_receipt(message_id: str, status: str) -> bytes:
    import json
    from pathlib import Path

    name = Path(__file__).parents[1] / "captures" / "webhooks" / f"MESSAGES_UPDATE__{status}.json"
    body = json.loads(name.read_text())["body"]
    body["data"]["keyId"] = message_id
    return json.dumps(body).encode()


async def test_errors_after_the_acceptance_of_first_messages_count_as_the_limit(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    """Evolution API 2.3 answers 201, and says no more than ERROR afterwards."""
    await streams.client.sadd(keys.contacts(streams.instance), KNOWN)
    about = {"WA_NEW_CONTACTS_REFUSALS": "2", "SEND_UNCONFIRMED_AFTER_S": "0"}
    paused = keys.new_contacts_paused(streams.instance)

    async def failures() -> int:
        return len(await streams.facts(SendFailed))

    async with sender(redis_url, gateway, **about):
        for n, chat in enumerate((KNOWN, NEW, OTHER)):
            await streams.put(a_reminder("hello", chat))
            await until(lambda n=n: len(gateway.calls) == n + 1)
            await until(streams.idle)
            accepted = (await streams.facts(SendAccepted))[-1]
            assert isinstance(accepted, SendAccepted)
            await receipt(streams, accepted.message_id, "ERROR")
            await until(lambda n=n: _is(failures, n + 1))
            assert bool(await streams.client.exists(paused)) == (chat == OTHER)
        await streams.put(a_reminder("held", NEW), a_reminder("goes", KNOWN), a_send("answer", NEW))
        await until(streams.idle)
    assert sorted(call.text for call in gateway.calls[3:]) == ["answer", "goes"]


async def _is(ask: Any, wanted: int) -> bool:
    return bool(await ask() == wanted)


@pytest.mark.parametrize(
    "words",
    [
        "Error: server returned error 463", "463", "NackCallerReachoutTimelocked", "status code: 463",
        "reach-out time-lock",
    ],
)  # fmt: skip
@pytest.mark.parametrize("status", [400, 500])
def test_its_code_and_its_name_are_known(status: int, words: str) -> None:
    assert isinstance(classify(status, says(status, [words]).body), NewContactsRefused)


@pytest.mark.parametrize("words", ["Timed Out to 5511463000463", "Timed Out after 463 ms"])
def test_a_number_that_happens_to_hold_it_is_not_it(words: str) -> None:
    assert isinstance(classify(400, says(400, [words]).body), Transient)


def test_what_was_recorded_is_never_taken_for_it() -> None:
    for name in ("sendText_rate_overlimit_400", "sendText_timed_out_during_send_400"):
        answer = captured(f"baileys-sim/{name}")
        assert not isinstance(classify(answer.status, answer.body), NewContactsRefused)
