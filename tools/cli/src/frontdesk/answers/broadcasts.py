"""What is shown of broadcasts?"""

import msgspec


class Numbered(msgspec.Struct, frozen=True):
    """Whom it is to, as people write numbers."""

    number: str


class Started(msgspec.Struct, frozen=True, kw_only=True):
    """What was started, or would be."""

    id: str | None
    recipients: int
    duplicates: int
    opted_out: int
    samples: list[str]
    completed: int = 0
    numbers: list[Numbered] = []


class Broadcast(msgspec.Struct, frozen=True, kw_only=True):
    """How far one is."""

    id: str
    template: str
    language: str
    by: str
    asked_at: int
    starts_at: int
    per_minute: int | None
    state: str
    total: int
    requested: int
    outcomes: dict[str, int] | None = None


class Stopped(msgspec.Struct, frozen=True):
    id: str
    left: int
    taken_back: int
