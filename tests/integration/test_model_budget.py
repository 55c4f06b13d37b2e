"""A clinic's budget holds however many replicas spend it at the same time."""

import asyncio

import pytest
import redis.asyncio as aioredis

from responder.model.budget import Budget, Held, Ledger, account
from responder.model.failure import CallFailed
from responder.model.settings import ModelSettings
from tests.support.model import NOW, demo

pytestmark = pytest.mark.every_server


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


def test_a_clinics_instances_share_its_budget() -> None:
    clinic, _ = demo()
    assert account(clinic, "demo", NOW) == account(clinic, "unnamed", NOW)
