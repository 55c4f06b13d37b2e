"""Is nothing sent that is too late, at night, unwanted or impossible, and everything else?"""

import datetime as dt
import time
from typing import Any

import pytest

from shared.clock import SYSTEM, ManualClock
from shared.events import SendDeadLettered, SendExpired, SendFailed, SendRequested, SendScheduled
from shared.streams import keys
from shared.streams.progress import Progress, dump
from tests.support.gateway import Gateway
from tests.support.one_sender import sender
from tests.support.replica import Streams, a_send
from tests.support.waiting import until

HOUR_S = 3600
PROACTIVE = ("reminder", "broadcast")


def around_now() -> dict[str, str]:
    """Quiet hours that hold now, wherever the test runs."""
    now = dt.datetime.now(dt.UTC)
    opens, closes = ((now + dt.timedelta(hours=h)).strftime("%H:%M") for h in (-2, 2))
    return {"zone": "Etc/UTC", "from": opens, "until": closes}


async def bring_back(streams: Streams) -> None:
    """Let the time of everything parked come."""
    for name in await streams.client.zrange(keys.due(streams.instance), 0, -1):
        await streams.client.zadd(keys.due(streams.instance), {name: 1})
    await streams.client.zadd(keys.WAKE_DUE, {streams.instance: 1})


