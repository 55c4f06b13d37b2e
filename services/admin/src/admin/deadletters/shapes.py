"""What may be asked about dead letters, and what is answered?"""

from typing import Annotated

import msgspec

from admin.deadletters.replaying import Edit
from admin.http.pages import Cursor, Limit
from admin.steering.asking import Confirm, DryRun, InstanceName, Reason

MANY = 500  # a request: some hundred milliseconds of Redis's time, in steps of well below one
ReasonPart = Annotated[str, msgspec.Meta(max_length=200, description="Only those whose reason contains this.")]


class DeadLettersAsked(msgspec.Struct, frozen=True, kw_only=True):
    """Which dead letters."""

    instance: InstanceName
    reason: ReasonPart = ""
    cursor: Cursor = ""
    limit: Limit = 50


class OneDeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """One dead letter."""

    instance: InstanceName
    id: str


class DiscardAsked(OneDeadLetter, frozen=True, kw_only=True):
    """One dead letter, and why it goes."""

    why: Reason = ""


class ManyAsked(msgspec.Struct, frozen=True, kw_only=True):
    """How to go about many."""

    instance: InstanceName
    dry_run: DryRun = False
    confirm: Confirm = ""


class Chosen(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which ones: by their ids, or all whose reason contains `reason`, 500 at a time."""

    ids: Annotated[list[str], msgspec.Meta(max_length=MANY)] | None = None
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=200)] | None = None
    why: Reason = ""
    """What the log is told of it."""


class ReplayBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to replay one."""

    edit: Edit | None = None
    resend: bool = False
    """Also when the log shows that it was sent in the meantime: the patient gets it twice."""


class Replayed(msgspec.Struct, frozen=True, kw_only=True):
    """It is on its way again."""

    id: str
    """The dead letter that is no more."""
    send_id: str
    """What is sent now; the same message as before, unless it was edited."""


class NotDone(msgspec.Struct, frozen=True, kw_only=True):
    """One that was left as it is."""

    id: str
    why: str


class ManyDone(msgspec.Struct, frozen=True, kw_only=True):
    """What came (or, dry, would come) of many."""

    dry_run: bool
    touched: int
    left: list[NotDone]
    more: bool = False
    """There are more of this reason: ask again."""
