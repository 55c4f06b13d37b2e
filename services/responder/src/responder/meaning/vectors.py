"""Which vector does a text have? Asked once for each text, for all replicas: they are kept in Redis by content."""

import array
import asyncio
import hashlib
import math
from collections.abc import Sequence
from typing import Protocol, TypeAlias

from redis.exceptions import RedisError

from responder.model import Failed
from shared.streams import keys
from shared.streams.scripts import Scripts
from shared.telemetry import logs

Vector: TypeAlias = "array.array[float]"

BATCH = 64  # texts in one request: every endpoint takes as many
LIFE_MS = 30 * 86_400_000  # what no clinic says any more is forgotten after a month
MOST_KEPT = 10_000  # vectors in this process: 60 MB of 1536 numbers each

_log = logs.get(__name__)


class Embeds(Protocol):
    """Whoever makes vectors."""

    async def embed(self, texts: Sequence[str], deadline: float, payer: str) -> list[list[float]] | Failed:
        """A vector for each text, in their order; `payer` is the account that they count for."""
        ...


class Vectors:
    """The vectors of one embeddings model, of length 1: their product is their likeness."""

    def __init__(self, scripts: Scripts, embeds: Embeds, model: str) -> None:
        self._scripts = scripts
        self._embeds = embeds
        self._model = hashlib.blake2b(model.encode(), digest_size=6).hexdigest()
        self._kept: dict[str, Vector] = {}

    async def of(
        self, texts: Sequence[str], deadline: float, payer: str = "", *, shared: bool = True
    ) -> dict[str, Vector]:
        """Text -> vector, for all that could be had before the deadline (by `time.monotonic()`).

        `shared` are the clinic's own texts, kept in Redis for all replicas; a patient's words leave nothing there.
        """
        names = {text: hashlib.blake2b(text.encode(), digest_size=16).hexdigest() for text in texts}
        if shared:
            await self._recall([name for name in names.values() if name not in self._kept])
        missing = [text for text, name in names.items() if name not in self._kept]
        for at in range(0, len(missing), BATCH):
            made = await self._embeds.embed(missing[at : at + BATCH], deadline, payer)
            if isinstance(made, Failed):
                _log.info("no_vectors", reason=made.reason, detail=made.detail)
                break
            fresh = {names[text]: unit(one) for text, one in zip(missing[at:], made, strict=False)}
            self._hold(fresh)
            if shared:
                await self._keep(fresh)
        return {text: self._kept[name] for text, name in names.items() if name in self._kept}

    async def _recall(self, names: Sequence[str]) -> None:
        try:
            found = await asyncio.gather(*(self._scripts.call("GET", keys.vector(self._model, one)) for one in names))
        except (RedisError, OSError, TimeoutError):
            return
        known = {name: data for name, data in zip(names, found, strict=True) if data and len(data) % 4 == 0}
        self._hold({name: array.array("f", data) for name, data in known.items()})

    async def _keep(self, made: dict[str, Vector]) -> None:
        writes = (
            self._scripts.call("SET", keys.vector(self._model, name), one.tobytes(), "PX", LIFE_MS)
            for name, one in made.items()
        )
        await asyncio.gather(*writes, return_exceptions=True)  # not kept there: asked for once more, elsewhere

    def _hold(self, made: dict[str, Vector]) -> None:
        self._kept |= made
        while len(self._kept) > MOST_KEPT:
            self._kept.pop(next(iter(self._kept)))


def unit(numbers: Sequence[float]) -> Vector:
    """The vector at length 1."""
    length = math.sqrt(sum(one * one for one in numbers)) or 1.0
    return array.array("f", (one / length for one in numbers))
