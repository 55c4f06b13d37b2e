"""What did the model say, and what does it say that it stands on?

We ask for plain text and a last line `SOURCES: F3, N1`: every endpoint can stream that, and no schema has to be
supported. What models make of such a wish is read as far as it is clear: bold, brackets, another language's word for
sources, the ids as the clinic's own places, JSON, thoughts in front.
"""

import json
import re
from collections.abc import Mapping

from msgspec import Struct

_THOUGHT = re.compile(r"^\s*<think(?:ing)?>.*?</think(?:ing)?>\s*", re.DOTALL | re.IGNORECASE)
_FENCE = re.compile(r"^\s*```\w*\s*\n(.*?)\n?```\s*$", re.DOTALL)
_SOURCES = re.compile(r"^[\s*_\[(>-]*(?:SOURCES?|FONTES?|FUENTES?)[*_]*\s*[:=-](.*)$", re.IGNORECASE)
_INLINE = re.compile(r"\s*[\[(](?:(?:SOURCES?|FONTES?|FUENTES?)\s*:\s*)?[FNT]\d+(?:\s*[,;]\s*[FNT]\d+)*[\])]")
_ID = re.compile(r"[FNT]\d+")
_TEXT_FIELDS = ("reply", "text", "answer", "message", "content")


class Parsed(Struct, frozen=True):
    """The words for the patient, and the places in the clinic's files, as far as they were given to the model."""

    text: str
    sources: tuple[str, ...] = ()


def without_thoughts(said: str) -> str:
    """The reply itself, for models that think aloud first."""
    return _THOUGHT.sub("", said).strip()


def parsed(said: str, given: Mapping[str, str]) -> Parsed:
    """Read a reply; `given` are the short ids of the prompt with their places."""
    text = without_thoughts(said)
    if (found := _FENCE.match(text)) is not None:
        text = found[1].strip()
    if text.startswith("{"):
        return _from_json(text, given) or Parsed(text)
    lines, cited = [], []
    for line in text.splitlines():
        found = _SOURCES.match(line)
        if found is None:
            cited += _ID.findall(" ".join(_INLINE.findall(line)))
            lines.append(_INLINE.sub("", line))
        else:
            cited += _cited(found[1], given)
    return Parsed("\n".join(lines).strip(), _places(cited, given))


def _from_json(text: str, given: Mapping[str, str]) -> Parsed | None:
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return None
    reply = next((body[name] for name in _TEXT_FIELDS if isinstance(body.get(name), str)), None)
    if reply is None:
        return None
    inner = parsed(reply.lstrip("{"), given)
    listed = body.get("sources")
    cited = _cited(" ".join(map(str, listed)) if isinstance(listed, list) else str(listed or ""), given)
    return Parsed(inner.text, tuple(dict.fromkeys((*inner.sources, *_places(cited, given)))))


def _cited(said: str, given: Mapping[str, str]) -> list[str]:
    """The ids in a list of sources; a place that is named in full counts as its id."""
    by_place = {place: id_ for id_, place in given.items()}
    words = re.split(r"[\s,;]+", said.strip(" \t*_[]().`"))
    return [by_place.get(word.strip("*_[]()`\"'"), word.strip("*_[]()`\"'.").upper()) for word in words if word]


def _places(cited: list[str], given: Mapping[str, str]) -> tuple[str, ...]:
    """What was not given to the model is no source."""
    return tuple(dict.fromkeys(given[one] for one in cited if one in given))
