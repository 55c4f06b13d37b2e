"""A clinic's budget holds however many replicas spend it at the same time."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import redis.asyncio as aioredis

from responder.model import Failed
from responder.model import budget as budgeting
from responder.model.budget import Budget, Held, Ledger, account
from responder.model.failure import CallFailed
from responder.model.settings import ModelSettings
from shared.events import HandoffRequested
from shared.streams import connection
from tests.integration.test_hearing import NOTE, Files
from tests.support.model import NOW, a_model, a_turn, demo
from tests.support.responder import Endpoint, chatting, responding

pytestmark = pytest.mark.every_server
PATIENCE_S = 120.0


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an answer of Redis nothing is refused: here it always comes, however busy the machine is."""
    monkeypatch.setattr(budgeting, "PATIENCE_S", PATIENCE_S)
    monkeypatch.setattr(connection, "COMMAND_TIMEOUT_S", PATIENCE_S)


@pytest.fixture
async def client(redis_url: str) -> AsyncIterator[aioredis.Redis]:
    """One that waits as long."""
    async with aioredis.Redis.from_url(redis_url, socket_timeout=PATIENCE_S) as client:
        yield client


async def tried(budget: Budget, ledger: Ledger) -> Held | None:
    try:
        return await budget.reserve(ledger, 60, 40)
    except CallFailed:
        return None


async def test_replicas_never_spend_more_than_there_is(client: aioredis.Redis) -> None:
    replicas = [Budget(client, ModelSettings(llm_daily_tokens=1000)) for _ in range(3)]
    ledger = Ledger(account(demo()[0], "demo", NOW))
    held = await asyncio.gather(*(tried(replicas[n % 3], ledger) for n in range(60)))
    given = [one for one in held if one is not None]
    assert Held() not in given  # Redis was asked, and answered
    assert 0 < len(given) <= 10
    assert await client.hget(ledger.key, "tokens") == str(len(given) * 100).encode()
    for one in given:
        await replicas[0].settle(ledger, one, 10, 5, model="m", estimated=False)
    assert await client.hget(ledger.key, "tokens") == str(len(given) * 15).encode()
    assert (ledger.usage.tokens, ledger.usage.calls) == (len(given) * 15, len(given))


async def test_money_is_counted_in_millionths(client: aioredis.Redis) -> None:
    settings = ModelSettings(llm_daily_cost_usd=0.001, llm_cost_in_per_m=2.5, llm_cost_out_per_m=10.0)
    budget, ledger = Budget(client, settings), Ledger(account(demo()[0], "demo", NOW))
    held = await budget.reserve(ledger, 100, 50)
    assert held == Held(150, 750)
    with pytest.raises(CallFailed):
        await budget.reserve(ledger, 100, 50)
    await budget.settle(ledger, held, 100, 10, model="m", estimated=False)
    assert await client.hgetall(ledger.key) == {b"tokens": b"110", b"micro_usd": b"350"}
    assert ledger.usage.cost_usd == 0.00035


async def test_a_key_of_another_type_refuses_nobody(client: aioredis.Redis) -> None:
    ledger = Ledger(account(demo()[0], "demo", NOW))
    await client.set(ledger.key, "not a hash")
    assert await tried(Budget(client, ModelSettings(llm_daily_tokens=1)), ledger) == Held()


async def test_a_voice_note_is_paid_for_by_its_length_or_as_the_endpoint_says(client: aioredis.Redis) -> None:
    prices: dict[str, Any] = {"transcribe_model": "ears", "transcribe_cost_per_minute": 0.006}
    key = account(demo()[0], "demo", NOW)
    async with Endpoint() as endpoint:
        model = a_model(endpoint.url, client, **prices)
        await model.transcribe(b"x" * 8000, "audio/ogg", 60, a_turn("x"))
        assert (await spent(client, key))[1] == 6000
        endpoint.usage = {"type": "tokens", "input_tokens": 14, "output_tokens": 6}
        tokens, _ = await spent(client, key)
        await model.transcribe(b"x" * 8000, "audio/ogg", None, a_turn("x"))
        assert (await spent(client, key)) == (tokens + 20, 6000 + 400)
        endpoint.usage = {"type": "duration", "seconds": 30}
        await model.transcribe(b"x" * 8000, "audio/ogg", None, a_turn("x"))
        assert (await spent(client, key))[1] == 6400 + 3000
        await model.aclose()


async def test_a_note_is_not_shorter_than_its_bytes(client: aioredis.Redis) -> None:
    async with Endpoint() as endpoint:
        model = a_model(endpoint.url, client, transcribe_model="ears", transcribe_cost_per_minute=0.006)
        await model.transcribe(b"x" * 8000 * 60, "audio/ogg", 1, a_turn("x"))
        await model.aclose()
    assert (await spent(client, account(demo()[0], "demo", NOW)))[1] == 6000


async def test_vectors_are_paid_for_and_end_with_the_budget(client: aioredis.Redis) -> None:
    key = account(demo()[0], "demo", NOW)
    async with Endpoint() as endpoint:
        model = a_model(endpoint.url, client, embeddings_model="v", embeddings_cost_per_m=20.0, llm_daily_tokens=50)
        assert isinstance(await model.embed(["a" * 90], a_turn("x").deadline, key), list)
        assert await spent(client, key) == (1, 20)  # the endpoint says one token
        refused = await model.embed(["a" * 300], a_turn("x").deadline, key)
        await model.aclose()
    assert isinstance(refused, Failed)
    assert refused.reason == "budget"
    assert await spent(client, key) == (1, 20)
    assert len(endpoint.asked) == 1


async def test_a_voice_note_beyond_the_budget_is_a_persons_to_hear(client: aioredis.Redis, redis_url: str) -> None:
    async with Endpoint() as endpoint, Files() as files:
        given = endpoint.environ(TRANSCRIBE_MODEL="ears", LLM_DAILY_TOKENS="5") | files.environ
        async with responding(redis_url, **given), chatting(client, redis_url) as chat:
            await chat.says(kind="audio", attachment=NOTE)
            (said,) = await chat.answered()
            (handoff,) = await chat.facts(HandoffRequested)
    assert "arquivo" in said
    assert isinstance(handoff, HandoffRequested)
    assert handoff.why == "media"
    assert endpoint.asked == []


async def spent(client: aioredis.Redis, key: str) -> tuple[int, int]:
    found = await client.hgetall(key)
    return int(found[b"tokens"]), int(found[b"micro_usd"])


def test_a_clinics_instances_share_its_budget() -> None:
    clinic, _ = demo()
    assert account(clinic, "demo", NOW) == account(clinic, "unnamed", NOW)
