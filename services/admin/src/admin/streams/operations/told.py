"""How is it told what an operation did?"""

from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")


class Regrouped(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One stream whose entries are delivered again."""

    touched: int
    """Entries."""
    pending: int
    """Those of them that were pending."""
    already_sent: int = 0
    """Entries that the log shows as sent: taken out and not delivered again. Left out when there are none."""


class SetAside(msgspec.Struct, frozen=True, kw_only=True):
    """One stream that was skipped."""

    touched: int
    """Entries that went to the dead letters."""
    left: int
    """Entries that are being worked on, and stay."""


class Claimed(msgspec.Struct, frozen=True, kw_only=True):
    """One stream of a lane that was given to a replica."""

    touched: int
    """Entries that are pending for others."""


class Moving(msgspec.Struct, frozen=True, kw_only=True):
    """What happens to a lane."""

    name: str
    holder: str | None
    """The replica that has it now."""
    goes_to: str | None
    """Null when that replica has it already."""


class Operated(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """What was (or, dry, would be) done."""

    action: str
    instance: str
    dry_run: bool
    touched: int
    """Of all streams together."""
    streams: dict[str, T]


class Reassigned(Operated[Claimed], frozen=True, kw_only=True):
    """A lane that goes to another replica."""

    lane: Moving
