"""How is a Markdown file cut into pieces that can be found and sent on their own?"""

import re
import unicodedata
from collections.abc import Iterator

from msgspec import Struct

from clinic.model import Document
from clinic.text import Language

MAX_CHARS = 600  # of one chunk: a reply is at most 700 and carries a little around it
_HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*#*$")
_KEYWORDS = re.compile(r"<!--\s*keywords:(.*?)-->", re.DOTALL | re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


class Chunk(Struct, frozen=True):
    """A section, or a part of a long one; `keywords` are found but never shown."""

    text: str
    heading: str
    title: str
    keywords: str
    source: str
    topic: str
    language: Language


def chunks(document: Document) -> Iterator[Chunk]:
    """The sections of a document in their order, each with the headings above it."""
    for trail, body in _sections(document.text):
        keywords = " ".join(found.strip() for found in _KEYWORDS.findall(body))
        heading = trail[-1] if trail else document.topic
        for text in _pieces(_plain(body)):
            yield Chunk(
                text=text,
                heading=heading,
                title=" / ".join(trail) or document.topic,
                keywords=keywords,
                source=f"{document.source}#{slug(heading)}",
                topic=document.topic,
                language=document.language,
            )


def empty_sections(document: Document) -> Iterator[str]:
    """The headings with nothing below them, not even a heading of a lower rank: no answer is made of them."""
    found = [(trail, _plain(body)) for trail, body in _sections(document.text) if trail]
    for at, (trail, text) in enumerate(found):
        following = found[at + 1][0] if at + 1 < len(found) else []
        if not text and following[: len(trail)] != trail:
            yield trail[-1]


def slug(heading: str) -> str:
    """The anchor of a heading, as code hosts make it."""
    kept = re.sub(r"[^\w\s-]", "", unicodedata.normalize("NFC", heading).lower())
    return re.sub(r"\s+", "-", kept.strip())


def _sections(text: str) -> Iterator[tuple[list[str], str]]:
    trail: list[tuple[int, str]] = []
    body: list[str] = []
    for line in text.splitlines():
        found = _HEADING.match(line)
        if found is None:
            body.append(line)
            continue
        yield [name for _, name in trail], "\n".join(body)
        body = []
        trail = [one for one in trail if one[0] < len(found[1])] + [(len(found[1]), found[2])]
    yield [name for _, name in trail], "\n".join(body)


def _plain(body: str) -> str:
    """Markdown as WhatsApp shows it: its own bold, links with their address, bullets kept."""
    text = _COMMENT.sub("", body)
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", text)
    text = re.sub(r"\[([^\]]+)\]\(([^)]+)\)", r"\1 (\2)", text)
    text = re.sub(r"\*\*(.+?)\*\*", r"*\1*", text)
    text = re.sub(r"^\s*[-*+]\s+", "• ", text, flags=re.MULTILINE)
    text = re.sub(r"(?<!\n)\n(?![\n•])", " ", text)
    return re.sub(r"[ \t]+", " ", text).strip()


def _pieces(text: str) -> Iterator[str]:
    """A long section at its paragraphs, a long paragraph at its sentences."""
    piece = ""
    for part in _parts(text):
        if piece and len(piece) + len(part) + 1 > MAX_CHARS:
            yield piece
            piece = ""
        piece = f"{piece}\n{part}" if piece and part.startswith("•") else f"{piece} {part}".strip()
    if piece:
        yield piece


def _parts(text: str) -> Iterator[str]:
    for paragraph in re.split(r"\n+", text):
        if len(paragraph) <= MAX_CHARS:
            yield paragraph.strip()
            continue
        for sentence in re.split(r"(?<=[.!?])\s+", paragraph):
            yield from (sentence[at : at + MAX_CHARS] for at in range(0, len(sentence), MAX_CHARS))
