"""What happens right now?"""

import datetime as dt
from typing import Annotated

import typer
from rich.text import Text

from frontdesk import show
from frontdesk.answers.messages import Fact
from frontdesk.desk import Desk
from frontdesk.failures import Unreachable, understood
from frontdesk.session import Session

app = Desk()
_KINDS = (
    ("message.", "cyan"), ("reply.", "blue"), ("send.failed", "red"), ("send.dead", "red"), ("send.", "green"),
    ("handoff.", "yellow"), ("optout.", "yellow"), ("admin.", "magenta"),
)  # fmt: skip


@app.command()
def tail(
    here: Session,
    types: Annotated[str, typer.Option(help="Only facts whose type begins so, separated by commas: send.,reply.")] = "",
    chat: Annotated[str, typer.Option(help="Only of this chat.")] = "",
) -> None:
    """Facts as they happen, until Ctrl-C; of one instance or, without --instance, of all."""
    query = {"instance": here.instance, "types": types, "chat": chat, "format": "jsonl"}
    with here.api.lines("/admin/events", **query) as lines:
        for line in filter(str.strip, lines):  # an empty one is a sign of life
            if here.as_json:
                show.raw(line)
            else:
                show.out.print(_readable(understood(line.encode(), Fact)), soft_wrap=True)
    raise Unreachable("the service ended the connection")


def _readable(fact: Fact) -> Text:
    colour = next((colour for beginning, colour in _KINDS if fact.type.startswith(beginning)), "")
    at = dt.datetime.fromisoformat(fact.recorded_at).astimezone().isoformat(timespec="milliseconds")[11:]
    said = show.harmless(f" {fact.instance} {fact.chat:16} {fact.said}").replace("\n", " ")
    return Text.assemble((f"{at} ", "dim"), (f"{fact.type:24}", colour), said)
