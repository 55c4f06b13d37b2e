"""Who logged in, and are they still there? Sessions are kept in Redis under the digest of their id.

A session ends when it was idle for two hours, twelve hours after the login, at the logout, and as soon as its token
is revoked, has expired, or (that of the settings) was changed.
"""

from dataclasses import dataclass
from typing import Any

from admin.access.audit import BOUND, Audit
from admin.access.principal import Principal
from admin.access.secrets import derived, digest, new_id
from admin.access.tokens import OWNER, Holder, Tokens
from shared.events import encode
from shared.service import Platform
from shared.streams import keys

IDLE_MS = 2 * 3_600_000  # a lunch break
WHOLE_MS = 12 * 3_600_000  # a working day


@dataclass(frozen=True, slots=True)
class Session:
    """A login."""

    id: str
    who: Principal

    @property
    def csrf(self) -> str:
        """What a form or a script of our own page repeats, and no other site can know."""
        return derived(self.id, "csrf")


class Sessions:
    """Begins, finds and ends sessions."""

    def __init__(self, platform: Platform, audit: Audit, tokens: Tokens) -> None:
        self._scripts = platform.scripts
        self._clock = platform.clock
        self._audit = audit
        self._tokens = tokens

    async def open(self, holder: Holder, address: str) -> Session:
        """A new session, always with an id of its own making."""
        session = Session(new_id(), holder.who)
        fact = self._audit.fact(holder.who.name, "login", address=address)
        args: list[str | bytes | int] = [holder.digest, self._clock.now_ms(), IDLE_MS, encode(fact), BOUND]
        await self._scripts.run("session_open", [_key(session.id), keys.AUDIT], args)
        return session

    async def find(self, id_: str) -> Session | None:
        """The session of this id, if it lives; it lives on then."""
        return await self._used(id_, IDLE_MS)

    async def look(self, id_: str) -> Session | None:
        """The session of this id, if it lives; it gets no older for being looked at, and no younger."""
        return await self._used(id_, 0)

    async def _used(self, id_: str, idle_ms: int) -> Session | None:
        args: list[str | bytes | int] = [self._clock.now_ms(), idle_ms, WHOLE_MS, self._tokens.owners_digest]
        reply: Any = await self._scripts.run("session_use", [_key(id_), keys.TOKENS], args)
        if not reply:
            return None
        who = OWNER if reply[0].decode() == self._tokens.owners_digest else self._tokens.principal(reply[1])
        return Session(id_, who) if who else None

    async def close(self, id_: str) -> None:
        """End it. One that is not there is no fault."""
        await self._scripts.call("DEL", _key(id_))


def _key(id_: str) -> str:
    return keys.session(digest(id_))
