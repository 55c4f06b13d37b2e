"""What does an answer carry?"""

from typing import Literal

from msgspec import Struct

from clinic.text import Language

Kind = Literal[
    "greeting", "thanks", "hours", "price", "service", "address", "insurance", "knowledge",
    "ask_back", "emergency", "person", "unknown", "optout",
]  # fmt: skip
MAX_CHARS = 700  # what a patient reads on a phone without scrolling


class Told(Struct, frozen=True):
    """A fact of one service, so that a second one beside it need not name the service again."""

    service: str
    more: str
    note: str = ""


class Part(Struct, frozen=True):
    """The answer to one thing asked."""

    kind: Kind
    text: str
    sources: tuple[str, ...] = ()
    confidence: float = 1.0
    wants_person: bool = False
    of: Told | None = None


class Answer(Struct, frozen=True):
    """A reply, where it comes from, and how sure it is (0..1)."""

    text: str
    language: Language
    kind: Kind
    sources: tuple[str, ...]
    confidence: float
    wants_person: bool
    about: tuple[str, ...] = ()
    """Ids of the services that it speaks of."""

    @property
    def books(self) -> bool:
        """Does it hand a wish for an appointment, or more of it, to the front desk?"""
        return any(source.endswith("#fallbacks.booking") for source in self.sources)


def joined(parts: list[Part], language: Language, about: tuple[str, ...] = ()) -> Answer:
    """The parts as one reply; what does not fit any more is left out with its source."""
    kept = parts[:1]
    for part in parts[1:]:
        if sum(len(one.text) + 2 for one in kept) + len(part.text) <= MAX_CHARS:
            kept.append(part)
    return Answer(
        text=fitted("\n\n".join(_paragraphs(kept))),
        language=language,
        kind=kept[0].kind,
        sources=tuple(dict.fromkeys(source for part in kept for source in part.sources)),
        confidence=min(part.confidence for part in kept),
        wants_person=any(part.wants_person for part in kept),
        about=about,
    )


def _paragraphs(parts: list[Part]) -> list[str]:
    """What is told of one service stands together, under its name once and with its note once."""
    found: list[str] = []
    places: dict[str, int] = {}
    for part in parts:
        if part.of is None or part.of.service not in places:
            if part.of is not None:
                places[part.of.service] = len(found)
            found.append(part.text)
            continue
        at = places[part.of.service]
        note = "" if part.of.note in found[at] else part.of.note
        found[at] = " ".join(filter(None, (found[at], part.of.more, note)))
    return found


def fitted(text: str, limit: int = MAX_CHARS) -> str:
    """Cut at the end of a sentence or line, never within a figure."""
    if len(text) <= limit:
        return text
    cut = text[:limit]
    end = max(cut.rfind(mark) for mark in (". ", "! ", "? ", "\n"))
    return cut[: end + 1].strip() if end > 0 else cut.rsplit(" ", 1)[0] + "…"
