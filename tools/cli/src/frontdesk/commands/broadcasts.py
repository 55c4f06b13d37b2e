"""What goes to many people?"""

from typing import Annotated

import typer

from frontdesk import show
from frontdesk.answers.broadcasts import Broadcast, Started, Stopped
from frontdesk.api import segment
from frontdesk.commands import recipients
from frontdesk.commands.recipients import Listed
from frontdesk.commands.words import DryRun, Language, Most, Yes
from frontdesk.desk import Desk
from frontdesk.failures import Fault, Refused
from frontdesk.session import Session
from frontdesk.told import Told

app = Desk(no_args_is_help=True, help="Broadcasts: one of the clinic's templates to a list of people.")
Id = Annotated[str, typer.Argument(metavar="ID", help="As `broadcast start` and `broadcast list` tell it.")]
_BROADCASTS = "/admin/broadcasts"


@app.command()
def start(
    here: Session,
    template: Annotated[str, typer.Argument(help="The template's name.")],
    list_: Annotated[
        str,
        typer.Argument(
            metavar="LIST",
            help="A CSV file, or - for standard input. Its numbers: with country code (+55 11 98765-4321), or of the "
            "clinic's own country.",
        ),
    ],
    columns: Annotated[str, typer.Option(help="Of a list without titles, after the number: name,date.")] = "",
    language: Annotated[Language | None, typer.Option(help="Else the clinic's first.")] = None,
    at: Annotated[str, typer.Option(help="When, such as 2027-03-01T09:00:00-03:00; empty: now.")] = "",
    per_minute: Annotated[int | None, typer.Option(min=1, max=600, help="Slower than the instance's pace.")] = None,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Send a template to everybody on a list: the number, and the template's variables under their names."""
    listed = recipients.listed(recipients.read(list_), [name.strip() for name in columns.split(",") if name])
    instance = here.one()
    body: dict[str, object] = {
        "template": template, "recipients": [{"to": one.to, "variables": one.variables} for one in listed.people],
    }  # fmt: skip
    chosen = (("language", language), ("send_at", at), ("per_minute", per_minute))
    body |= {name: value for name, value in chosen if value}
    would = _start(here, instance, {**body, "dry_run": True}, listed)
    if dry_run:
        here.tell(would, _would)
        return
    _ask(here, instance, would.seen, yes)
    here.tell(_start(here, instance, {**body, "confirm": instance}, listed), _started)


@app.command("list")
def list_(here: Session, most: Most = 20) -> None:
    """The broadcasts of the last 90 days, the newest first."""
    here.tell(here.api.pages(_BROADCASTS, Broadcast, most, instance=here.one()), _list)


@app.command("show")
def show_(here: Session, id_: Id) -> None:
    """How far one is, and what became of its messages."""
    here.tell(here.api.get(f"{_BROADCASTS}/{segment(id_)}", Broadcast, instance=here.one()), _one)


@app.command()
def stop(here: Session, id_: Id) -> None:
    """Write to nobody more, and take back what waits."""
    told = here.api.post(f"{_BROADCASTS}/{segment(id_)}/stop", Stopped, instance=here.one())
    here.tell(told, lambda one: show.say(f"Stopped: {one.left} get nothing, {one.taken_back} of them taken back."))


def _start(here: Session, instance: str, body: object, listed: Listed) -> Told[Started]:
    try:
        return here.api.post(_BROADCASTS, Started, body, instance=instance)
    except Refused as refused:
        if told := listed.told(refused.faults or [Fault(refused.parameter, refused.detail)]):
            raise Refused(refused.status, "; ".join(told), f"{refused.hint} Nothing was sent.".strip()) from None
        raise


def _ask(here: Session, instance: str, would: Started, yes: bool) -> None:
    if not yes:
        for line in _first(would)[:1]:
            show.aside(f"The first: {line}")
        show.aside(
            f"{would.duplicates} lines say the same twice, {would.opted_out} people opted out. {_completed(would)}"
        )
    here.confirm(f"Send it to {would.recipients} people from {instance}?", yes)


def _would(told: Started) -> None:
    show.say(f"{told.recipients} people; {told.duplicates} doubled lines count once, {told.opted_out} opted out.")
    if told.completed:
        show.say(_completed(told))
    for line in _first(told):
        show.say(f"  {line}")
    if rest := told.numbers[len(told.samples) :]:
        show.say(f"  and to {', '.join(one.number for one in rest)}")


def _first(told: Started) -> list[str]:
    """Those whose words are known, each with its number."""
    return [f"{one.number}: {sample}" for one, sample in zip(told.numbers, told.samples, strict=False)]


def _completed(told: Started) -> str:
    return f"{told.completed} numbers without a country code are the clinic's country's." if told.completed else ""


def _started(told: Started) -> None:
    show.say(f"Started for {told.recipients} people: {told.id}   (frontdesk broadcast show {told.id})")


def _list(found: list[Broadcast]) -> None:
    rows = [
        (one.id, show.at(one.starts_at), show.word(one.state), one.template, one.by, f"{one.requested}/{one.total}")
        for one in found
    ]
    show.table(("id", "when", "state", "template", "by", "requested"), rows, "There is none.")


def _one(told: Broadcast) -> None:
    pace = f", at most {told.per_minute} a minute" if told.per_minute else ""
    show.say(f"{told.template} ({told.language}) by {told.by}, from {show.at(told.starts_at)}{pace}")
    show.say(f"{told.state}: {told.requested} of {told.total} requested")
    show.table(("became", "how many"), [(show.word(name), count) for name, count in (told.outcomes or {}).items()])
