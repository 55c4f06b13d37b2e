"""Which numbers has the clinic, are they connected, and how fast may they send?"""

from typing import Annotated

import typer

from frontdesk import show
from frontdesk.answers.numbers import AtGateway, Hook, InFull, Number, Numbers, Qr
from frontdesk.api import segment
from frontdesk.commands import limits
from frontdesk.commands.qr import drawn
from frontdesk.desk import Desk
from frontdesk.session import Session

app = Desk(no_args_is_help=True, help="The clinic's numbers: connect them, point their webhooks here, set their pace.")
app.command("limits")(limits.limits)
Name = Annotated[str, typer.Argument(metavar="NAME", show_default=False, help="The instance; else --instance.")]


@app.command("list")
def list_(here: Session) -> None:
    """Every number that we or the gateway know."""
    here.tell(here.api.whole("/admin/instances", Numbers), _list)


@app.command("show")
def show_(here: Session, name: Name = "") -> None:
    """One number: its state, its webhook, its pace."""
    here.tell(here.api.get(_path(here, name), InFull), _in_full)


@app.command()
def create(
    here: Session,
    name: Annotated[str, typer.Argument(help="What it is to be called.")],
    number: Annotated[str, typer.Option(help="Its phone number, if it is to be connected by a pairing code.")] = "",
    webhook: Annotated[bool, typer.Option(help="Have the gateway post to us.")] = True,
) -> None:
    """Make one at the gateway. `instances qr` then connects it."""
    body = {"name": name, "number": number, "webhook": webhook}
    told = here.api.post("/admin/instances", AtGateway, body)
    here.tell(told, lambda one: show.say(f"Made. Connect it: frontdesk instances qr {one.name}"))


@app.command()
def qr(here: Session, name: Name = "") -> None:
    """The code to scan with the phone (WhatsApp, linked devices). It holds for some seconds; then ask again."""
    here.tell(here.api.get(f"{_path(here, name)}/qr", Qr), _qr)


@app.command()
def webhook(here: Session, name: Name = "") -> None:
    """Have the gateway post everything of this number to us."""
    told = here.api.post(f"{_path(here, name)}/webhook", Hook)
    here.tell(told, lambda hook: show.say(f"The gateway posts to {hook.url}."))


def _path(here: Session, name: str) -> str:
    return f"/admin/instances/{segment(name or here.one())}"


def _list(told: Numbers) -> None:
    rows = [
        (one.instance, show.word(_state(one)), one.gateway.number if one.gateway else "", one.clinic)
        for one in told.items
    ]
    show.table(("instance", "state", "number", "clinic"), rows, "There is none: `frontdesk instances create NAME`.")
    if told.gateway_problem:
        show.hint(f"! {told.gateway_problem}")


def _in_full(told: InFull) -> None:
    one = told.number
    number = one.gateway.number if one.gateway else ""
    show.say(f"{one.instance}: {_state(one)}, number {number or 'unknown'}, clinic {one.clinic or 'none'}")
    url = told.hook.url if told.hook else ""
    show.say(f"webhook: {url or 'none set at the gateway'}{'' if told.hook_is_ours else ' (not ours)' if url else ''}")
    limits.people(told.limits)
    if told.gateway_problem:
        show.hint(f"! {told.gateway_problem}")


def _state(one: Number) -> str:
    if one.gateway is None:
        return one.connection.state or "unknown"
    return one.gateway.state or "unknown"


def _qr(told: Qr) -> None:
    if told.state == "open":
        show.say("It is connected already.")
        return
    if told.code:
        show.out.print(drawn(told.code), soft_wrap=True)
    else:
        show.say("The gateway gave no code yet: ask again in some seconds, or see the page's Numbers.")
    if told.pairing_code:
        show.say(f"Or type on the phone: {told.pairing_code}")
