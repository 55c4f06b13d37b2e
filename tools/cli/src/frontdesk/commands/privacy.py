"""What is known of a person, and how is it removed?"""

from typing import Annotated

import typer

from frontdesk import show
from frontdesk.answers.people import Erasure
from frontdesk.api import segment
from frontdesk.commands.exporting import Output, to_file
from frontdesk.commands.words import Chat, DryRun, Yes
from frontdesk.desk import Desk
from frontdesk.session import Session
from frontdesk.told import Told
from frontdesk.watching import watch

app = Desk()


@app.command()
def export(here: Session, chat: Chat, output: Output = None) -> None:
    """All facts about a person, a JSON document a line."""
    with here.api.lines("/admin/privacy/export", instance=here.one(), chat=chat) as lines:
        if output is None:
            for line in lines:
                show.raw(line)
        else:
            show.aside(f"{to_file(output, lines)} facts in {output}")


@app.command()
def erase(
    here: Session,
    chat: Chat,
    reason: Annotated[str, typer.Option(help="Why, for the audit log; name nobody.")] = "",
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Remove all that is known of a person, and prove it. It cannot be undone."""
    instance, path, body = here.one(), "/admin/privacy/erase", {"chat": chat, "reason": reason}
    would = here.api.post(path, Erasure, body, instance=instance, dry_run=True)
    if dry_run:
        here.tell(would, lambda one: show.say(f"At least {one.facts} messages would go; nothing was done."))
        return
    here.confirm(f"Erase {chat} ({would.seen.facts} messages) from {instance}? This cannot be undone", yes)
    order = here.api.post(path, Erasure, body, instance=instance, confirm=chat).seen
    show.aside(f"erasure {order.id}")
    told = watch(lambda: _standing(here, instance, order.id), "erasing", quiet=here.as_json)
    here.tell(told, _people)
    raise typer.Exit(0 if told.seen.state == "done" and not told.seen.found else 1)


@app.command()
def erasure(here: Session, id_: Annotated[str, typer.Argument(metavar="ID", help="As `erase` tells it.")]) -> None:
    """How an erasure stands; when it is done, what was removed and what a scan found afterwards."""
    here.tell(_standing(here, here.one(), id_), _people)


def _standing(here: Session, instance: str, id_: str) -> Told[Erasure]:
    return here.api.get(f"/admin/privacy/erasures/{segment(id_)}", Erasure, instance=instance)


def _people(told: Erasure) -> None:
    if told.state != "done":
        show.say(f"{told.state}: {told.done} of {told.total}")
        if told.problem:
            show.hint(f"! the last try broke off: {told.problem}; it is tried again")
        return
    show.say(f"done: {told.facts} facts and {told.keys} keys removed; "
             f"{told.found} traces found in {told.scanned} keys afterwards.")  # fmt: skip
    if not (told.facts or told.keys):
        show.hint("Nothing was known under this number. Is it written as in the list of conversations?")
    for place in told.places:
        show.hint(f"! {place}")
    if " " in told.disk:  # Redis's own words, when it refused
        show.hint(f"! {told.disk}")
