"""Does a gateway that is down, that asks for patience or that refuses us meet as few calls as it should?"""

from typing import Any

import pytest
from aiohttp import web

from sender.breaker import THRESHOLD
from sender.evolution import retry_after
from shared.events import SendFailed
from shared.telemetry import metrics
from tests.support.gateway import HANG, Gateway, captured, says
from tests.support.one_sender import sender
from tests.support.replica import Streams, a_send
from tests.support.waiting import until

ADMITTED_SIDE_BY_SIDE = 16
CHATS = 60


class Dead(Gateway):
    """A proxy answers 503 for it, to questions too, until it is `alive`."""

    alive = False
    probes = 0

    async def _root(self, request: web.Request) -> web.Response:
        self.probes += 1
        return await super()._root(request) if self.alive else web.Response(status=503)

    def live(self) -> None:
        self.alive, self.always = True, None


async def test_a_gateway_that_is_down_is_asked_for_a_sign_and_given_no_messages(
    streams: Streams, redis_url: str
) -> None:
    async with Dead() as gateway:
        gateway.always = says(503)
        async with sender(redis_url, gateway, SEND_PROOF_WAIT_S="1", SEND_UNCONFIRMED_AFTER_S="0"):
            await streams.put(*(a_send(f"{n}", f"55119000{n:05}") for n in range(CHATS)))
            await until(lambda: gateway.probes >= 3)
            assert len(gateway.calls) <= ADMITTED_SIDE_BY_SIDE
            assert metrics.GATEWAY_UP._value.get() == 0
            gateway.live()
            await until(streams.idle, seconds=40)
        assert sorted(text for _, text in gateway.phone) == sorted(f"{n}" for n in range(CHATS))
        assert metrics.GATEWAY_UP._value.get() == 1


async def test_calls_whose_outcome_is_unknown_come_to_their_end_though_nothing_else_is_to_be_sent(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    """They open the breaker, and no message comes whose turn would close it."""
    for n in range(THRESHOLD):
        gateway.script(HANG, to=f"551191000000{n}")
    async with sender(redis_url, gateway, SEND_PROOF_WAIT_S="1", EVOLUTION_TIMEOUT_S="1", SEND_UNCONFIRMED_AFTER_S="0"):
        await streams.put(*(a_send(f"{n}", f"551191000000{n}") for n in range(THRESHOLD)))
        await until(lambda: metrics.GATEWAY_UP._value.get() == 0)
        await until(streams.idle, seconds=60)
    assert sorted(text for _, text in gateway.phone) == sorted(f"{n}" for n in range(THRESHOLD))
    assert metrics.GATEWAY_UP._value.get() == 1


async def test_one_instance_that_is_offline_opens_no_breaker_for_the_others(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    offline = captured("baileys-sim/sendText_connection_closed_cached_number_400")
    gateway.script(*[offline] * 20, to="5511900000001")
    async with sender(redis_url, gateway, SEND_UNCONFIRMED_AFTER_S="0"):
        await streams.put(a_send("down", "5511900000001"))
        await until(lambda: len(gateway.calls) >= 1)
        await streams.put(*(a_send(f"{n}", f"551191000000{n}", instance="wa2") for n in range(9)))
        await until(lambda: len(gateway.phone) == 9)
    assert metrics.GATEWAY_UP._value.get() == 1


@pytest.mark.parametrize(
    "answer",
    [
        says(429, "", **{"Retry-After": "1"}),
        says(400, ["Error: Timed Out"], **{"Retry-After": "1"}),
        says(500, "Connection Closed", **{"Retry-After": "1"}),
        says(400, ["Error: rate-overlimit"], **{"Retry-After": "1"}),
        says(429, "", **{"Retry-After": "Tue, 24 Nov 2026 12:00:01 GMT", "Date": "Tue, 24 Nov 2026 12:00:00 GMT"}),
    ],
    ids=["throttled", "this message's own", "instance down", "overlimit", "a date"],
)
async def test_the_time_that_the_gateway_asks_for_is_waited(
    streams: Streams, redis_url: str, gateway: Gateway, monkeypatch: pytest.MonkeyPatch, answer: Any
) -> None:
    """Neither less, as the backoff of a first failure would be, nor half a minute, as without the header."""
    monkeypatch.setattr("sender.judging.full_jitter", lambda *_args, **_about: 0.01)
    gateway.script(answer)
    send = a_send()
    async with sender(redis_url, gateway, SEND_UNCONFIRMED_AFTER_S="0"):
        await streams.put(send)
        await until(streams.accepted)
    first, second = gateway.calls
    assert second.at - first.at >= 0.99
    (failed,) = await streams.facts(SendFailed)
    assert isinstance(failed, SendFailed)
    assert failed.retry_at
    assert 900 < failed.retry_at - failed.occurred_at <= 1_100


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None), ({"Retry-After": "7"}, "7"), ({"Retry-After": "soon"}, "soon"),
        ({"Retry-After": "Tue, 24 Nov 2026 12:00:30 GMT", "Date": "Tue, 24 Nov 2026 12:00:00 GMT"}, "30.0"),
        ({"Retry-After": "Tue, 24 Nov 2026 12:00:30 GMT"}, "Tue, 24 Nov 2026 12:00:30 GMT"),
    ],
)  # fmt: skip
def test_it_is_read_in_both_its_shapes(headers: dict[str, str], seconds: str | None) -> None:
    assert retry_after(headers) == seconds


@pytest.mark.parametrize(
    "answer",
    [
        captured("http/sendText_bad_apikey_401"), captured("http/sendText_unknown_instance_404"),
        says(503, "LICENSE_REQUIRED"),
    ],
    ids=["key", "name", "licence"],
)  # fmt: skip
async def test_a_wrong_setting_stops_the_lane_and_says_so_and_costs_no_message_anything(
    streams: Streams, redis_url: str, gateway: Gateway, monkeypatch: pytest.MonkeyPatch, answer: Any
) -> None:
    said: list[dict[str, Any]] = []

    class Heard:
        def error(self, event: str, **about: Any) -> None:
            said.append({"event": event, **about})

        def warning(self, *_args: Any, **_about: Any) -> None: ...

    monkeypatch.setattr("sender.judging._log", Heard())
    monkeypatch.setattr("sender.judging.MISCONFIGURED_WAIT_S", 2.0)
    gateway.always = answer
    sends = [a_send(f"{n}", f"551190000000{n}") for n in range(3)]
    async with sender(redis_url, gateway, WA_MAX_DELIVERIES="1", WA_CONCURRENCY="1", SEND_UNCONFIRMED_AFTER_S="0"):
        await streams.put(sends[0])
        await until(lambda: _failed(streams))
        await streams.put(*sends[1:])
        await until(lambda: len(gateway.calls) >= 2)
        first, second = gateway.calls[:2]
        assert second.at - first.at >= 1.9, "the whole lane waits"
        gateway.always = None
        await until(streams.idle)
    assert {fact.category for fact in await _failed(streams)} == {"misconfigured"}
    assert not await streams.dead()
    assert sorted(text for _, text in gateway.phone) == ["0", "1", "2"]
    assert said[0]["event"] == "gateway_refuses_us"
    assert "licence" in said[0]["do"]


async def _failed(streams: Streams) -> list[SendFailed]:
    return [fact for fact in await streams.facts(SendFailed) if isinstance(fact, SendFailed)]
