"""Which pieces of a clinic's knowledge are nearest to the question in meaning?"""

import asyncio
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from operator import mul
from weakref import WeakKeyDictionary

from clinic import Language
from clinic.knowledge import Hit, Knowledge
from clinic.knowledge.chunks import Chunk
from responder.library import Library
from responder.meaning.vectors import Vector, Vectors
from responder.model.budget import account

LOOK_S = 2.0
AGAIN_S = 30.0  # an endpoint that is away, or a day's budget that is used up, is not asked at every look
PATIENCE_S = 60.0  # for a clinic's whole knowledge: it is done beside the answering
LEAST_LIKE = 0.25  # below it, two texts of any model have nothing in common
MOST_PIECES = 2_000  # of one clinic: a look at as many takes 0.1 s of a core

Placed = tuple[tuple[Chunk, Vector], ...]


class Meanings:
    """The vectors of every clinic's knowledge, made beside the answering and again only for what changed."""

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = vectors
        self._placed: WeakKeyDictionary[Knowledge, Placed] = WeakKeyDictionary()

    async def keep_ready(self, library: Library) -> None:
        """Look again and again for knowledge whose vectors are not all there."""
        not_before: WeakKeyDictionary[Knowledge, float] = WeakKeyDictionary()
        while True:
            for clinic, knowledge in library.all():
                if not_before.get(knowledge, 0.0) > time.monotonic():
                    continue
                if not await self.prepare(knowledge, account(clinic, clinic.id, datetime.now(UTC))):
                    not_before[knowledge] = time.monotonic() + AGAIN_S
            await asyncio.sleep(LOOK_S)

    async def prepare(self, knowledge: Knowledge, payer: str = "") -> bool:
        """Get the vectors of what is new, for the account of `payer`; whether all are there."""
        pieces = knowledge.pieces[:MOST_PIECES]
        if len(self._placed.get(knowledge, ())) == len(pieces):
            return True
        texts = {piece: f"{piece.title}\n{piece.text}" for piece in pieces}
        found = await self._vectors.of(list(texts.values()), time.monotonic() + PATIENCE_S, payer)
        self._placed[knowledge] = tuple((piece, found[text]) for piece, text in texts.items() if text in found)
        return len(self._placed[knowledge]) == len(pieces)

    async def nearest(
        self, knowledge: Knowledge, question: str, languages: Iterable[Language], *, limit: int, deadline: float,
        payer: str = "",
    ) -> list[Hit]:  # fmt: skip
        """The pieces in these languages that mean the most alike, best first; none while there are no vectors."""
        placed = self._placed.get(knowledge, ())
        if not placed:
            return []
        asked = (await self._vectors.of([question], deadline, payer, shared=False)).get(question)
        if asked is None:
            return []
        return await asyncio.to_thread(_ranked, placed, asked, frozenset(languages), limit)


def _ranked(placed: Placed, asked: Vector, languages: frozenset[Language], limit: int) -> list[Hit]:
    likeness = [
        (sum(map(mul, asked, vector)), at)
        for at, (piece, vector) in enumerate(placed)
        if piece.language in languages and len(vector) == len(asked)
    ]
    best = sorted((one for one in likeness if one[0] >= LEAST_LIKE), key=lambda one: -one[0])[:limit]
    return [_hit(placed[at][0], like) for like, at in best]


def _hit(piece: Chunk, like: float) -> Hit:
    return Hit(score=like, text=piece.text, heading=piece.heading, source=piece.source, language=piece.language)
