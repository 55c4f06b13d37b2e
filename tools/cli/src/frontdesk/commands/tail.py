"""What happens right now?"""

import json
from typing import Annotated, Any

import typer
from rich.text import Text

from frontdesk import show
from frontdesk.session import session

_KINDS = (
    ("message.", "cyan"), ("reply.", "blue"), ("send.failed", "red"), ("send.dead", "red"), ("send.", "green"),
    ("handoff.", "yellow"), ("optout.", "yellow"), ("admin.", "magenta"),
)  # fmt: skip


def tail(
    context: typer.Context,
    types: Annotated[str, typer.Option(help="Only facts whose type begins so, separated by commas: send.,reply.")] = "",
    chat: Annotated[str, typer.Option(help="Only of this chat.")] = "",
) -> None:
    """Facts as they happen, until Ctrl-C."""
    here = session(context)
    with here.api.lines("/admin/events", instance=here.one(), types=types, chat=chat, format="jsonl") as lines:
        for line in lines:
            if not line.strip():
                continue  # a sign of life
            if here.as_json:
                show.line_of_json(json.loads(line))
            else:
                show.out.print(_readable(json.loads(line)))


def _readable(event: dict[str, Any]) -> Text:
    kind = str(event["type"])
    colour = next((colour for beginning, colour in _KINDS if kind.startswith(beginning)), "")
    at = str(event["recorded_at"])[11:23]
    said = str(event.get("said") or event.get("text") or event.get("why") or event.get("reason") or "")
    return Text.assemble((f"{at} ", "dim"), (f"{kind:24}", colour), f" {event.get('chat', ''):16} ", said)
