"""What does an answer carry?"""

from typing import Literal

from msgspec import Struct

from clinic.text import Language

Kind = Literal[
    "greeting", "thanks", "hours", "price", "service", "address", "insurance", "knowledge",
    "ask_back", "emergency", "person", "unknown", "optout",
]  # fmt: skip
MAX_CHARS = 700  # what a patient reads on a phone without scrolling


class Part(Struct, frozen=True):
    """The answer to one thing asked."""

    kind: Kind
    text: str
    sources: tuple[str, ...] = ()
    confidence: float = 1.0
    wants_person: bool = False


class Answer(Struct, frozen=True):
    """A reply, where it comes from, and how sure it is (0..1)."""

    text: str
    language: Language
    kind: Kind
    sources: tuple[str, ...]
    confidence: float
    wants_person: bool


def joined(parts: list[Part], language: Language) -> Answer:
    """The parts as one reply; what does not fit any more is left out with its source."""
    kept = parts[:1]
    for part in parts[1:]:
        if sum(len(one.text) + 2 for one in kept) + len(part.text) <= MAX_CHARS:
            kept.append(part)
    return Answer(
        text=fitted("\n\n".join(part.text for part in kept)),
        language=language,
        kind=kept[0].kind,
        sources=tuple(dict.fromkeys(source for part in kept for source in part.sources)),
        confidence=min(part.confidence for part in kept),
        wants_person=any(part.wants_person for part in kept),
    )


def fitted(text: str, limit: int = MAX_CHARS) -> str:
    """Cut at the end of a sentence or line, never within a figure."""
    if len(text) <= limit:
        return text
    cut = text[:limit]
    end = max(cut.rfind(mark) for mark in (". ", "! ", "? ", "\n"))
    return cut[: end + 1].strip() if end > 0 else cut.rsplit(" ", 1)[0] + "…"
