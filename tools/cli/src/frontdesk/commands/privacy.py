"""What is known of a person, how is it removed, and how are the views made anew?"""

import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from frontdesk import show
from frontdesk.api import segment
from frontdesk.session import Session, session

EVERY_S = 0.3
Chat = Annotated[str, typer.Argument(help="The number with its country code, or <digits>@lid.")]


def export(
    context: typer.Context,
    chat: Chat,
    to: Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file instead.")] = None,
) -> None:
    """All facts about a person, a JSON document a line."""
    here = session(context)
    with here.api.lines("/admin/privacy/export", instance=here.one(), chat=chat) as lines:
        if to is None:
            for line in lines:
                show.raw(line)
            return
        count = 0
        with to.open("w", encoding="utf-8") as file:
            for line in lines:
                file.write(line + "\n")
                count += 1
    show.err.print(f"{count} lines in {to}")


def erase(
    context: typer.Context,
    chat: Chat,
    reason: Annotated[str, typer.Option(help="Why, for the audit log; name nobody.")] = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Remove all that is known of a person, and prove it. It cannot be undone."""
    here = session(context)
    instance = here.one()
    if not yes:
        typer.confirm(f"Erase {chat} from {instance}? This cannot be undone", abort=True, err=True)
    body = {"chat": chat, "reason": reason}
    request = here.api.post("/admin/privacy/erase", body, instance=instance, confirm=chat)
    told = _watch(here, f"/admin/privacy/erasures/{segment(request['id'])}", "erasing", {"instance": instance})
    if here.as_json:
        show.as_json(told)
    else:
        show.say(f"{told['state']}: {told.get('facts', 0)} facts and {told.get('keys', 0)} keys removed, "
                 f"{told.get('found', 0)} traces found in {told.get('scanned', 0)} keys afterwards.")  # fmt: skip
    raise typer.Exit(0 if told["state"] == "done" and not told.get("found") else 1)


def rebuild(context: typer.Context) -> None:
    """Make the views anew from the log, while the old ones serve."""
    here = session(context)
    instance = here.one()
    here.api.post("/admin/rebuild", {}, instance=instance)
    told = _watch(here, "/admin/rebuild", "rebuilding", {"instance": instance})
    if here.as_json:
        show.as_json(told)
    else:
        show.say(f"{told['state']}: {told['done']} facts")
    raise typer.Exit(0 if told["state"] == "done" else 1)


def _watch(here: Session, path: str, doing: str, query: dict[str, object]) -> Any:
    """Ask until it is over, with a bar for people."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=show.err, transient=True, disable=here.as_json) as bar:
        task = bar.add_task(doing, total=None)
        while True:
            told = here.api.get(path, **query)
            bar.update(task, completed=told.get("done", 0), total=told.get("total") or None)
            if told["state"] not in ("waiting", "running"):
                return told
            time.sleep(EVERY_S)
