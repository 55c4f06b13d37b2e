"""What do voice notes and vectors take from a clinic's day? Like the model's answers: beforehand, then what it was.

Tokens are the endpoint's own count where it tells one, else ours; money is counted by the prices that are set.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from responder.model.budget import Budget, Ledger
from responder.model.collected import CHARS_PER_TOKEN
from responder.model.failure import CallFailed
from responder.model.settings import ModelSettings

if TYPE_CHECKING:
    from responder.model.wire import Endpoint

TOKENS_PER_S = 10  # of speech: what OpenAI's gpt-4o-transcribe counts for a second of it
BYTES_PER_S = 2_000  # of a WhatsApp voice note: Opus at 16 kbit/s
DENSEST = 8_000  # bytes in a second of any voice: a note is at least so long, whatever its sender says


async def transcribed(
    endpoint: "Endpoint", settings: ModelSettings, budget: Budget, ledger: Ledger,
    audio: bytes, name: str, seconds: int | None, deadline: float,
) -> str:  # fmt: skip
    """What is said in a recording. Raises CallFailed, with `budget` when the day's is used up."""
    length = max(seconds, len(audio) / DENSEST) if seconds else len(audio) / BYTES_PER_S
    usd, model = length / 60 * settings.transcribe_cost_per_minute, settings.transcribe_model
    tokens = round(length * TOKENS_PER_S) + 1
    held = await budget.reserve(ledger, tokens, 0, usd=usd)
    try:
        said = await endpoint.transcribe(audio, name, deadline)
    except CallFailed as failure:
        used = (tokens, usd) if failure.reached else (0, 0.0)
        await budget.settle(ledger, held, used[0], 0, model=model, estimated=True, usd=used[1])
        raise
    prompt, completion = said.tokens or (tokens, len(said.text) // CHARS_PER_TOKEN)
    estimated = said.tokens is None
    if said.seconds is not None:
        usd = said.seconds / 60 * settings.transcribe_cost_per_minute
    await budget.settle(ledger, held, prompt, completion, model=model, estimated=estimated, usd=usd)
    return said.text


async def embedded(
    endpoint: "Endpoint", settings: ModelSettings, budget: Budget, ledger: Ledger, texts: Sequence[str], deadline: float
) -> list[list[float]]:
    """A vector for each text. Raises CallFailed, with `budget` when the day's is used up."""
    price, model = settings.embeddings_cost_per_m / 1e6, settings.embeddings_model
    tokens = sum(map(len, texts)) // CHARS_PER_TOKEN + len(texts)
    held = await budget.reserve(ledger, tokens, 0, usd=tokens * price)
    try:
        made = await endpoint.embed(texts, deadline)
    except CallFailed as failure:
        used = tokens if failure.reached else 0
        await budget.settle(ledger, held, used, 0, model=model, estimated=True, usd=used * price)
        raise
    used = made.tokens or tokens
    await budget.settle(ledger, held, used, 0, model=model, estimated=not made.tokens, usd=used * price)
    return made.vectors
