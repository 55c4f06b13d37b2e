"""Which pieces of a clinic's knowledge are nearest to the question in meaning?"""

import asyncio
import time
from collections.abc import Iterable
from operator import mul
from weakref import WeakKeyDictionary

from clinic import Language
from clinic.knowledge import Hit, Knowledge
from clinic.knowledge.chunks import Chunk
from responder.library import Library
from responder.meaning.vectors import Vector, Vectors

LOOK_S = 2.0
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
        while True:
            for knowledge in library.knowledge():
                await self.prepare(knowledge)
            await asyncio.sleep(LOOK_S)

    async def prepare(self, knowledge: Knowledge) -> None:
        """Get the vectors of what is new."""
        pieces = knowledge.pieces[:MOST_PIECES]
        if len(self._placed.get(knowledge, ())) == len(pieces):
            return
        texts = {piece: f"{piece.title}\n{piece.text}" for piece in pieces}
        found = await self._vectors.of(list(texts.values()), time.monotonic() + PATIENCE_S)
        self._placed[knowledge] = tuple((piece, found[text]) for piece, text in texts.items() if text in found)

    async def nearest(
        self, knowledge: Knowledge, question: str, languages: Iterable[Language], *, limit: int, deadline: float
    ) -> list[Hit]:
        """The pieces in these languages that mean the most alike, best first; none while there are no vectors."""
        placed = self._placed.get(knowledge, ())
        if not placed:
            return []
        asked = (await self._vectors.of([question], deadline, shared=False)).get(question)
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
