"""Which optional arguments does this endpoint understand?

"OpenAI-compatible" is a family of dialects. We start with what is most useful; an endpoint that refuses an argument by
name is asked again without it, and not troubled with it any more.
"""

import re
from collections.abc import Sequence
from typing import Any

TEMPERATURE = 0.2  # answers from given facts: little to invent
_REFUSAL = re.compile(
    r"unsupported|unrecogni[sz]ed|unknown|unexpected|not supported|n.t support|not support|not permitted|extra|"
    r"not allowed|invalid (?:param|arg|field)",
    re.IGNORECASE,
)
_OPTIONAL = ("stream_options", "temperature", "max_tokens", "max_completion_tokens", "tools")


class Dialect:
    """What one model at one endpoint does not take."""

    def __init__(self) -> None:
        self._refused: set[str] = set()

    def arguments(self, tools: Sequence[dict[str, Any]], max_tokens: int) -> dict[str, Any]:
        """The optional arguments of a call."""
        wanted: dict[str, Any] = {
            "stream_options": {"include_usage": True},
            "temperature": TEMPERATURE,
            "max_tokens": max_tokens,
        }
        if "max_tokens" in self._refused:
            wanted["max_completion_tokens"] = max_tokens
        if tools:
            wanted["tools"] = list(tools)
        return {name: value for name, value in wanted.items() if name not in self._refused}

    def learn(self, given: dict[str, Any], said: str) -> bool:
        """Is this refusal about one of the `given` arguments? Then it is left out from now on.

        Calls that are made at the same time are refused for the same argument: the later ones find it left out.
        """
        if not _REFUSAL.search(said):
            return False
        named = [name for name in _OPTIONAL if name in given and re.search(rf"\b{name}\b", said)]
        if not self._refused.intersection(named):
            self._refused.update(named[:1])
        return bool(named)
