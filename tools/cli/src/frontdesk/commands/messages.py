"""What was sent, what is to be sent, and what became of it?"""

from typing import Annotated, Literal

import typer

from frontdesk import show
from frontdesk.answers.messages import Message, Story, Taken, TakenBack, Templates
from frontdesk.api import segment
from frontdesk.commands.words import DryRun, Language, Most, variables_of
from frontdesk.desk import Desk
from frontdesk.session import Session

app = Desk()


@app.command()
def send(
    here: Session,
    to: Annotated[
        str, typer.Argument(help="The number, with country code (+55 11 98765-4321) or of the clinic's own country.")
    ],
    text: Annotated[str, typer.Argument(help="The words; none with --template.")] = "",
    template: Annotated[str, typer.Option(help="One of the clinic's templates instead; `templates` lists them.")] = "",
    variable: Annotated[list[str], typer.Option("--var", help="Of the template: name=Maria; may be repeated.")] = [],  # noqa: B006
    language: Annotated[Language | None, typer.Option(help="Of the template; else the clinic's first.")] = None,
    send_class: Annotated[
        Literal["staff", "reminder", "broadcast"],
        typer.Option("--class", help="Reminders and broadcasts wait for the end of quiet hours."),
    ] = "staff",
    vip: Annotated[bool, typer.Option("--vip", help="Before the others.")] = False,
    at: Annotated[str, typer.Option(help="When, such as 2027-03-01T09:00:00-03:00; empty: now.")] = "",
    key: Annotated[str, typer.Option(help="The same key again sends nothing.")] = "",
    dry_run: DryRun = False,
) -> None:
    """Send a message, now or at a time."""
    if bool(text) == bool(template):
        raise typer.BadParameter("give either the words or --template")
    use = {"name": template, "variables": variables_of(variable)} | ({"language": language} if language else {})
    body = {
        "instance": here.one(), "to": to, "class": send_class, "priority": "vip" if vip else "normal",
        "idempotency_key": key, "dry_run": dry_run, **({"template": use} if template else {"text": text}),
        **({"send_at": at} if at else {}),
    }  # fmt: skip
    here.tell(here.api.post_unkeyed("/admin/messages", Taken, body), _taken)


@app.command()
def templates(
    here: Session, clinic: Annotated[str, typer.Option(help="Of this clinic; else --instance's.")] = ""
) -> None:
    """The clinic's templates, with the variables that each wants."""
    whose = {"clinic": clinic} if clinic else {"instance": here.one()}
    here.tell(here.api.get("/admin/templates", Templates, **whose), _templates)


@app.command()
def schedule(here: Session, most: Most = 50) -> None:
    """What waits for its time, the soonest first. `send --at` puts something there."""
    found = here.api.pages("/admin/messages/scheduled", Message, most, instance=here.one())
    here.tell(found, _waiting)


@app.command()
def failed(here: Session, most: Most = 50) -> None:
    """What failed for good, such as a number without WhatsApp, or was too late; the newest failure first."""
    here.tell(here.api.pages("/admin/messages/failed", Message, most, instance=here.one()), _failed)


@app.command()
def cancel(
    here: Session,
    id_: Annotated[str, typer.Argument(metavar="ID", help="As `send` and `schedule` tell it.")],
    reason: Annotated[str, typer.Option(help="Why, for the audit log.")] = "",
) -> None:
    """Take back a message that has not gone out."""
    told = here.api.delete(f"/admin/messages/{segment(id_)}", TakenBack, instance=here.one(), reason=reason)
    here.tell(told, lambda one: show.say(f"cancelled: {one.id}"))


@app.command()
def story(
    here: Session,
    id_: Annotated[str, typer.Argument(metavar="ID", help="Of a message, a send, or WhatsApp's own.")],
) -> None:
    """Everything that happened to one message, step by step."""
    here.tell(here.api.get(f"/admin/messages/{segment(id_)}/story", Story, instance=here.one()), _story)


def _taken(told: Taken) -> None:
    when = f" for {show.at(told.send_at)}" if told.send_at else ""
    if told.id is None:
        show.say(f"It would go to {told.number}{when}; nothing was sent.")
    else:
        show.say(f"{told.status}{when}, to {told.number}: {told.id}   (frontdesk story {told.id})")


def _templates(told: Templates) -> None:
    rows = [(one.name, ", ".join(one.variables), one.texts.get(told.languages[0], "")) for one in told.items]
    show.table(("name", "variables", "text"), rows, f"{told.clinic} has none: they are written in its file.")


def _waiting(found: list[Message]) -> None:
    rows = [(one.id, show.at(one.due_at), one.chat, one.send_class, one.text or one.kind) for one in found]
    show.table(("id", "when", "to", "class", "text"), rows, "Nothing is scheduled.")


def _failed(found: list[Message]) -> None:
    rows = [
        (one.id, show.at(one.failed_at), one.chat, one.send_class, one.reason, one.text or one.kind) for one in found
    ]
    show.table(("id", "when", "to", "class", "why", "text"), rows, "Nothing failed for good.")


def _story(told: Story) -> None:
    began = told.steps[0].at if told.steps else 0
    rows = [(show.at(step.at), f"+{step.at - began} ms", step.type, step.said) for step in told.steps]
    show.table(("when", "", "fact", ""), rows, "Nothing is known of it.")
    for source in told.sources:
        show.say(f"source: {source}")
