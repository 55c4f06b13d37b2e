"""How do two searches that score in their own ways become one?"""

from collections.abc import Sequence

from clinic.knowledge import Hit

RANK_K = 60  # Cormack, Clarke and Buettcher 2009: their constant, at which the first ranks do not drown the others


def fused(rankings: Sequence[Sequence[Hit]], limit: int) -> list[Hit]:
    """Reciprocal rank fusion: what several searches rank high comes first; a piece is named once, as first found."""
    scores: dict[tuple[str, str], float] = {}
    hits: dict[tuple[str, str], Hit] = {}
    for ranking in rankings:
        for rank, hit in enumerate(ranking, 1):
            piece = hit.source, hit.text
            scores[piece] = scores.get(piece, 0.0) + 1 / (RANK_K + rank)
            hits.setdefault(piece, hit)
    return [hits[piece] for piece in sorted(scores, key=lambda one: -scores[one])[:limit]]
