"""How is a thing named so that names sort by time, and a repeated step finds the same name again?

Ids are UUIDv7 (RFC 9562): 48 bits of milliseconds, then 74 bits that are random (`new`) or a digest (`derived`).
A step that runs twice, because its first run died before the commit, derives the same ids both times.
"""

import hashlib
import os
import uuid

from shared.clock import SYSTEM, Clock

_RANDOM_BYTES = 10


def new(clock: Clock = SYSTEM) -> str:
    """A fresh id; sorts after every id made in an earlier millisecond."""
    return _uuid7(clock.now_ms(), os.urandom(_RANDOM_BYTES))


def derived(cause: str, purpose: str) -> str:
    """The id of what `cause` leads to: always the same for the same two arguments, with the cause's time in front.

    `cause` is an id made here; `purpose` tells apart several consequences of one cause ("send.requested/0").
    """
    digest = hashlib.blake2b(f"{cause}\x00{purpose}".encode(), digest_size=_RANDOM_BYTES).digest()
    return _uuid7(time_ms(cause), digest)


def time_ms(id_: str) -> int:
    """The milliseconds since 1970-01-01 UTC at which `id_` was made.

    Raises ValueError when `id_` is not a UUID.
    """
    return uuid.UUID(id_).int >> 80


def _uuid7(at_ms: int, tail: bytes) -> str:
    value = (at_ms & (1 << 48) - 1) << 80 | int.from_bytes(tail, "big")
    value = value & ~(0xF << 76) | 7 << 76  # version 7
    value = value & ~(0x3 << 62) | 2 << 62  # the RFC's variant
    return str(uuid.UUID(int=value))
