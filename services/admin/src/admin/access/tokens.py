"""Whose token is it? Tokens are kept in Redis by their digest, so every replica knows at once which still hold."""

from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from admin.access.audit import BOUND, Audit
from admin.access.principal import Principal, Role
from admin.access.secrets import digest, is_token, new_token, same
from shared.events import encode
from shared.service import Platform
from shared.streams import keys

OWNER = Principal("admin", Role.OPERATOR)
"""Whoever presents the token of the settings."""
OWNERS_NAMES = frozenset({OWNER.name, "token"})
"""What facts call them; `token` was it once, and must not become somebody else's."""

USED_EVERY_MS = 3_600_000  # how exact "last used" is: a write an hour and token, not one a request

RoleWord = Literal["viewer", "staff", "operator"]


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a token."""

    name: str
    role: RoleWord
    created_at: int
    created_by: str
    expires_at: int | None = None


@dataclass(frozen=True, slots=True)
class Holder:
    """Whoever presented a secret that holds."""

    who: Principal
    digest: str
    """Of the secret."""


class Tokens:
    """Knows all tokens: that of the settings, and those in Redis."""

    def __init__(self, platform: Platform, audit: Audit, owners: str) -> None:
        self._scripts = platform.scripts
        self._clock = platform.clock
        self._audit = audit
        self._owners = owners
        self.owners_digest = digest(owners)

    def is_owners(self, secret: str) -> bool:
        """Whether it is the token of the settings, in constant time."""
        return same(secret, self._owners)

    async def holder(self, secret: str) -> Holder | None:
        """Who holds the token `secret`, be it that of the settings or another; None: nobody (any more)."""
        if self.is_owners(secret):
            return Holder(OWNER, self.owners_digest)
        if not is_token(secret):
            return None
        mark = digest(secret)
        args: list[str | bytes | int] = [mark, self._clock.now_ms(), USED_EVERY_MS]
        who = self.principal(await self._scripts.run("token_use", [keys.TOKENS, keys.TOKENS_USED], args))
        return Holder(who, mark) if who else None

    def principal(self, kept: bytes) -> Principal | None:
        """Who a token's record stands for; None when there is none, or its time is over."""
        if not kept:
            return None
        known = msgspec.json.decode(kept, type=Known)
        if known.expires_at is not None and known.expires_at <= self._clock.now_ms():
            return None
        return Principal(known.name, Role[known.role.upper()])

    async def create(
        self, by: Principal, name: str, role: RoleWord, expires_at: int | None
    ) -> tuple[str, Known] | None:
        """A new token, which is told here and never again, and what is kept of it; None: the name is taken."""
        secret = new_token()
        known = Known(
            name=name, role=role, created_at=self._clock.now_ms(), created_by=by.name, expires_at=expires_at
        )  # fmt: skip
        fact = self._audit.fact(by.name, "token.create", token=name, role=role)
        names = [keys.TOKENS, keys.TOKEN_NAMES, keys.AUDIT]
        args: list[str | bytes | int] = [name, digest(secret), msgspec.json.encode(known), encode(fact), BOUND]
        return (secret, known) if int(await self._scripts.run("token_put", names, args)) else None

    async def revoke(self, by: Principal, name: str, reason: str) -> bool:
        """End a token and its sessions, on every replica at once. False: there is none of this name."""
        fact = self._audit.fact(by.name, "token.revoke", reason=reason, token=name)
        names = [keys.TOKENS, keys.TOKEN_NAMES, keys.TOKENS_USED, keys.AUDIT]
        return bool(int(await self._scripts.run("token_drop", names, [name, encode(fact), BOUND])))

    async def all(self) -> list[tuple[Known, int | None]]:
        """Every token in Redis by its name, with about when it was last used."""
        kept: Any = await self._scripts.call("HGETALL", keys.TOKENS)
        used: Any = await self._scripts.call("HGETALL", keys.TOKENS_USED)
        found = [(msgspec.json.decode(data, type=Known), used.get(mark)) for mark, data in kept.items()]
        return sorted(((known, int(at) if at else None) for known, at in found), key=lambda pair: pair[0].name)
