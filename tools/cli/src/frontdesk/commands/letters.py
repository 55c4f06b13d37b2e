"""What could not be sent, and what is to become of it?"""

from typing import Annotated

import typer

from frontdesk import show
from frontdesk.answers.letters import InFull, Letter, ManyDone, Replayed
from frontdesk.api import segment
from frontdesk.commands.words import DryRun, Most, Yes
from frontdesk.desk import Desk
from frontdesk.session import Session
from frontdesk.told import Told

app = Desk(no_args_is_help=True, help="Dead letters: what could not be handled, with the reason.")
Id = Annotated[str, typer.Argument(metavar="ID", help="As `dlq list` tells it.")]
OneOrMany = Annotated[str, typer.Argument(metavar="ID", show_default=False, help="One of them.")]
Reason = Annotated[str, typer.Option(help="All those whose reason contains this.")]
_LETTERS = "/admin/dead-letters"


@app.command("list")
def list_(here: Session, reason: Reason = "", most: Most = 50) -> None:
    """The dead letters, the newest first."""
    here.tell(here.api.pages(_LETTERS, Letter, most, instance=here.one(), reason=reason), _list)


@app.command("show")
def show_(here: Session, id_: Id) -> None:
    """One of them, with every try."""
    here.tell(here.api.get(f"{_LETTERS}/{segment(id_)}", InFull, instance=here.one()), _in_full)


@app.command()
def replay(
    here: Session,
    id_: OneOrMany = "",
    reason: Reason = "",
    text: Annotated[str, typer.Option(help="With these words instead; for one.")] = "",
    to: Annotated[str, typer.Option(help="To this number instead; for one.")] = "",
    resend: Annotated[
        bool, typer.Option("--resend", help="Also when the log shows it as sent: the patient gets it twice; for one.")
    ] = False,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Put one to work again, as it is or mended, or all of a reason."""
    _one_or_many(id_, reason, single=bool(text or to or resend), dry_run=dry_run)
    if not id_:
        _many(here, "replay", reason, dry_run, yes)
        return
    edit = {name: value for name, value in (("text", text), ("to", to)) if value}
    body = {"resend": resend} | ({"edit": edit} if edit else {})
    told = here.api.post(f"{_LETTERS}/{segment(id_)}/replay", Replayed, body, instance=here.one())
    here.tell(told, lambda one: show.say(f"It is on its way: frontdesk story {one.send_id}"))


@app.command()
def discard(
    here: Session,
    id_: OneOrMany = "",
    reason: Reason = "",
    why: Annotated[str, typer.Option(help="For the audit log.")] = "",
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Throw one away, or all of a reason. The log keeps what happened."""
    _one_or_many(id_, reason, single=False, dry_run=dry_run)
    if not id_:
        _many(here, "discard", reason, dry_run, yes, why)
        return
    instance = here.one()
    here.confirm(f"Discard {id_} of {instance}?", yes)
    here.tell(here.api.delete(f"{_LETTERS}/{segment(id_)}", ManyDone, instance=instance, why=why), _done)


def _one_or_many(id_: str, reason: str, *, single: bool, dry_run: bool) -> None:
    if bool(id_) == bool(reason):
        raise typer.BadParameter("name one by its ID, or many by --reason")
    if reason and single:
        raise typer.BadParameter("--text, --to and --resend are for one, named by its ID")
    if id_ and dry_run:
        raise typer.BadParameter("--dry-run is for many; `dlq show` tells of one whether it can be replayed")


def _many(here: Session, what: str, reason: str, dry_run: bool, yes: bool, why: str = "") -> None:
    instance, path, body = here.one(), f"{_LETTERS}/{what}", {"reason": reason, "why": why}
    would: Told[ManyDone] = here.api.post(path, ManyDone, body, instance=instance, dry_run=True)
    if dry_run:
        here.tell(would, _done)
        return
    here.confirm(f"{what} {would.seen.touched} dead letters of {instance}?", yes)
    here.tell(here.api.post(path, ManyDone, body, instance=instance, confirm=instance), _done)


def _list(found: list[Letter]) -> None:
    rows = [(one.id, show.at(one.at), one.chat, one.reason, one.text) for one in found]
    show.table(("id", "when", "chat", "reason", "text"), rows, "There are none.")


def _in_full(told: InFull) -> None:
    letter = told.letter
    show.say(f"{letter.id}  {show.at(letter.at)}  {letter.type} of the {letter.stream} stream: {letter.reason}")
    show.say(f"to {letter.to or letter.chat or '–'}: {letter.text}")
    rows = [(one.number, show.at(one.at), one.by, one.outcome, one.reason) for one in told.tries]
    show.table(("try", "when", "by", "outcome", "reason"), rows, "Nothing was tried.")
    show.say("It can be replayed." if told.replayable else f"It cannot be replayed: {told.why_not}")


def _done(told: ManyDone) -> None:
    show.say(f"{told.touched} {'would be touched' if told.dry_run else 'done'}, {len(told.left)} left.")
    show.table(("id", "why it is left"), [(one.id, one.why) for one in told.left])
    if told.more:
        show.hint("There are more: do it again for the next ones.")
