"""What could not be sent, and what is to become of it?"""

from typing import Annotated

import typer

from frontdesk import show
from frontdesk.api import segment
from frontdesk.session import session

app = typer.Typer(no_args_is_help=True, help="Dead letters: what could not be handled, with the reason.")
Id = Annotated[str, typer.Argument(metavar="ID")]
Reason = Annotated[str, typer.Option(help="Only those whose reason contains this.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


@app.command("list")
def list_(
    context: typer.Context, reason: Reason = "", most: Annotated[int, typer.Option(help="How many at the most.")] = 50
) -> None:
    """The dead letters, the newest first."""
    here = session(context)
    found = list(here.api.pages("/admin/dead-letters", most, instance=here.one(), reason=reason))
    if here.as_json:
        show.as_json(found)
        return
    rows = [(one["id"], show.at(one["at"]), one["chat"], one["reason"], one["text"]) for one in found]
    show.table(("id", "when", "chat", "reason", "text"), rows, "There are none.")


@app.command("show")
def show_(context: typer.Context, id_: Id) -> None:
    """One of them, with every try."""
    here = session(context)
    show.as_json(here.api.get(f"/admin/dead-letters/{segment(id_)}", instance=here.one()))


@app.command()
def replay(
    context: typer.Context,
    id_: Annotated[str, typer.Argument(metavar="[ID]")] = "",
    reason: Reason = "",
    yes: Yes = False,
    resend: Annotated[bool, typer.Option(help="Also what the log shows as sent: the patient gets it twice.")] = False,
) -> None:
    """Put one to work again, or all of a reason."""
    here = session(context)
    instance = here.one()
    if id_:
        told = here.api.post(f"/admin/dead-letters/{segment(id_)}/replay", {"resend": resend}, instance=instance)
    else:
        told = _many(context, "replay", reason, yes)
    if here.as_json:
        show.as_json(told)
    else:
        show.say("It is on its way." if id_ else f"{told['touched']} are on their way.")


@app.command()
def discard(
    context: typer.Context,
    id_: Annotated[str, typer.Argument(metavar="[ID]")] = "",
    reason: Reason = "",
    yes: Yes = False,
) -> None:
    """Throw one away, or all of a reason. The log keeps what happened."""
    here = session(context)
    if id_:
        told = here.api.delete(f"/admin/dead-letters/{segment(id_)}", instance=here.one())
    else:
        told = _many(context, "discard", reason, yes)
    if here.as_json:
        show.as_json(told)
    else:
        show.say("Discarded." if id_ else f"{told['touched']} discarded.")


def _many(context: typer.Context, what: str, reason: str, yes: bool) -> dict[str, int]:
    here = session(context)
    instance, path = here.one(), f"/admin/dead-letters/{what}"
    if not reason:
        raise typer.BadParameter("name one by its ID, or many by --reason")
    would = here.api.post(path, {"reason": reason}, instance=instance, dry_run=True)
    if not yes:
        typer.confirm(f"{what} {would['touched']} dead letters of {instance}?", abort=True, err=True)
    told: dict[str, int] = here.api.post(path, {"reason": reason}, instance=instance, confirm=instance)
    return told
