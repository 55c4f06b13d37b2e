"""How are the views made anew?"""

from typing import Annotated

import typer

from frontdesk import show
from frontdesk.answers.streams import Rebuild
from frontdesk.commands.words import Reason
from frontdesk.desk import Desk
from frontdesk.session import Session
from frontdesk.watching import watch

app = Desk()


@app.command()
def rebuild(
    here: Session,
    reason: Reason = "",
    status: Annotated[bool, typer.Option("--status", help="Only tell how the last one stands.")] = False,
) -> None:
    """Make the views anew from the log, while the old ones serve. It sends nothing."""
    instance = here.one()
    if status:
        here.tell(here.api.get("/admin/rebuild", Rebuild, instance=instance), _people)
        return
    here.api.post("/admin/rebuild", Rebuild, {"reason": reason}, instance=instance)
    told = watch(lambda: here.api.get("/admin/rebuild", Rebuild, instance=instance), "rebuilding", quiet=here.as_json)
    here.tell(told, _people)
    raise typer.Exit(0 if told.seen.state == "done" else 1)


def _people(told: Rebuild) -> None:
    took = f" in {told.took_s:.1f} s" if told.took_s is not None else ""
    show.say(f"{told.state}: {told.done} of {told.total} facts{took}; version {told.version} serves")
