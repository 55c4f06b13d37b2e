"""Is every send brought to its right end, once, whatever the gateway answers?"""

import asyncio
import contextlib
from typing import Any

import pytest

from sender.evolution import MOST_BYTES, Evolution
from sender.judging import Judge
from sender.outcome import Unknown
from shared.clock import SYSTEM, ManualClock
from shared.events import (
    Event,
    SendAccepted,
    SendAttempted,
    SendDeadLettered,
    SendExpired,
    SendFailed,
    SendOutcomeUnknown,
    SendRequested,
    Text,
    content_digest,
    decode,
)
from shared.streams import keys
from shared.streams.log import Echo, Log
from shared.streams.progress import Progress, dump, parse
from tests.support.gateway import HANG, RESET, Answer, Gateway, captured, says
from tests.support.replica import Streams, a_send
from tests.support.sender import Sender, sending
from tests.support.waiting import holds, until

KINDS = {
    SendAttempted: "attempted", SendAccepted: "accepted", SendFailed: "failed", SendExpired: "expired",
    SendOutcomeUnknown: "unknown", SendDeadLettered: "dead",
}  # fmt: skip
PATIENT = "5511988887777"


async def story(streams: Streams, send: Event) -> list[str]:
    """What the log says of one send, in a word each."""
    facts = [fact for fact in await streams.facts() if getattr(fact, "send_id", "") == send.id]
    return [KINDS[type(fact)] for fact in facts if type(fact) in KINDS]  # type: ignore[index]


async def echo(streams: Streams, send: SendRequested, message_id: str = "3EB0ECHO", **about: Any) -> None:
    """The gateway's `send.message` webhook, as ingest records it."""
    given = {"chats": (send.chat,), "at": SYSTEM.now_ms(), "message_id": message_id} | about
    log = Log(streams.scripts, log_maxlen=0, bound=100, seen_life_s=60)
    await log.append(a_send(), dedupe=message_id, echo=Echo(digest=content_digest(send.content), **given))


