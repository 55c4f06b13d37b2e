"""Who gives tokens out, and takes them back? `/admin/tokens`, for operators."""

from typing import Annotated

import msgspec

from admin.access.principal import Role
from admin.access.tokens import OWNERS_NAMES, Known, RoleWord, Tokens
from admin.http.endpoint import Asked, Endpoint, Nothing, Reply
from admin.http.pages import Page
from admin.http.problems import Problem
from shared.clock import Clock

YEAR_S = 366 * 86_400
TokenName = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$",
        description="What audit facts call its holder: small letters, digits, `.`, `_`, `-`.",
        examples=["ana"],
        extra={"takes": "small letters, digits, `.`, `_`, `-`, the first a letter or digit, at most 64"},
    ),
]
Reason = Annotated[str, msgspec.Meta(max_length=500, description="Why, for the audit.")]


class NewToken(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a token is to be."""

    name: TokenName
    role: Annotated[RoleWord, msgspec.Meta(examples=["staff"])]
    ttl_s: Annotated[int, msgspec.Meta(ge=60, le=10 * YEAR_S)] | None = None
    """Seconds until it holds no more; null: until it is revoked."""


class TokenInfo(msgspec.Struct, frozen=True, kw_only=True):
    """What can be told of a token. The token itself is not kept."""

    name: str
    role: RoleWord
    created_at: int
    """Milliseconds since 1970-01-01 UTC, like all times here."""
    created_by: str
    expires_at: int | None
    """Null: never."""
    last_used_at: int | None
    """To the hour; null: never."""


class TokenTold(TokenInfo, frozen=True, kw_only=True):
    """A new token. It is told this once."""

    token: str


class ThisToken(msgspec.Struct, frozen=True, kw_only=True):
    name: TokenName
    reason: Reason = ""


class Revoked(msgspec.Struct, frozen=True, kw_only=True):
    """A token that holds no more, and neither do the logins that came from it."""

    name: str


class TokensDesk:
    """Gives tokens out and takes them back."""

    def __init__(self, tokens: Tokens, clock: Clock) -> None:
        self._tokens = tokens
        self._clock = clock
        role, tag = Role.OPERATOR, "access"
        self.endpoints = [
            Endpoint("GET", "/admin/tokens", role, self.list, tag),
            Endpoint("POST", "/admin/tokens", role, self.create, tag, status=201, remembers=False),
            Endpoint("DELETE", "/admin/tokens/{name}", role, self.revoke, tag),
        ]

    async def list(self, _asked: Asked[Nothing, None]) -> Page[TokenInfo]:
        """Every token but that of the settings, by name."""
        return Page(items=[_info(known, used) for known, used in await self._tokens.all()])

    async def create(self, asked: Asked[Nothing, NewToken]) -> Reply[TokenTold]:
        """A new token with a name and a role. The answer is the only place where it is ever told."""
        body = asked.body
        expires = self._clock.now_ms() + body.ttl_s * 1000 if body.ttl_s else None
        free = body.name not in OWNERS_NAMES
        made = await self._tokens.create(asked.who, body.name, body.role, expires) if free else None
        if made is None:
            raise Problem(409, f"the name {body.name!r} is taken: choose another, or revoke that one", parameter="name")
        secret, known = made
        told = TokenTold(token=secret, last_used_at=None, **msgspec.structs.asdict(known))
        return Reply(told, status=201, headers={"Location": f"/admin/tokens/{body.name}"})

    async def revoke(self, asked: Asked[ThisToken, None]) -> Revoked:
        """End a token. It, and every login that came from it, is refused from now on, by every replica."""
        name = asked.query.name
        if await self._tokens.revoke(asked.who, name, asked.query.reason):  # also an old one of an owner's name
            return Revoked(name=name)
        if name in OWNERS_NAMES:
            raise Problem(409, "this one is set by ADMIN_TOKEN: change the setting", parameter="name")
        raise Problem(404, f"there is no token called {name!r}", parameter="name")


def _info(known: Known, used: int | None) -> TokenInfo:
    return TokenInfo(last_used_at=used, **msgspec.structs.asdict(known))
