"""How fast may a number send?"""

from typing import Annotated

import msgspec
import typer

from frontdesk import show
from frontdesk.answers.numbers import AS_SET, Limits
from frontdesk.api import segment
from frontdesk.session import Session, struct

_SAID = (
    ("tokens_per_second", "messages a second"),
    ("bucket_capacity", "messages in a burst"),
    ("recipient_tokens_per_second", "messages a second to one person"),
    ("new_contacts_per_day", "new contacts a day"),
)
SETTINGS = {
    "tokens_per_second": ("WA_TOKENS_PER_SECOND", 1.0),
    "bucket_capacity": ("WA_BUCKET_CAPACITY", 5),
    "recipient_tokens_per_second": ("WA_RECIPIENT_TOKENS_PER_SECOND", 0.0),
    "new_contacts_per_day": ("WA_NEW_CONTACTS_PER_DAY", 0),
}
"""The senders' settings, which nobody else knows, and what they are unless they are set."""


def limits(
    here: Session,
    name: Annotated[str, typer.Argument(metavar="NAME", show_default=False, help="Else --instance.")] = "",
    per_second: Annotated[float | None, typer.Option(help="Messages a second.")] = None,
    burst: Annotated[int | None, typer.Option(help="Messages that may go at once after a pause.")] = None,
    per_person: Annotated[float | None, typer.Option(help="Messages a second to one person; 0: no limit.")] = None,
    new_contacts: Annotated[int | None, typer.Option(help="A day, to people who never wrote; 0: no limit.")] = None,
    reset: Annotated[bool, typer.Option("--reset", help="As the settings say; what is given besides, stays.")] = False,
) -> None:
    """A number's own pace; with options, change it at once and on every replica."""
    path = f"/admin/instances/{segment(name or here.one())}/limits"
    told = here.api.get(path, Limits)
    wanted = (per_second, burst, per_person, new_contacts)
    given = {field: value for (field, _), value in zip(_SAID, wanted, strict=True) if value is not None}
    if given or reset:
        new = msgspec.structs.replace(AS_SET if reset else told.seen, **given)
        told = here.api.put(path, Limits, struct(new), etag=told.etag)
    here.tell(told, people)


def people(told: Limits) -> None:
    """The pace, in words."""
    show.table(("pace", ""), [(words, _pace(field, getattr(told, field))) for field, words in _SAID])


def _pace(field: str, own: float | None) -> str:
    name, usual = SETTINGS[field]
    pace = usual if own is None else own
    number = f"{pace:g}" if pace or field == "bucket_capacity" else "no limit"
    return number if own is not None else f"{number}, or what the senders' {name} says"
