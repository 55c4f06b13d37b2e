"""What may be asked about broadcasts, and what is answered?"""

from typing import Annotated, Literal

import msgspec

from admin.broadcasts.record import Record
from admin.http.pages import Cursor, Limit
from admin.steering.asking import Confirm, DryRun, InstanceName, Until
from admin.templates.rendering import Value
from clinic import Language

MOST = 5_000  # recipients: at a message a second, an hour and a half


class OneRecipient(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of the list."""

    to: Annotated[str, msgspec.Meta(max_length=60)]
    """A phone number with its country code or of the clinic's own country, or `<digits>@lid`."""
    variables: dict[str, Value] = {}


class BroadcastBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to go out, and to whom."""

    template: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    recipients: Annotated[list[OneRecipient], msgspec.Meta(min_length=1, max_length=MOST)]
    language: Language | None = None
    """None: the clinic's first."""
    send_at: Until | None = None
    """None: now."""
    per_minute: Annotated[int, msgspec.Meta(ge=1, le=600)] | None = None
    """A pace below the instance's own; None: as fast as that allows."""
    dry_run: DryRun = False
    confirm: Confirm = ""


class BroadcastsAsked(msgspec.Struct, frozen=True, kw_only=True):
    """Which broadcasts."""

    instance: InstanceName
    cursor: Cursor = ""
    limit: Limit = 50


class OneBroadcast(msgspec.Struct, frozen=True, kw_only=True):
    """One broadcast."""

    instance: InstanceName
    id: str


class Numbered(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a message is to."""

    to: str
    """As the chat is called: 5511987654321."""
    number: str
    """As people write it: +55 11 98765-4321."""


class Started(msgspec.Struct, frozen=True, kw_only=True):
    """What was (or, dry, would be) started."""

    dry_run: bool
    id: str | None
    recipients: int
    duplicates: int
    """Lines of the list that said the same twice, and count once."""
    opted_out: int
    """Recipients who want no such messages: they get none."""
    samples: list[str]
    """What the first ones get."""
    completed: int
    """Numbers without a country code that were read as ones of the clinic's own country."""
    numbers: list[Numbered] = []
    """In a dry run: whom it would go to, all of them."""


class Broadcast(msgspec.Struct, frozen=True, kw_only=True):
    """A broadcast, and how far it is."""

    id: str
    instance: str
    template: str
    language: str
    by: str
    asked_at: int
    starts_at: int
    per_minute: int | None
    state: Literal["scheduled", "running", "done", "stopped"]
    """done: all were requested; what became of them, `outcomes` tells."""
    total: int
    requested: int
    ended_at: int | None
    outcomes: dict[str, int] | None = None
    """How many are queued, accepted, delivered, failed, …; null in a list."""


class Stopped(msgspec.Struct, frozen=True, kw_only=True):
    """It goes no further."""

    id: str
    left: int
    """Recipients who get nothing: those that were not requested yet, and those that were taken back."""
    taken_back: int


def told(record: Record, now_ms: int, outcomes: dict[str, int] | None = None) -> Broadcast:
    """The record for people."""
    about = record.about
    waits = record.state == "running" and now_ms < about.starts_at
    return Broadcast(
        id=record.id, instance=record.instance, template=about.template, language=about.language, by=about.by,
        asked_at=about.asked_at, starts_at=about.starts_at, per_minute=about.per_minute,
        state="scheduled" if waits else record.state, total=record.total, requested=record.requested,
        ended_at=record.ended_at, outcomes=outcomes,
    )  # fmt: skip
