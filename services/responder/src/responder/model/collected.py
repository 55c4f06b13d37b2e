"""What has come of an answer so far?"""

import json
from collections.abc import Sequence
from typing import Any

from msgspec import Struct

MAX_CHARS = 24_000  # of text and of arguments: more is no answer to a patient
CHARS_PER_TOKEN = 3  # rather few, so that an estimate is rather too high
MAX_CALLS = 8
MOST_TOKENS = 10**9  # of one call; more is a mistake of the endpoint's


class Asked(Struct, frozen=True):
    """A tool call as it came: nothing about it is known to be right."""

    id: str
    name: str
    arguments: str


class Reply(Struct, frozen=True):
    """One complete answer of the endpoint."""

    text: str
    calls: tuple[Asked, ...]
    prompt: int
    completion: int
    estimated: bool
    model: str
    cut: bool = False
    """It ended because it had become too long."""


class Collected:
    """An answer that is under way. Reading a chunk of a wrong shape raises whatever it raises: see `wire.TROUBLE`."""

    def __init__(self, messages: Sequence[Any], tools: Sequence[Any]) -> None:
        self._prompt_chars = len(json.dumps([messages, tools], ensure_ascii=False, default=str))
        self._text: list[str] = []
        self._calls: dict[int, list[str]] = {}
        self._chars = 0
        self._thought = 0
        self._usage: tuple[int | None, int | None] | None = None
        self._end = ""

    @property
    def began(self) -> bool:
        return self._chars + self._thought > 0

    @property
    def finished(self) -> bool:
        return bool(self._end) and self.began

    @property
    def complete(self) -> bool:
        """Nothing more is needed: not even the end of the stream, which some endpoints keep open."""
        return self.finished and self._usage is not None

    def add(self, chunk: Any) -> bool:
        """Take one piece in; True when it is the first that says something."""
        before = self.began
        if (usage := getattr(chunk, "usage", None)) is not None:
            self._usage = (told_count(usage, "prompt_tokens"), told_count(usage, "completion_tokens"))
        for choice in getattr(chunk, "choices", None) or ():
            self._take(getattr(choice, "delta", None) or getattr(choice, "message", None))
            self._end = getattr(choice, "finish_reason", None) or self._end
        if self._chars + self._thought > MAX_CHARS:
            raise ValueError("the answer does not end")
        return self.began and not before

    def reply(self, model: str) -> Reply:
        """The answer; one without text and calls is an empty text."""
        if not self._end and not self.began:
            raise ValueError("an empty answer")
        prompt, completion, estimated = self._used()
        calls = tuple(Asked(id_ or f"call_{at}", name, said) for at, (id_, name, said) in sorted(self._calls.items()))
        text = "".join(self._text)
        return Reply(text, calls, prompt, completion, estimated, model, self._end == "length")

    def _used(self) -> tuple[int, int, bool]:
        """Tokens of prompt and answer, and whether one of them is our own count: a bill of nothing is none."""
        told, counted = self._usage or (None, None), self.estimated()
        estimated = not told[0] or (not told[1] and counted[1] > 0)
        return told[0] or counted[0], told[1] or counted[1], estimated

    def estimated(self) -> tuple[int, int]:
        """Tokens of prompt and answer, counted by their length."""
        return self._prompt_chars // CHARS_PER_TOKEN, (self._chars + self._thought) // CHARS_PER_TOKEN

    def _take(self, part: Any) -> None:
        if part is None:
            return
        text = getattr(part, "content", None)
        if isinstance(text, str):
            self._text.append(text)
            self._chars += len(text)
        thought = getattr(part, "reasoning_content", None) or getattr(part, "reasoning", None)
        self._thought += len(thought) if isinstance(thought, str) else 0
        for at, call in enumerate(getattr(part, "tool_calls", None) or ()):
            self._call(call, at)

    def _call(self, call: Any, at: int) -> None:
        index = getattr(call, "index", None)
        if len(self._calls) >= MAX_CALLS and (index if isinstance(index, int) else at) not in self._calls:
            raise ValueError("too many calls at once")
        held = self._calls.setdefault(index if isinstance(index, int) else at, ["", "", ""])
        given = getattr(call, "function", None)
        arguments = getattr(given, "arguments", None) or ""
        said = arguments if isinstance(arguments, str) else json.dumps(arguments)
        held[0] = held[0] or str(getattr(call, "id", None) or "")
        held[1] = held[1] or str(getattr(given, "name", None) or "")
        held[2] += said
        self._chars += len(said) + 1


def told_count(usage: Any, name: str) -> int | None:
    """Tokens as the endpoint tells them; None when it does not, or tells what cannot be."""
    value = getattr(usage, name, None)
    return value if isinstance(value, int) and 0 <= value < MOST_TOKENS else None
