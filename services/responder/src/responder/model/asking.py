"""Who is asked, how often, and for how long?

The one loop of retries on this path: the client makes none, and the queue's own begin only when a whole turn fails.
"""

import asyncio
import random
import time
from collections.abc import Sequence

from responder.model.breaker import Breaker
from responder.model.budget import Budget, Ledger
from responder.model.collected import Collected, Reply
from responder.model.failure import CallFailed
from responder.model.settings import ModelSettings
from responder.model.wire import Endpoint, Message
from shared.telemetry import logs, metrics

TRIES = 3  # of one model, in one round
BACKOFF_S = 0.2  # doubled with each try, full jitter
LEAST_S = 0.5  # a call that would have less time than this is not begun
PATIENT_S = 1.0  # a longer wait for the same model is none when there is another to ask

_log = logs.get(__name__)


class Asking:
    """The calls of one turn: first the model, then its fallback, and never beyond the deadline or the budget."""

    def __init__(
        self,
        endpoint: Endpoint,
        settings: ModelSettings,
        breaker: Breaker,
        budget: Budget,
        ledger: Ledger,
        deadline: float,
    ) -> None:
        self._endpoint = endpoint
        self._settings = settings
        self._breaker = breaker
        self._budget = budget
        self._ledger = ledger
        self._deadline = deadline
        models = tuple(dict.fromkeys(filter(None, (settings.llm_model, settings.llm_fallback_model))))
        self._models = breaker.open_to(models)

    async def ask(self, messages: Sequence[Message], tools: Sequence[Message]) -> Reply:
        """One answer. Raises CallFailed with what the last call ended in."""
        if not self._models:
            raise CallFailed("unavailable", "no model answered lately")
        if self._left() < LEAST_S:
            raise CallFailed("deadline", "no time left for a call")
        tries = 0
        while True:
            try:
                return await self._once(self._models[0], messages, tools)
            except CallFailed as failure:
                tries += 1
                if failure.kind == "budget":
                    raise
                wait = self._wait(failure, tries)
                if wait is not None:
                    await asyncio.sleep(wait)
                elif not self._next():
                    raise
                else:
                    tries = 0

    async def _once(self, model: str, messages: Sequence[Message], tools: Sequence[Message]) -> Reply:
        """One call, paid for beforehand by what it may cost at most, and settled by what it did cost."""
        prompt, _ = Collected(messages, tools).estimated()
        held = await self._budget.reserve(self._ledger, prompt, self._settings.llm_max_output_tokens)
        try:
            reply = await self._endpoint.complete(model, messages, tools, self._deadline)
        except CallFailed as failure:
            self._note(model, failure.kind)
            await self._budget.settle(self._ledger, held, *failure.used, model=model, estimated=True)
            raise
        self._note(model, "ok")
        await self._budget.settle(
            self._ledger, held, reply.prompt, reply.completion, model=model, estimated=reply.estimated
        )
        return reply

    def _note(self, model: str, outcome: str) -> None:
        metrics.MODEL_CALLS.labels(outcome).inc()
        if outcome == "ok":
            self._breaker.worked(model)
        else:
            self._breaker.failed(model, outcome)
            _log.warning("model_call_failed", model=model, outcome=outcome)

    def _wait(self, failure: CallFailed, tries: int) -> float | None:
        """Seconds until the same model is asked again; None when it is not."""
        if not failure.again or tries >= TRIES:
            return None
        jittered = random.uniform(0, BACKOFF_S * 2 ** (tries - 1))  # noqa: S311 - not for secrets
        wait = jittered if failure.after is None else failure.after
        longest = self._left() - LEAST_S
        return wait if wait <= (min(longest, PATIENT_S) if len(self._models) > 1 else longest) else None

    def _next(self) -> bool:
        """Go on with the fallback, for the rest of the turn, if there is one and time for it."""
        self._models = self._models[1:]
        return bool(self._models) and self._left() >= LEAST_S

    def _left(self) -> float:
        return self._deadline - time.monotonic()