@pytest.mark.every_server
async def test_a_send_is_attempted_called_and_accepted_in_this_order(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    send = a_send("Olá")
    async with sending(Sender(redis_url, gateway.url)):
        await streams.put(send)
        await until(streams.idle)
    (call,) = gateway.calls
    assert (call.call, call.instance, call.apikey) == ("sendText", "wa1", "key")
    assert (call.body["number"], call.text) == (PATIENT, "Olá")
    assert await story(streams, send) == ["attempted", "accepted"]
    (accepted,) = await streams.facts(SendAccepted)
    assert isinstance(accepted, SendAccepted)
    mark = await streams.client.get(keys.sent(streams.instance, accepted.message_id))
    assert mark.decode().startswith(send.id)


async def test_the_attempt_is_in_the_log_while_the_call_is_under_way(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    gateway.script(Answer(delay_s=0.5, delivers=True))
    send = a_send()
    async with sending(Sender(redis_url, gateway.url, evolution_timeout_s=5)):
        await streams.put(send)
        await until(lambda: gateway.busy)
        assert await story(streams, send) == ["attempted"]
        await until(streams.idle)


@pytest.mark.parametrize(
    ("answer", "ends"),
    [
        ("baileys-sim/sendText_number_not_on_whatsapp_400", ["attempted", "failed"]),
        ("baileys-sim/sendText_empty_text_400", ["attempted", "failed"]),
        ("http/sendText_number_not_string_400", ["attempted", "failed"]),
        ("baileys-sim/BUG_sendText_400_although_sent", ["attempted", "accepted"]),
    ],
)
async def test_an_answer_that_settles_it_is_the_last_word(
    streams: Streams, redis_url: str, gateway: Gateway, answer: str, ends: list[str]
) -> None:
    gateway.script(captured(answer))
    send = a_send()
    async with sending(Sender(redis_url, gateway.url)):
        await streams.put(send, a_send("next"))
        await until(streams.idle)
    assert await story(streams, send) == ends
    assert len(gateway.calls) == 2


async def test_a_message_that_the_database_failed_on_is_unconfirmed(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    gateway.script(captured("baileys-sim/BUG_sendText_400_although_sent"))
    async with sending(Sender(redis_url, gateway.url)):
        await streams.put(a_send())
        await until(streams.idle)
    (accepted,) = await streams.facts(SendAccepted)
    assert isinstance(accepted, SendAccepted)
    assert (accepted.confirmed, accepted.message_id) == (False, "")
    assert len(gateway.phone) == 1


async def test_a_transient_failure_holds_its_chat_in_order_and_no_other(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    late = captured("baileys-sim/sendText_timed_out_during_send_400")
    gateway.script(late, to="5511900000001")
    async with sending(Sender(redis_url, gateway.url)):
        await streams.put(*(a_send(f"{n}", f"551190000000{chat}") for n in (1, 2) for chat in (1, 2)))
        await until(streams.idle)
    assert [text for to, text in gateway.phone if to == "5511900000001"] == ["1", "2"]
    assert [text for to, text in gateway.phone if to == "5511900000002"] == ["1", "2"]


async def test_a_send_that_keeps_failing_is_a_dead_letter_with_every_attempt(
    streams: Streams, redis_url: str, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sender.judging.full_jitter", lambda *_args, **_about: 0.01)
    gateway.always = captured("baileys-sim/sendText_timed_out_during_send_400")
    send = a_send()
    async with sending(Sender(redis_url, gateway.url, streams={"max_deliveries": 3})):
        await streams.put(send)
        await until(streams.idle)
    assert len(gateway.calls) == 3
    assert (await story(streams, send))[-1] == "dead"
    (dead,) = await streams.dead()
    assert b"Timed Out" in dead["reason"]
    from shared.streams.progress import parse

    assert [t.outcome for t in parse(dead["progress"]).tries] == ["transient"] * 3


@pytest.mark.parametrize(
    "answer",
    ["baileys-sim/sendText_connection_closed_cached_number_400", "baileys-sim/sendText_instance_never_connected",
     "baileys-real-offline/sendText", "http/sendText_bad_apikey_401"],
)  # fmt: skip
async def test_an_instance_that_is_down_parks_its_lane_and_uses_up_no_delivery(
    streams: Streams, redis_url: str, gateway: Gateway, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    monkeypatch.setattr("sender.judging.full_jitter", lambda *_args, **_about: 0.1)
    monkeypatch.setattr("sender.judging.MISCONFIGURED_WAIT_S", 0.1)
    gateway.always = captured(answer)
    sends = [a_send(f"{n}", f"551190000000{n}") for n in range(6)]
    async with sending(Sender(redis_url, gateway.url, streams={"max_deliveries": 2})):
        await streams.put(*sends)
        await until(lambda: len(gateway.calls) >= 12)
        gateway.always = None
        await until(streams.idle)
    assert len(await streams.accepted()) == 6
    assert not await streams.dead()


async def test_an_instance_that_is_down_is_asked_by_one_message_at_a_time(
    streams: Streams, redis_url: str, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With hundreds queued, each look whether it is back costs one call, not as many as may go side by side."""
    monkeypatch.setattr("sender.judging.full_jitter", lambda *_args, **_about: 0.1)
    gateway.always = captured("baileys-sim/sendText_connection_closed_cached_number_400")
    await streams.put(*(a_send(f"{n}", f"55119000{n:05}") for n in range(100)))
    async with sending(Sender(redis_url, gateway.url)):
        await until(lambda: gateway.calls)
        await asyncio.sleep(0.2)  # what was begun side by side before anybody knew
        first, started = len(gateway.calls), asyncio.get_running_loop().time()
        await until(lambda: len(gateway.calls) >= first + 8)
        assert asyncio.get_running_loop().time() - started > 0.6
        gateway.always = None
        await until(streams.idle)
    assert len(gateway.phone) == 100


async def test_another_instance_is_not_held_up_by_one_that_is_down(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    gateway.script(*[captured("baileys-sim/sendText_rate_overlimit_400")] * 9, to="5511900000001")
    async with sending(Sender(redis_url, gateway.url)):
        await streams.put(a_send("down", "5511900000001"))
        await until(lambda: gateway.calls)
        await streams.put(a_send("up", "5511900000002", instance="wa2"))
        await until(lambda: gateway.phone == [("5511900000002", "up")])


@pytest.mark.every_server
@pytest.mark.parametrize("answer", [RESET, says(502), says(503), says(504), HANG], ids=["reset", *"234", "hang"])
async def test_an_unknown_outcome_with_an_echo_is_accepted_without_a_second_call(
    streams: Streams, redis_url: str, gateway: Gateway, answer: Answer
) -> None:
    gateway.script(answer.delivered())
    send = a_send()
    async with sending(Sender(redis_url, gateway.url, send_proof_wait_s=8)):
        await streams.put(send, a_send("next"))
        await until(lambda: gateway.calls)
        await echo(streams, send)
        await until(streams.idle)
    assert await story(streams, send) == ["attempted", "unknown", "accepted"]
    assert [text for _, text in gateway.phone] == ["oi", "next"]


class AheadClock:
    """A clock that was three hours ahead, until it was set right."""

    ahead_ms = 3 * 3_600_000

    def now_ms(self) -> int:
        return SYSTEM.now_ms() + self.ahead_ms


@pytest.mark.parametrize("told", ["echo", "search", "nothing"])
@pytest.mark.parametrize("dies", [False, True])
async def test_a_clock_that_is_set_back_after_the_call_hides_no_proof_and_makes_nobody_wait(
    streams: Streams, redis_url: str, gateway: Gateway, told: str, dies: bool
) -> None:
    """A machine that starts with a wrong clock, which is then set right."""
    clock, send = AheadClock(), a_send(expires_at=None)
    gateway.script(HANG if dies else RESET)
    first = Sender(redis_url, gateway.url, clock=clock, send_proof_wait_s=3)
    async with sending(first):
        await streams.put(send)
        await until(lambda: gateway.calls)
        if dies:
            await first.die()
        else:
            await until(lambda: streams.facts(SendOutcomeUnknown))
        clock.ahead_ms = 0
        if told == "echo":
            await echo(streams, send)
        if told == "search":
            gateway.kept.append({
                "key": {"id": "3EB0KEPT", "fromMe": True, "remoteJid": f"{PATIENT}@s.whatsapp.net"},
                "message": {"conversation": "oi"}, "messageTimestamp": SYSTEM.now_ms() // 1000,
            })  # fmt: skip
        async with sending(Sender(redis_url, gateway.url, name="s2", clock=clock, send_proof_wait_s=3)):
            await until(streams.idle)
    assert len(gateway.calls) == (2 if told == "nothing" else 1)
    proofs = [fact.proof for fact in await streams.facts(SendAccepted) if isinstance(fact, SendAccepted)]
    assert proofs == ["answer" if told == "nothing" else told]


async def test_an_unknown_outcome_without_proof_is_sent_once_more_when_a_person_waits(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    gateway.script(RESET)
    send = a_send()
    async with sending(Sender(redis_url, gateway.url)):
        await streams.put(send)
        await until(streams.idle)
    assert await story(streams, send) == ["attempted", "unknown", "attempted", "accepted"]


@pytest.mark.parametrize("ahead_s", [-120, 0, 120])
async def test_the_gateways_own_search_is_proof_too_whatever_its_clock_says(
    streams: Streams, redis_url: str, gateway: Gateway, ahead_s: int
) -> None:
    gateway.ahead_s = ahead_s
    gateway.script(RESET.delivered())
    send = a_send(send_class="reminder")
    async with sending(Sender(redis_url, gateway.url, send_proof_wait_s=5)):
        await streams.put(send)
        await until(lambda: gateway.calls)
        gateway.kept.append({
            "key": {"id": "3EB0KEPT", "fromMe": True, "remoteJid": f"{PATIENT}@s.whatsapp.net"},
            "message": {"conversation": "oi"}, "messageTimestamp": send.occurred_at // 1000 + ahead_s,
        })  # fmt: skip
        await until(streams.idle)
    (accepted,) = await streams.facts(SendAccepted)
    assert isinstance(accepted, SendAccepted)
    assert (accepted.message_id, accepted.proof) == ("3EB0KEPT", "search")


async def test_an_outcome_that_stays_unknown_twice_is_a_dead_letter(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    gateway.script(RESET, RESET)
    send = a_send()
    async with sending(Sender(redis_url, gateway.url)):
        await streams.put(send)
        await until(streams.idle)
    assert await story(streams, send) == ["attempted", "unknown", "attempted", "unknown", "dead"]


async def test_a_late_echo_of_the_first_try_proves_it_after_the_second(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    gateway.script(RESET.delivered(), RESET)
    send = a_send(occurred_at=1)
    async with sending(Sender(redis_url, gateway.url, send_proof_wait_s=6)):
        await streams.put(send)
        await until(lambda: len(gateway.calls) == 2, seconds=20)
        (first, _) = list(await streams.facts(SendAttempted))
        await echo(streams, send, at=first.occurred_at + 100)
        await until(streams.idle)
    assert (await story(streams, send))[-1] == "accepted"


async def test_an_unknown_outcome_of_what_nobody_waits_for_is_a_dead_letter(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    gateway.script(RESET)
    send = a_send(send_class="reminder")
    async with sending(Sender(redis_url, gateway.url)):
        await streams.put(send)
        await until(streams.idle)
    assert await story(streams, send) == ["attempted", "unknown", "dead"]
    assert len(gateway.calls) == 1


@pytest.mark.parametrize(
    "about", [{"chats": ("5511900000009",)}, {"at": 1_000}, {"message_id": "3EB0TAKEN"}], ids=["chat", "time", "taken"]
)
async def test_an_echo_of_something_else_proves_nothing(
    streams: Streams, redis_url: str, gateway: Gateway, about: dict[str, Any]
) -> None:
    gateway.script(RESET)
    send = a_send(send_class="reminder")
    await streams.client.set(keys.sent(streams.instance, "3EB0TAKEN"), a_send().id)
    await echo(streams, send, **about)
    async with sending(Sender(redis_url, gateway.url)):
        await streams.put(send)
        await until(streams.idle)
    assert (await story(streams, send))[-1] == "dead"


async def test_an_echo_to_a_number_without_its_ninth_digit_proves_it(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    gateway.script(RESET.delivered())
    send = a_send(send_class="reminder")
    async with sending(Sender(redis_url, gateway.url, send_proof_wait_s=5)):
        await streams.put(send)
        await until(lambda: gateway.calls)
        await echo(streams, send, chats=("551188887777",))
        await until(streams.idle)
    assert (await story(streams, send))[-1] == "accepted"


@pytest.mark.every_server
async def test_a_sender_that_dies_between_the_call_and_the_commit_sends_nothing_twice(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    gateway.script(Answer(delay_s=1.0, delivers=True))
    send = a_send()
    first = await Sender(redis_url, gateway.url, evolution_timeout_s=5).start()
    await streams.put(send)
    await until(lambda: gateway.busy)
    await first.die()
    await echo(streams, send)
    async with sending(Sender(redis_url, gateway.url, name="s2")):
        await until(streams.idle)
    assert gateway.phone == [(PATIENT, "oi")]
    assert await story(streams, send) == ["attempted", "accepted"]


async def test_a_call_whose_caller_died_is_given_its_time_before_a_second_one(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    """The gateway works on, and tells of the message later than proof is usually waited for."""
    gateway.script(HANG)
    send = a_send()
    patient = {"evolution_timeout_s": 4, "send_proof_wait_s": 0}
    first = await Sender(redis_url, gateway.url, **patient).start()
    await streams.put(send)
    await until(lambda: gateway.busy)
    await first.die()
    async with sending(Sender(redis_url, gateway.url, name="s2", **patient)):
        await holds(lambda: len(gateway.calls) == 1, seconds=2.5)
        await echo(streams, send)
        await until(streams.idle)
    assert len(gateway.calls) == 1
    assert await story(streams, send) == ["attempted", "accepted"]


async def test_redis_trouble_while_proof_is_looked_for_is_no_reason_to_send_again(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    gateway.script(RESET.delivered())
    send = a_send(send_class="reminder")
    sender = Sender(redis_url, gateway.url, send_proof_wait_s=3)
    async with sending(sender):
        await streams.put(send)
        await until(lambda: gateway.calls)
        for _ in range(8):
            await asyncio.sleep(0.1)  # not a wait for something: the trouble goes on for a while
            sender.wire.cut()
        await echo(streams, send)
        await until(streams.idle)
    assert (await story(streams, send))[-1] == "accepted"
    assert len(gateway.calls) == 1


async def test_a_bug_after_the_call_is_no_reason_to_send_again(
    streams: Streams, redis_url: str, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object) -> None:
        raise KeyError("a bug")

    send = a_send(send_class="reminder")
    original = Judge.judge
    monkeypatch.setattr(Judge, "judge", broken)
    async with sending(Sender(redis_url, gateway.url, send_proof_wait_s=5)):
        await streams.put(send)
        await until(lambda: gateway.phone)
        await echo(streams, send)
        monkeypatch.setattr(Judge, "judge", original)
        await until(streams.idle)
    assert gateway.phone == [(PATIENT, "oi")]
    assert (await story(streams, send))[-1] == "accepted"


async def test_a_process_that_stood_still_before_its_call_does_not_call(
    streams: Streams, redis_url: str, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its lane may be another's by now. When it is not, the message goes out after all, in its place."""
    from sender.attempts import Attempts

    begin, stalls = Attempts.begin, 1

    async def slow(self: Attempts, *args: Any) -> Any:
        nonlocal stalls
        begun = await begin(self, *args)
        if stalls:
            stalls -= 1
            await asyncio.sleep(0.5)  # longer than half a lease, as a stopped process would be
        return begun

    monkeypatch.setattr(Attempts, "begin", slow)
    async with sending(Sender(redis_url, gateway.url)):
        await streams.put(a_send("1"), a_send("2"))
        await until(streams.idle)
    assert gateway.phone == [(PATIENT, "1"), (PATIENT, "2")]


async def test_what_is_too_late_is_recorded_and_not_sent(streams: Streams, redis_url: str, gateway: Gateway) -> None:
    clock = ManualClock()
    send = a_send(expires_at=clock.now_ms() - 1, clock=clock)
    async with sending(Sender(redis_url, gateway.url, clock=clock)):
        await streams.put(send, a_send("in time", expires_at=clock.now_ms() + 60_000, clock=clock))
        await until(streams.idle)
    assert await story(streams, send) == ["expired"]
    assert [text for _, text in gateway.phone] == ["in time"]


@pytest.mark.parametrize("to", ["maria", "", "123", "+5511988887777", "5511988887777@broadcast", "@s.whatsapp.net"])
async def test_what_is_no_address_never_reaches_the_gateway(
    streams: Streams, redis_url: str, gateway: Gateway, to: str
) -> None:
    send = a_send(to=to)
    async with sending(Sender(redis_url, gateway.url)):
        await streams.put(send)
        await until(streams.idle)
    assert await story(streams, send) == ["failed"]
    assert gateway.calls == []


async def test_a_nul_never_reaches_the_gateway(streams: Streams, redis_url: str, gateway: Gateway) -> None:
    async with sending(Sender(redis_url, gateway.url)):
        await streams.put(a_send("a\x00b"))
        await until(streams.idle)
    assert gateway.phone == [(PATIENT, "ab")]


async def test_an_event_that_is_no_send_is_a_dead_letter(streams: Streams, redis_url: str, gateway: Gateway) -> None:
    from shared.events import SendRead

    send = a_send()
    stray = SendRead(
        id=send.id, instance="wa1", occurred_at=1, recorded_at=1, send_id=send.id, message_id="m", chat=PATIENT
    )
    async with sending(Sender(redis_url, gateway.url)):
        await streams.put(stray, stream=keys.outbound(streams.instance))
        await until(streams.idle)
    (dead,) = await streams.dead()
    assert b"does not belong" in dead["reason"]


async def test_a_gateway_that_refuses_connections_is_waited_for(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    await gateway.close()
    sends = [a_send(f"{n}", f"551190000000{n % 3}") for n in range(12)]
    async with sending(Sender(redis_url, gateway.url)):
        await streams.put(*sends)
        await until(lambda: streams.facts(SendFailed))
        await holds(lambda: _all_wait(streams), seconds=0.3)
        await gateway.open()
        await until(streams.idle, seconds=40)
    for chat in range(3):
        assert [text for to, text in gateway.phone if to.endswith(str(chat))] == [str(n) for n in range(chat, 12, 3)]
    assert not await streams.dead()


async def _all_wait(streams: Streams) -> bool:
    return await streams.depth() == 12


async def test_vip_goes_first_at_a_slow_pace_too_and_the_rest_still_moves(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    others = [a_send(f"other{n}", f"551197777{n:04}") for n in range(4)]
    vips = [a_send(f"vip{n}", f"551198888{n:04}", vip=True) for n in range(16)]
    await streams.put(*others, *vips)
    async with sending(Sender(redis_url, gateway.url, wa_tokens_per_second=40.0, wa_bucket_capacity=1)):
        await until(streams.idle)
    order = [text for _, text in gateway.phone]
    for n in range(4):
        assert order.index(f"other{n}") <= 5 * (n + 1)
    assert all(text.startswith("vip") for text in order[:3])


async def test_calls_go_side_by_side_across_chats_and_no_more_than_allowed(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    gateway.always = Answer(delay_s=0.05, delivers=True)
    await streams.put(*(a_send(f"{n}", f"55119000{n % 20:05}") for n in range(60)))
    async with sending(Sender(redis_url, gateway.url, streams={"concurrency": 8})):
        await until(streams.idle)
    assert 4 <= gateway.most_at_once <= 8
    for chat in range(20):
        texts = [text for to, text in gateway.phone if int(to[-5:]) == chat]
        assert texts == [f"{n}" for n in range(chat, 60, 20)]


async def test_proof_that_comes_while_the_second_try_waits_for_its_token_is_seen(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    gateway.script(RESET.delivered())
    send = a_send()
    sender = Sender(redis_url, gateway.url, wa_tokens_per_second=0.01, wa_bucket_capacity=1, send_proof_wait_s=0)
    async with sending(sender):
        await streams.put(send)
        await until(lambda: _gave_up(streams, send))
        await echo(streams, send)
        await streams.client.hset(keys.limits(streams.instance), "tokens_per_second", "1000")
        await streams.client.delete(keys.bucket(streams.instance))
        await until(streams.idle, seconds=130)
    assert await story(streams, send) == ["attempted", "unknown", "accepted"]
    assert len(gateway.phone) == 1


async def _gave_up(streams: Streams, send: Event) -> bool:
    progress = parse(await streams.client.hget(keys.progress(streams.instance), send.id))
    return bool(progress.last) and progress.last.outcome == "unknown"


@pytest.mark.parametrize("told", [True, False])
async def test_a_replayed_send_of_unknown_outcome_is_looked_for_once_more(
    streams: Streams, redis_url: str, gateway: Gateway, *, told: bool
) -> None:
    """Its tries are counted anew; that one of them may have arrived is not forgotten."""
    send = a_send()
    await streams.client.hset(
        keys.progress(streams.instance), send.id, dump(Progress(uncounted=2, unproven=send.occurred_at))
    )
    if told:
        await echo(streams, send)
    await streams.put(send)
    async with sending(Sender(redis_url, gateway.url)):
        await until(streams.idle)
    assert await story(streams, send) == (["accepted"] if told else ["attempted", "accepted"])
    assert len(gateway.calls) == (0 if told else 1)


SLOW = {"wa_tokens_per_second": 0.001, "wa_bucket_capacity": 1}


@pytest.mark.every_server
async def test_what_an_operator_trims_while_it_waits_is_a_dead_letter_with_its_words(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    stream = keys.outbound(streams.instance)
    async with sending(Sender(redis_url, gateway.url, **SLOW)):
        await streams.put(a_send("first"))
        await until(streams.idle)
        trimmed = a_send("trimmed")
        await streams.put(trimmed)
        await until(lambda: streams.pending(stream))
        await streams.client.xtrim(stream, maxlen=0, approximate=False)
        await streams.client.hset(keys.limits(streams.instance), "tokens_per_second", "1000")
        (letter,) = await until(streams.dead)
        await until(streams.idle)
    assert decode(letter["e"]) == trimmed
    assert b"deleted" in letter["reason"]
    assert [text for _, text in gateway.phone] == ["first"]


@pytest.mark.every_server
async def test_an_entry_that_somebody_claims_by_hand_keeps_its_place_in_its_chat(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    stream, claimed = keys.outbound(streams.instance), {"stream_claim_idle_ms": 1_000}
    async with sending(Sender(redis_url, gateway.url, streams=claimed, **SLOW)):
        await streams.put(a_send("0"))
        await until(streams.idle)
        await streams.put(a_send("1"), a_send("2"), a_send("3"))
        await until(lambda: _all_pending(streams, stream))
        first = (await streams.client.xrange(stream, count=1))[0][0]
        await streams.client.xclaim(stream, keys.OUTBOUND_GROUP, "a person", 0, [first])
        await streams.client.hset(keys.limits(streams.instance), "tokens_per_second", "1000")
        await until(streams.idle, seconds=20)
    assert [text for _, text in gateway.phone] == ["0", "1", "2", "3"]


async def _all_pending(streams: Streams, stream: str) -> bool:
    return await streams.pending(stream) == 3


async def test_an_answer_without_an_end_fills_no_memory() -> None:
    sent = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n\r\n[")
        with contextlib.suppress(OSError):
            while True:
                writer.write(b" " * 1024**2)
                await writer.drain()
                sent += 1024**2
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with Evolution(url, "key", 5.0) as evolution:
        assert isinstance(await evolution.send("wa1", PATIENT, Text(text="oi")), Unknown)
    server.close()
    assert MOST_BYTES - 2 * 1024**2 < sent < 2 * MOST_BYTES


async def test_messages_that_stop_their_lane_again_and_again_stop_it_no_more_while_others_go(
    streams: Streams, redis_url: str, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A filter before the gateway answers 403 to these words; WhatsApp's session with that chat is broken."""
    monkeypatch.setattr("sender.judging.full_jitter", lambda *_args, **_about: 0.05)
    monkeypatch.setattr("sender.judging.MISCONFIGURED_WAIT_S", 0.5)
    stuck = [a_send(f"stuck {n}", f"551190000000{n}") for n in range(2)]
    for send, answer in zip(stuck, (says(403), says(400, ["Error: Connection Closed"])), strict=True):
        gateway.script(*[answer] * 50, to=send.chat)
    async with sending(Sender(redis_url, gateway.url, streams={"max_deliveries": 3})):
        await streams.put(*stuck)
        n = 0
        while len(await streams.dead()) < 2:
            n += 1
            assert n < 200
            await streams.put(a_send(f"{n}", f"55118{n:08}"))
            await until(lambda n=n: len(gateway.phone) >= n)  # type: ignore[misc]
        await until(streams.idle)
    tries = [fact.category for fact in await streams.facts(SendFailed) if fact.send_id in {s.id for s in stuck}]  # type: ignore[union-attr]
    assert tries.count("misconfigured") + tries.count("instance_down") < 10
