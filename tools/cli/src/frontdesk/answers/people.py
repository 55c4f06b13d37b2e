"""What is shown of who may come in, of a person's erasure, and of the doctor's findings?"""

import msgspec


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """Who may come in; never the token itself."""

    name: str
    role: str
    created_at: int
    created_by: str
    expires_at: int | None
    last_used_at: int | None


class Tokens(msgspec.Struct, frozen=True):
    items: list[Token]


class NewToken(msgspec.Struct, frozen=True):
    token: str


class Revoked(msgspec.Struct, frozen=True):
    name: str


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that somebody did."""

    at: int
    who: str
    action: str
    chat: str = ""
    reason: str = ""
    touched: int | None = None


class Erasure(msgspec.Struct, frozen=True, kw_only=True):
    """How an erasure stands."""

    id: str
    state: str
    done: int = 0
    total: int = 0
    facts: int = 0
    keys: int = 0
    scanned: int = 0
    found: int = 0
    problem: str = ""
    places: list[str] = []
    disk: str = ""


class Check(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    status: str
    found: str
    mend: str = ""


class Diagnosis(msgspec.Struct, frozen=True):
    status: str
    checks: list[Check]
