"""Should the bot be quiet?"""

from typing import Annotated, Any

import typer

from frontdesk import show
from frontdesk.api import segment
from frontdesk.session import Session, session

Chat = Annotated[str, typer.Option(help="Only in this chat.")]
Clinic = Annotated[str, typer.Option(help="In all instances of this clinic.")]


def pause(
    context: typer.Context,
    chat: Chat = "",
    clinic: Clinic = "",
    minutes: Annotated[int | None, typer.Option(min=1, help="For so long; without it until `resume`.")] = None,
    reason: Annotated[str, typer.Option(help="Why, for the audit log.")] = "",
) -> None:
    """Keep the bot quiet, in one chat, an instance or a clinic."""
    here = session(context)
    body: dict[str, object] = {"reason": reason} | ({"minutes": minutes} if minutes else {})
    _tell(here, _ask(here, "pause", chat, clinic, body), "The bot is quiet")


def resume(context: typer.Context, chat: Chat = "", clinic: Clinic = "") -> None:
    """Let the bot answer again."""
    here = session(context)
    _tell(here, _ask(here, "resume", chat, clinic, {}), "The bot answers again")


def _ask(here: Session, what: str, chat: str, clinic: str, body: dict[str, object]) -> Any:
    if chat:
        return here.api.post(f"/admin/conversations/{segment(chat)}/{what}", body, instance=here.one())
    if clinic:
        return here.api.post(f"/admin/bot/{what}", body, clinic=clinic)
    return here.api.post(f"/admin/bot/{what}", body, instance=here.one())


def _tell(here: Session, told: Any, said: str) -> None:
    if here.as_json:
        show.as_json(told)
    else:
        show.say(f"{said}.")