# ── quiet hours ────────────────────────────────────────────────────────────────────────────────────────────────────
async def test_quiet_hours_hold_what_nobody_asked_for_and_nothing_else(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    await streams.client.hset(keys.quiet(streams.instance), mapping=around_now())
    sends = {kind: a_send(kind, send_class=kind) for kind in ("reminder", "broadcast", "staff", "reply")}  # type: ignore[arg-type]
    async with sender(redis_url, gateway, SEND_UNCONFIRMED_AFTER_S="0"):
        await streams.put(*sends.values())
        await until(streams.idle)
        assert [call.text for call in gateway.calls] == ["staff", "reply"]
    scheduled = await streams.facts(SendScheduled)
    assert {fact.send_id for fact in scheduled if isinstance(fact, SendScheduled)} == {
        sends[kind].id for kind in PROACTIVE
    }
    for fact in scheduled:
        assert isinstance(fact, SendScheduled)
        assert fact.why == "quiet hours"
        assert HOUR_S < fact.until / 1000 - time.time() < 2 * HOUR_S + 1


async def test_what_was_held_goes_out_in_order_when_they_are_over(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    clock = ManualClock(SYSTEM.now_ms() - 1000)
    await streams.client.hset(keys.quiet(streams.instance), mapping=around_now())
    async with sender(redis_url, gateway, SEND_UNCONFIRMED_AFTER_S="0"):
        for n in range(9):
            clock.advance(0.001)
            await streams.put(a_send(f"{n}", send_class="reminder", clock=clock))
        await until(streams.idle)
    await streams.client.hset(keys.quiet(streams.instance), mapping={"zone": "Etc/UTC", "from": "", "until": ""})
    async with sender(redis_url, gateway, SEND_UNCONFIRMED_AFTER_S="0"):
        await bring_back(streams)
        await until(lambda: len(gateway.calls) == 9)
        await until(streams.idle)
    assert [call.text for call in gateway.calls] == [f"{n}" for n in range(9)]


async def test_the_default_clinics_hours_hold_for_an_instance_that_no_clinic_names(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    await streams.client.hset(keys.QUIET, mapping=around_now())
    await streams.client.hset(keys.quiet("wa2"), mapping={"zone": "Etc/UTC", "from": "", "until": ""})
    async with sender(redis_url, gateway):
        await streams.put(a_send("held", send_class="reminder"))
        await streams.put(a_send("sent", send_class="reminder", instance="wa2"))
        await until(lambda: streams.facts(SendScheduled))
        await until(lambda: gateway.calls)
    assert [call.text for call in gateway.calls] == ["sent"]


@pytest.mark.parametrize(
    "written", [{"zone": "No/Where", "from": "00:00", "until": "24:00"}, {"zone": "x", "from": "?"}]
)
async def test_hours_that_make_no_sense_hold_nothing(
    streams: Streams, redis_url: str, gateway: Gateway, written: dict[str, Any]
) -> None:
    await streams.client.hset(keys.quiet(streams.instance), mapping=written)
    async with sender(redis_url, gateway):
        await streams.put(a_send(send_class="reminder"))
        await until(streams.accepted)


async def test_tries_before_the_quiet_hours_count_after_them(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    """A second attempt with the number of the first would be the same fact twice."""
    send = a_send(send_class="reminder")
    await streams.client.hset(keys.quiet(streams.instance), mapping=around_now())
    await streams.client.hset(keys.progress(streams.instance), send.id, dump(Progress(uncounted=2)))
    async with sender(redis_url, gateway):
        await streams.put(send)
        await until(lambda: streams.client.zcard(keys.due(streams.instance)))
    await streams.client.delete(keys.quiet(streams.instance))
    async with sender(redis_url, gateway, SEND_UNCONFIRMED_AFTER_S="0"):
        await bring_back(streams)
        await until(streams.accepted)
        await until(streams.idle)
    assert [getattr(fact, "attempt", None) for fact in await streams.facts()][-1] == 3


# ── opting out ─────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("key", ["wa:{%s}:opted_out:%s", ""])
@pytest.mark.parametrize("way", [0, 1])
@pytest.mark.parametrize("ways", [("5511988887777", "551188887777"), ("5491155556666", "541155556666")])
async def test_a_patient_who_said_no_gets_nothing_unasked(
    streams: Streams, redis_url: str, gateway: Gateway, ways: tuple[str, str], way: int, key: str
) -> None:
    """Also when the gateway wrote the number without the digit of mobiles, or the clinic did: now, or when the no was
    still kept by spelling."""
    i, written = streams.instance, ways[way]
    await streams.client.set(key % (i, written) if key else keys.opted_out(i, written), "1")
    sends = [a_send(kind, chat, send_class=kind) for kind in (*PROACTIVE, "staff") for chat in ways]  # type: ignore[arg-type]
    async with sender(redis_url, gateway):
        await streams.put(*sends)
        await until(lambda: _ended(streams, len(sends)))
    failed = [fact for fact in await streams.facts(SendFailed) if isinstance(fact, SendFailed)]
    assert {fact.send_id for fact in failed} == {send.id for send in sends[:4]}
    assert all((fact.category, fact.final) == ("opted_out", True) for fact in failed)
    assert [call.text for call in gateway.calls] == ["staff", "staff"]


async def test_a_patient_who_said_yes_again_gets_them_again(streams: Streams, redis_url: str, gateway: Gateway) -> None:
    await streams.client.set(keys.opted_out(streams.instance, "5511988887777"), "0")
    async with sender(redis_url, gateway):
        await streams.put(a_send(send_class="reminder"))
        await until(streams.accepted)


async def _ended(streams: Streams, sends: int) -> bool:
    return len(await streams.accepted()) + len(await streams.facts(SendFailed)) == sends


# ── time to live ───────────────────────────────────────────────────────────────────────────────────────────────────
def aged(hours: float, **about: Any) -> SendRequested:
    then = SYSTEM.now_ms() - round(hours * HOUR_S * 1000)
    return a_send(f"{about}", occurred_at=then, **about)


async def test_each_class_has_its_own_time_to_live(streams: Streams, redis_url: str, gateway: Gateway) -> None:
    settings = {"REMINDER_TTL_S": "3600", "STAFF_TTL_S": "7200", "BROADCAST_TTL_S": "10800"}
    late = [aged(1.1, send_class="reminder"), aged(2.1, send_class="staff"), aged(3.1, send_class="broadcast")]
    fresh = [aged(0.9, send_class="reminder"), aged(1.9, send_class="staff"), aged(2.9, send_class="broadcast")]
    unbounded = [aged(500, send_class="reply")]
    async with sender(redis_url, gateway, **settings):
        await streams.put(*late, *fresh, *unbounded)
        await until(lambda: _all(streams, len(fresh + unbounded)))
    expired = [fact for fact in await streams.facts(SendExpired) if isinstance(fact, SendExpired)]
    assert [fact.send_id for fact in expired] == [send.id for send in late]
    assert await streams.accepted() == [send.id for send in fresh + unbounded]


async def test_a_scheduled_send_lives_from_its_own_time(streams: Streams, redis_url: str, gateway: Gateway) -> None:
    now = SYSTEM.now_ms()
    async with sender(redis_url, gateway):
        await streams.put(aged(100, send_class="reminder", not_before=now - 1000))
        await until(streams.accepted)


async def test_an_end_that_the_request_names_goes_before_the_class(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    async with sender(redis_url, gateway):
        await streams.put(aged(100, send_class="staff", expires_at=SYSTEM.now_ms() + 60_000))
        await until(streams.accepted)


async def _all(streams: Streams, wanted: int) -> bool:
    return len(await streams.accepted()) == wanted and await streams.depth() == 0


@pytest.mark.every_server
async def test_a_full_stream_of_expired_replies_drains_at_full_speed_without_tokens(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    past = SYSTEM.now_ms() - 1000
    await streams.put(a_send("live", "5511900000000"))
    await streams.put(*(a_send(f"{n}", f"5511{n % 50:09}", expires_at=past) for n in range(2_000)))
    began = time.monotonic()
    async with sender(redis_url, gateway, WA_TOKENS_PER_SECOND="0.001", WA_BUCKET_CAPACITY="1"):
        await until(streams.idle, seconds=20)
    assert time.monotonic() - began < 20  # at the pace it would take 23 days
    assert len(await streams.facts(SendExpired)) == 2_000
    assert [call.text for call in gateway.calls] == ["live"]


# ── the impossible ─────────────────────────────────────────────────────────────────────────────────────────────────
async def test_a_text_that_whatsapp_does_not_take_fails_without_a_call(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    async with sender(redis_url, gateway):
        await streams.put(a_send("x" * 4097), a_send("y" * 4096))
        await until(streams.accepted)
    (failed,) = await streams.facts(SendFailed)
    assert isinstance(failed, SendFailed)
    assert (failed.category, failed.final) == ("permanent", True)
    assert failed.reason == "a text of 4097 characters; WhatsApp takes 4096"
    assert [call.text[0] for call in gateway.calls] == ["y"]


# ── a recipient whose own key is broken ────────────────────────────────────────────────────────────────────────────
async def test_a_recipients_bucket_of_the_wrong_type_ends_that_message_and_holds_no_other(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    broken, key = a_send("broken", "5511900000001"), keys.recipient_bucket(streams.instance, "5511900000001")
    await streams.client.set(key, "not a hash")
    given = {"SEND_UNCONFIRMED_AFTER_S": "0", "WA_RECIPIENT_TOKENS_PER_SECOND": "5"}
    async with sender(redis_url, gateway, **given):
        await streams.put(broken, a_send("sound", "5511900000002"))
        await until(streams.idle)
    assert [call.text for call in gateway.calls] == ["sound"]
    (dead,) = await streams.facts(SendDeadLettered)
    assert isinstance(dead, SendDeadLettered)
    assert (dead.send_id, dead.attempts) == (broken.id, 0)
    assert dead.reason == f"{key} is a string, expected a hash: delete that key, then replay this"
