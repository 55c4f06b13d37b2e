"""May this clinic use the model once more today, and what has it used?

What a call may cost at most is taken beforehand and given back after it, so two replicas never spend the same rest,
and a call whose process dies, or whose stream breaks, stays paid for. All is kept by the clinic's first instance.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import redis.asyncio as aioredis
from redis.exceptions import RedisError

from clinic import Clinic, hours
from responder.model.failure import CallFailed
from responder.model.settings import ModelSettings
from responder.model.turn import Usage
from shared.streams import keys
from shared.telemetry import logs, metrics

KEPT_S = 3 * 86_400  # a day's usage is looked at on the next ones
PATIENCE_S = 0.5  # for Redis: an answer is worth more than its bill
MICRO = 1_000_000

_log = logs.get(__name__)


@dataclass
class Ledger:
    """One turn's account: whose it is, and what the turn has used so far."""

    key: str
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True)
class Held:
    """Taken beforehand: tokens, and millionths of a dollar. Nothing when Redis was away."""

    tokens: int = 0
    micros: int = 0


def account(clinic: Clinic, instance: str, now: datetime) -> str:
    """The key of a clinic's usage on its own day."""
    first = clinic.instances[0] if clinic.instances else instance
    return keys.usage(first, f"{hours.local(clinic, now):%Y%m%d}")


class Budget:
    """The clinics' daily budgets. Without Redis, or without limits, nothing is refused."""

    def __init__(self, client: aioredis.Redis | None, settings: ModelSettings) -> None:
        self._client = client
        self._settings = settings

    async def reserve(self, ledger: Ledger, prompt: int, completion: int, *, usd: float | None = None) -> Held:
        """Take what a call may use. Raises CallFailed when the day's budget does not hold it.

        `usd` is its price where it is not that of the model's tokens.
        """
        wanted = Held(prompt + completion, self._micros(prompt, completion, usd))
        spent = await self._add(ledger.key, wanted.tokens, wanted.micros)
        if spent is None:
            return Held()
        if self._over(*spent):
            await self._add(ledger.key, -wanted.tokens, -wanted.micros)
            raise CallFailed("budget", "the clinic's budget of the day is used up")
        return wanted

    async def settle(
        self, ledger: Ledger, held: Held, prompt: int, completion: int, *, model: str, estimated: bool,
        usd: float | None = None,
    ) -> None:  # fmt: skip
        """Replace what was taken by what was used, and note it in the turn's account."""
        micros = self._micros(prompt, completion, usd)
        before = ledger.usage
        ledger.usage = Usage(
            prompt=before.prompt + prompt,
            completion=before.completion + completion,
            cost_usd=round(before.cost_usd + micros / MICRO, 6),
            model=model,
            calls=before.calls + 1,
            estimated=before.estimated or (estimated and prompt + completion > 0),
        )
        metrics.MODEL_TOKENS.labels("prompt").inc(prompt)
        metrics.MODEL_TOKENS.labels("completion").inc(completion)
        metrics.MODEL_COST.inc(micros / MICRO)
        await self._add(ledger.key, prompt + completion - held.tokens, micros - held.micros)

    def _micros(self, prompt: int, completion: int, usd: float | None) -> int:
        """Dollars for a million tokens are millionths of a dollar for one."""
        if usd is not None:
            return round(usd * MICRO)
        return round(prompt * self._settings.llm_cost_in_per_m + completion * self._settings.llm_cost_out_per_m)

    def _over(self, tokens: int, micros: int) -> bool:
        most_tokens, most_usd = self._settings.llm_daily_tokens, self._settings.llm_daily_cost_usd
        return bool((most_tokens and tokens > most_tokens) or (most_usd and micros > most_usd * MICRO))

    async def _add(self, key: str, tokens: int, micros: int) -> tuple[int, int] | None:
        """Count in Redis; what the day comes to. None when Redis does not say, or nobody is to pay."""
        if self._client is None or not key:
            return None
        pipe: Any = self._client.pipeline(transaction=True)
        pipe.hincrby(key, "tokens", tokens)
        pipe.hincrby(key, "micro_usd", micros)
        pipe.expire(key, KEPT_S)
        try:
            async with asyncio.timeout(PATIENCE_S):
                spent = await pipe.execute()
        except (RedisError, OSError) as error:
            _log.warning("model_usage_not_counted", error=type(error).__name__, tokens=tokens)
            return None
        return int(spent[0]), int(spent[1])
