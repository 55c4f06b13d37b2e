"""What was a long conversation about, in a few lines? Here by extraction; the model does it better, when it may."""

import re
from collections.abc import Sequence

import msgspec

MOST_SUMMARY = 800  # characters: about a screen
MOST_LINE = 120


class Line(msgspec.Struct, frozen=True, array_like=True):
    """One thing said."""

    author: str
    """patient or clinic"""
    text: str
    at: int


def extracted(summary: str, lines: Sequence[Line]) -> str:
    """The summary so far and the first sentence of what the patient wrote; the oldest goes when it is too much."""
    kept = [*summary.splitlines(), *(f"- {_first(line.text)}" for line in lines if line.author == "patient")]
    while kept and sum(len(line) + 1 for line in kept) > MOST_SUMMARY:
        kept.pop(0)
    return "\n".join(kept)


def _first(text: str) -> str:
    sentence = re.split(r"(?<=[.!?])\s+", " ".join(text.split()), maxsplit=1)[0]
    return sentence if len(sentence) <= MOST_LINE else f"{sentence[: MOST_LINE - 1]}…"
