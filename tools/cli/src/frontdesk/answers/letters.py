"""What is shown of dead letters?"""

import msgspec


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """One that could not be handled."""

    id: str
    at: int
    reason: str
    stream: str
    type: str
    chat: str = ""
    to: str = ""
    text: str = ""


class Try(msgspec.Struct, frozen=True):
    number: int
    at: int
    by: str
    outcome: str
    reason: str


class InFull(msgspec.Struct, frozen=True, kw_only=True):
    """One of them, with every try."""

    letter: Letter
    tries: list[Try]
    replayable: bool
    why_not: str = ""


class Replayed(msgspec.Struct, frozen=True):
    id: str
    send_id: str


class NotDone(msgspec.Struct, frozen=True):
    id: str
    why: str


class ManyDone(msgspec.Struct, frozen=True, kw_only=True):
    """What was done, or would be, to many."""

    dry_run: bool
    touched: int
    left: list[NotDone]
    more: bool = False
