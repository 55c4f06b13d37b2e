"""What was sent, what is to be sent, and what became of it?"""

from typing import Annotated

import typer

from frontdesk import show
from frontdesk.api import segment
from frontdesk.session import session


def send(
    context: typer.Context,
    to: Annotated[str, typer.Argument(help="The number with its country code, such as 5511987654321.")],
    text: Annotated[str, typer.Argument(help="The words.")],
    send_class: Annotated[str, typer.Option("--class", help="staff, reminder or broadcast")] = "staff",
    vip: Annotated[bool, typer.Option("--vip", help="Before the others.")] = False,
    at: Annotated[str, typer.Option(help="When, such as 2027-03-01T09:00:00-03:00; empty: now.")] = "",
    key: Annotated[str, typer.Option(help="The same key again sends nothing.")] = "",
) -> None:
    """Send a message, now or at a time."""
    here = session(context)
    body = {
        "instance": here.one(), "to": to, "text": text, "class": send_class, "priority": "vip" if vip else "normal",
        "idempotency_key": key, **({"send_at": at} if at else {}),
    }  # fmt: skip
    told = here.api.post("/admin/messages", body)
    if here.as_json:
        show.as_json(told)
    else:
        show.say(f"{told['status']}: {told['id']}   (frontdesk story {told['id']})")


def schedule(context: typer.Context, most: Annotated[int, typer.Option(help="How many at the most.")] = 50) -> None:
    """What waits for its time, the soonest first."""
    here = session(context)
    found = list(here.api.pages("/admin/messages/scheduled", most, instance=here.one()))
    if here.as_json:
        show.as_json(found)
        return
    rows = [(show.at(m["due_at"]), m.get("chat", ""), m["send_class"], m["text"], m["id"]) for m in found]
    show.table(("when", "to", "class", "text", "id"), rows, "Nothing is scheduled.")


def cancel(context: typer.Context, id_: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Take back a message that has not gone out."""
    here = session(context)
    told = here.api.delete(f"/admin/messages/{segment(id_)}", instance=here.one())
    if here.as_json:
        show.as_json(told)
    else:
        show.say(f"cancelled: {id_}")


def story(
    context: typer.Context,
    id_: Annotated[str, typer.Argument(metavar="ID", help="Of a message, a send, or WhatsApp's own.")],
) -> None:
    """Everything that happened to one message, step by step."""
    here = session(context)
    told = here.api.get(f"/admin/messages/{segment(id_)}/story", instance=here.one())
    if here.as_json:
        show.as_json(told)
        return
    began = told["steps"][0]["at"] if told["steps"] else 0
    rows = [(show.at(step["at"]), f"+{step['at'] - began} ms", step["type"], step["said"]) for step in told["steps"]]
    show.table(("when", "", "fact", ""), rows, "Nothing is known of it.")
    for source in told["sources"]:
        show.say(f"source: {source}")
