"""How is a thing named so that names sort by time, and a repeated step finds the same name again?

Ids are UUIDv7 (RFC 9562): 48 bits of milliseconds, then 74 bits that are random (`new`) or a digest (`derived`).
A step that runs twice, because its first run died before the commit, derives the same ids both times.
"""

import hashlib
import os
import uuid

from shared.clock import SYSTEM, Clock

_RANDOM_BYTES = 10


class _Latest:
    """The newest id of this process: what it names in one millisecond sorts in the order of the asking."""

    def __init__(self) -> None:
        self._at_ms = -1
        self._free = 0

    def next(self, at_ms: int) -> int:
        """What stands behind the milliseconds: random, or one more than the last (RFC 9562, 6.2, method 2)."""
        again = at_ms == self._at_ms
        self._free = self._free + 1 if again else int.from_bytes(os.urandom(_RANDOM_BYTES), "big") >> 7
        self._at_ms = at_ms
        return self._free >> 62 << 64 | self._free & (1 << 62) - 1  # 73 bits of 74: there is room to count on


_latest = _Latest()


def new(clock: Clock = SYSTEM) -> str:
    """A fresh id; sorts after every id made in an earlier millisecond, and in this process after those of the same."""
    at_ms = clock.now_ms()
    return _uuid7(at_ms, _latest.next(at_ms))


def derived(cause: str, purpose: str) -> str:
    """The id of what `cause` leads to: always the same for the same two arguments, with the cause's time in front.

    `cause` is an id made here; `purpose` tells apart several consequences of one cause ("send.requested/0").
    """
    digest = hashlib.blake2b(f"{cause}\x00{purpose}".encode(), digest_size=_RANDOM_BYTES).digest()
    return _uuid7(time_ms(cause), int.from_bytes(digest, "big"))


def time_ms(id_: str) -> int:
    """The milliseconds since 1970-01-01 UTC at which `id_` was made.

    Raises ValueError when `id_` is not a UUID.
    """
    return uuid.UUID(id_).int >> 80


def _uuid7(at_ms: int, tail: int) -> str:
    value = (at_ms & (1 << 48) - 1) << 80 | tail
    value = value & ~(0xF << 76) | 7 << 76  # version 7
    value = value & ~(0x3 << 62) | 2 << 62  # the RFC's variant
    return str(uuid.UUID(int=value))
