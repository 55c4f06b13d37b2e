"""What if a key is of another type than ours? Whom it holds, and how a person hears of it.

Nobody but a person makes such a key, and nobody but a person can mend it. A key of one chat, message or file costs that
one a dead letter, to be replayed when the key is gone. One that a whole instance goes by makes it wait, and says so.
"""

import re
import time
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from redis.exceptions import ResponseError

from shared.streams import keys
from shared.telemetry import logs, metrics

SAID_AGAIN_S = 60.0
MOST_REMEMBERED = 1_000
LEFT_OUT = "what goes there is left out, and the rest goes on"

T = TypeVar("T")
_TOLD = re.compile(r"WRONGTYPE (?P<key>\S.*?) is a (?P<found>\w+), expected a (?P<expected>\w+)")
_log = logs.get(__name__)


class BrokenKey(ResponseError):  # noqa: N818 - it is named for what is wrong
    """Redis refused a command or a script because this key is of the wrong type. Nothing was written."""

    def __init__(self, key: str, problem: str) -> None:
        super().__init__(f"WRONGTYPE {key} {problem}")
        self.key = key
        self.problem = problem

    @property
    def reason(self) -> str:
        """Why what met it is a dead letter."""
        return f"{self.key} {self.problem}: delete that key, then replay this"

    @property
    def is_of_one(self) -> bool:
        """Whether it is about one chat, message or file, and not about a whole instance."""
        return keys.is_of_one(self.key)


def recognised(command: Sequence[Any], reply: Any) -> Any:
    """The reply; a refusal for a key's type as BrokenKey, which names the key."""
    if not isinstance(reply, ResponseError) or "WRONGTYPE" not in str(reply):
        return reply
    if told := _TOLD.search(str(reply)):  # a script, by lua/common/is.lua
        return BrokenKey(told["key"], f"is a {told['found']}, expected a {told['expected']}")
    if command[0] in ("EVALSHA", "EVAL"):
        return reply
    key = command[2] if command[0] == "XGROUP" else command[1]
    return BrokenKey(str(key), f"is of a type that {command[0]} does not take")


async def asked(command: str, key: str, reply: Awaitable[T]) -> T:
    """The reply of a client of redis-py's own; its refusal for the key's type as BrokenKey."""
    try:
        return await reply
    except ResponseError as refusal:
        raise recognised((command, key), refusal) from None


@dataclass
class Complaints:
    """Counts each time that a broken key is met, and says so in the log once a minute for each key."""

    service: str
    _said: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        metrics.BROKEN_KEYS.labels(self.service)  # at 0, so that the first one counts as a rise

    def about(self, key: str, problem: str, effect: str) -> None:
        """`effect` is what becomes of the work that met it."""
        metrics.BROKEN_KEYS.labels(self.service).inc()
        now = time.monotonic()
        if now - self._said.get(key, now - SAID_AGAIN_S) < SAID_AGAIN_S:
            return
        if len(self._said) >= MOST_REMEMBERED:
            del self._said[next(iter(self._said))]
        self._said[key] = now
        _log.error("key_of_a_wrong_type", key=key, problem=problem, effect=effect, do="delete or rename that key")
