"""Who did what that is of no instance? Tokens, logins, a clinic's texts: facts in a log of their own.

What is of an instance is told in its log, by the script that does it. Scripts over the keys of `{:}` (tokens,
sessions) do the same with `keys.AUDIT`; `tell` is for effects that live in another slot.
"""

from collections.abc import Sequence
from typing import Any

from shared import ids
from shared.errors import Undecodable
from shared.events import AdminActed, decode, encode
from shared.service import Platform
from shared.streams import keys

BOUND = 100_000
"""Facts that are kept: some twenty megabytes, and years of a clinic's changes."""


class Audit:
    """The log of what is of no instance."""

    def __init__(self, platform: Platform) -> None:
        self._scripts = platform.scripts
        self._clock = platform.clock

    def fact(self, actor: str, action: str, *, reason: str = "", touched: int = 1, **detail: str) -> AdminActed:
        """What `actor` did, for a script that does it."""
        now = self._clock.now_ms()
        return AdminActed(
            id=ids.new(self._clock), instance="", occurred_at=now, recorded_at=now,
            actor=actor, action=action, reason=reason, touched=touched, detail=detail,
        )  # fmt: skip

    async def tell(self, fact: AdminActed) -> None:
        """Write it down: before its effect, when the effect is in another slot, so that none is without its fact."""
        await self._scripts.call("XADD", keys.AUDIT, "MAXLEN", "~", BOUND, "*", "e", encode(fact))

    async def read(self, before: str = "+", limit: int = 50) -> Sequence[tuple[str, AdminActed]]:
        """The newest facts with their entry ids, those before the entry `before` if one is given."""
        until = before if before == "+" else f"({before}"
        found: Any = await self._scripts.call("XREVRANGE", keys.AUDIT, until, "-", "COUNT", limit)
        return [(id_.decode(), fact) for id_, fields in _pairs(found) if (fact := _fact(fields)) is not None]


def _pairs(found: Any) -> list[tuple[bytes, Any]]:
    return [(id_, dict(zip(fields[::2], fields[1::2], strict=True)) if isinstance(fields, list) else fields)
            for id_, fields in found]  # fmt: skip


def _fact(fields: dict[bytes, bytes]) -> AdminActed | None:
    try:
        fact = decode(fields[b"e"])
    except (Undecodable, KeyError):
        return None
    return fact if isinstance(fact, AdminActed) else None
