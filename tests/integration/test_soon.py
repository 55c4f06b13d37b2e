"""A patient who waits sees something: typing, then one "one moment", and the answer after it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import redis.asyncio as aioredis

from clinic import Clinics
from demo.stack import ROOT
from responder.chat import Turn
from responder.settings import ResponderSettings
from responder.soon import Asked, Soon
from shared.clock import SYSTEM
from shared.events import PresenceRequested, ReplyDrafted, decode, encode
from shared.streams import keys
from shared.streams.connection import connect
from shared.streams.delivery import Delivery, Entry
from shared.streams.progress import Progress
from shared.streams.scripts import Scripts
from shared.telemetry import metrics
from tests.support.gateway import Gateway, captured
from tests.support.one_sender import sender
from tests.support.responder import INSTANCE, PATIENT, Chat, Endpoint, chatting, responding
from tests.support.waiting import until

MOMENT = "Um momento, já verifico."
SOON = {"RESPONDER_ACK_AFTER_MS": "50", "RESPONDER_MOMENT_AFTER_MS": "100"}
REPLY = "Abrimos amanhã das 8h às 12h e das 13h30 às 19h.\nSOURCES: F1"


@pytest.fixture
async def chat(client: aioredis.Redis, redis_url: str) -> AsyncIterator[Chat]:
    async with chatting(client, redis_url) as chat:
        yield chat


async def wishes(client: aioredis.Redis) -> list[PresenceRequested]:
    entries: Any = await client.xrange(keys.PRESENCE)
    return [one for _, fields in entries if isinstance(one := decode(fields[b"e"]), PresenceRequested)]


async def test_a_slow_answer_shows_typing_then_says_one_moment_and_then_answers(chat: Chat, redis_url: str) -> None:
    async with Endpoint(REPLY) as endpoint, responding(redis_url, **endpoint.environ(), **SOON):
        endpoint.release.clear()
        await chat.says("que horas abre amanhã?")
        await until(lambda: wishes(chat.client))
        assert await _first(chat) == MOMENT
        endpoint.release.set()
        said = await chat.answered(2)
    assert said[0] == MOMENT
    assert len(said) == 2
    assert [(one.instance, one.to) for one in await wishes(chat.client)] == [(INSTANCE, f"{PATIENT}@s.whatsapp.net")]


async def _first(chat: Chat) -> str:
    return (await until(chat.sends))[0]


async def test_a_quick_answer_comes_alone(chat: Chat, redis_url: str) -> None:
    async with responding(redis_url, RESPONDER_ACK_AFTER_MS="2000", RESPONDER_MOMENT_AFTER_MS="2000"):
        await chat.says("que horas abre amanhã?")
        said = await chat.answered()
    assert len(said) == 1
    assert MOMENT not in said
    assert await wishes(chat.client) == []


async def test_by_default_no_moment_is_said(chat: Chat, redis_url: str) -> None:
    async with Endpoint(REPLY) as endpoint, responding(redis_url, **endpoint.environ(), RESPONDER_ACK_AFTER_MS="50"):
        endpoint.release.clear()
        await chat.says("que horas abre amanhã?")
        await until(lambda: wishes(chat.client))
        endpoint.release.set()
        assert len(await chat.answered()) == 1


async def test_a_turn_that_begins_anew_says_one_moment_once(chat: Chat, redis_url: str) -> None:
    async with Endpoint(REPLY) as endpoint, responding(redis_url, **endpoint.environ(), **SOON):
        endpoint.release.clear()
        await chat.says("que horas abre amanhã?")
        await until(chat.sends)
        await chat.says("e que horas fecha?")
        await chat.taken(2)
        endpoint.release.set()
        said = await chat.answered(2)
    (draft,) = await chat.facts(ReplyDrafted)
    assert isinstance(draft, ReplyDrafted)
    assert len(draft.answers) == 2
    assert said.count(MOMENT) == 1
    assert said[0] == MOMENT


# ── the script: who may still say it ───────────────────────────────────────────────────────────────────────────────
@pytest.fixture
async def scripts(redis_url: str) -> AsyncIterator[Scripts]:
    async with connect(redis_url) as client:
        yield Scripts(client)


async def an_asked(chat: Chat, fence: int = 7) -> Asked:
    """A question under work, in a lane with this fencing number."""
    message = await chat.says("que horas abre amanhã?")
    ((entry, _),) = await chat.client.xrange(keys.inbound(INSTANCE))
    await chat.client.set(keys.fence(INSTANCE, "responder"), 7)
    clinic = Clinics.load(ROOT / "clinics").for_instance(INSTANCE)
    stream = Entry(keys.inbound(INSTANCE), entry.decode(), encode(message))
    delivery = Delivery(stream, message, Progress(), fence)
    return Asked(delivery, Turn((message,)), clinic, "pt", False)


def a_soon(scripts: Scripts) -> Soon:
    settings = ResponderSettings(redis_url="redis://x", wa_tokens_per_second=1.0, wa_bucket_capacity=5)
    return Soon(scripts, SYSTEM, settings, "responder", 0, 100)


@pytest.mark.every_server
async def test_it_is_said_once(chat: Chat, scripts: Scripts) -> None:
    asked, soon = await an_asked(chat), a_soon(scripts)
    outcomes = await asyncio.gather(*(soon._say(asked) for _ in range(5)))
    assert sorted(outcomes) == ["before"] * 4 + ["said"]
    assert await chat.sends() == [MOMENT]


async def test_who_lost_the_lane_says_nothing(chat: Chat, scripts: Scripts) -> None:
    assert await a_soon(scripts)._say(await an_asked(chat, fence=6)) == "fenced"
    assert await chat.sends() == []


async def test_after_the_answer_nothing_is_said(chat: Chat, scripts: Scripts) -> None:
    asked = await an_asked(chat)
    await chat.client.xdel(keys.inbound(INSTANCE), asked.delivery.entry.id)
    assert await a_soon(scripts)._say(asked) == "gone"


async def test_when_tokens_are_few_nothing_is_said(chat: Chat, scripts: Scripts) -> None:
    asked = await an_asked(chat)
    seconds, micros = await chat.client.time()
    now = seconds * 1000 + micros // 1000
    await chat.client.hset(keys.bucket(INSTANCE), mapping={"tokens": "0.5", "at": str(now)})
    assert await a_soon(scripts)._say(asked) == "tight"
    await chat.client.hset(keys.bucket(INSTANCE), mapping={"tokens": "4", "at": str(now)})
    assert await a_soon(scripts)._say(asked) == "said"


async def test_while_others_wait_nothing_is_said(chat: Chat, scripts: Scripts) -> None:
    asked = await an_asked(chat)
    await chat.client.xadd(keys.outbound(INSTANCE), {"e": b"x"})
    assert await a_soon(scripts)._say(asked) == "tight"


# ── the sender's part ──────────────────────────────────────────────────────────────────────────────────────────────
def a_wish(age_ms: int = 0) -> bytes:
    at = SYSTEM.now_ms() - age_ms
    return encode(
        PresenceRequested(
            id="019a2b3c-4d5e-7f60-8a9b-0c1d2e3f4051", instance=INSTANCE, chat=PATIENT, occurred_at=at, recorded_at=at,
            to=PATIENT, shown_ms=8000,
        )
    )  # fmt: skip


async def _listens(client: aioredis.Redis) -> bool:
    return bool(await client.exists(keys.PRESENCE)) and bool(await client.xinfo_groups(keys.PRESENCE))


async def test_a_wish_is_one_call_to_the_gateway_as_recorded(
    client: aioredis.Redis, redis_url: str, gateway: Gateway
) -> None:
    async with sender(redis_url, gateway), sender(redis_url, gateway):
        await until(lambda: _listens(client))
        await client.xadd(keys.PRESENCE, {"e": a_wish(60_000)})  # an old one is worth nothing
        await client.xadd(keys.PRESENCE, {"e": b"no event"})
        await client.xadd(keys.PRESENCE, {"e": a_wish()})
        await until(lambda: gateway.presences)
    assert gateway.presences == [(INSTANCE, {"number": PATIENT, "presence": "composing", "delay": 8000})]
    assert gateway.calls == []


async def test_a_gateway_that_refuses_costs_nothing_and_the_next_wish_is_tried(
    client: aioredis.Redis, redis_url: str, gateway: Gateway
) -> None:
    gateway.presence = captured("http/sendPresence_EVOLUTION_400")
    async with sender(redis_url, gateway):
        await until(lambda: _listens(client))
        for n in (1, 2):
            await client.xadd(keys.PRESENCE, {"e": a_wish()})
            await until(lambda: len(gateway.presences) == n)  # noqa: B023


async def test_a_group_that_was_flushed_away_is_made_again(
    client: aioredis.Redis, redis_url: str, gateway: Gateway
) -> None:
    async with sender(redis_url, gateway):
        await until(lambda: _listens(client))
        await client.delete(keys.PRESENCE)
        await until(lambda: _listens(client))
        await client.xadd(keys.PRESENCE, {"e": a_wish()})
        await until(lambda: gateway.presences)


async def test_no_moment_is_said_once_staff_have_taken_the_chat_over(chat: Chat, redis_url: str) -> None:
    later = {"RESPONDER_ACK_AFTER_MS": "0", "RESPONDER_MOMENT_AFTER_MS": "1500"}
    async with Endpoint(REPLY) as endpoint, responding(redis_url, **endpoint.environ(), **later):
        endpoint.release.clear()
        before = quiet_moments()
        await chat.says("que horas abre amanhã?")
        await until(lambda: endpoint.asked)
        await chat.client.set(keys.staff_spoke(INSTANCE, PATIENT), SYSTEM.now_ms())
        await until(lambda: quiet_moments() > before)
        endpoint.release.set()
        await chat.settled()
    assert await chat.sends() == []


def quiet_moments() -> float:
    return float(metrics.SIGNS.labels("moment", "quiet")._value.get())


async def test_the_moment_is_said_in_the_language_of_a_patients_first_message(chat: Chat, redis_url: str) -> None:
    async with Endpoint(REPLY) as endpoint, responding(redis_url, **endpoint.environ(), **SOON):
        endpoint.release.clear()
        await chat.says("what time do you open tomorrow?")
        assert await _first(chat) == "One moment, let me check."
        endpoint.release.set()
        await chat.settled()
