"""Who answers: the bot, or a person?"""

from typing import Annotated, Literal

import typer

from frontdesk import show
from frontdesk.answers.messages import Answering, BotState, Conversation
from frontdesk.api import segment
from frontdesk.commands.words import Chat, Most, Reason
from frontdesk.desk import Desk
from frontdesk.session import Session

app = Desk()
InChat = Annotated[str, typer.Option(help="Only in this chat.")]
InClinic = Annotated[str, typer.Option(help="In all instances of this clinic.")]


@app.command()
def chats(
    here: Session,
    status: Annotated[
        Literal["bot", "wanted", "taken", "paused"] | None,
        typer.Option(
            help="Only those that the bot answers, where a person is wanted, that somebody took, or that rest."
        ),
    ] = None,
    find: Annotated[str, typer.Option(help="Only those with this in the name, the number or the last words.")] = "",
    most: Most = 50,
) -> None:
    """The chats, the one with the newest message first; with `--status wanted` those that wait for a person."""
    path = "/admin/conversations"
    here.tell(here.api.pages(path, Conversation, most, instance=here.one(), status=status, find=find), _list)


@app.command()
def waiting(here: Session, most: Most = 50) -> None:
    """Who waits for a person: urgent ones first, then the longest waiting; at all instances, or the one named."""
    found = here.api.pages("/admin/conversations", Conversation, most, status="wanted", instance=here.instance)
    here.tell(found, _waiting)


@app.command()
def pause(
    here: Session,
    chat: InChat = "",
    clinic: InClinic = "",
    minutes: Annotated[int | None, typer.Option(min=1, help="For so long; without it until `resume`.")] = None,
    until: Annotated[str, typer.Option(help="Until then, such as 2027-03-01T09:00:00-03:00.")] = "",
    reason: Reason = "",
) -> None:
    """Keep the bot quiet, in one chat, an instance or a clinic."""
    if minutes and until:
        raise typer.BadParameter("give --minutes or --until, not both")
    body: dict[str, object] = {"reason": reason}
    body |= ({"minutes": minutes} if minutes else {}) | ({"until": until} if until else {})
    _ask(here, "pause", chat, clinic, body)


@app.command()
def resume(here: Session, chat: InChat = "", clinic: InClinic = "") -> None:
    """Let the bot answer again."""
    _ask(here, "resume", chat, clinic, None)


@app.command()
def take(
    here: Session,
    chat: Chat,
    force: Annotated[bool, typer.Option("--force", help="Also from somebody else.")] = False,
) -> None:
    """Answer a chat yourself; the bot is quiet there until it is given back."""
    path = f"/admin/conversations/{segment(chat)}/take"
    here.tell(here.api.post(path, Answering, {"force": force}, instance=here.one()), _chat)


@app.command("give-back")
def give_back(here: Session, chat: Chat) -> None:
    """Let the bot answer a chat again."""
    path = f"/admin/conversations/{segment(chat)}/give-back"
    here.tell(here.api.post(path, Answering, instance=here.one()), _chat)


def _ask(here: Session, what: str, chat: str, clinic: str, body: object) -> None:
    if chat and clinic:
        raise typer.BadParameter("give --chat or --clinic, not both")
    if chat:
        path = f"/admin/conversations/{segment(chat)}/{what}"
        here.tell(here.api.post(path, Answering, body, instance=here.one()), _chat)
        return
    where = {"clinic": clinic} if clinic else {"instance": here.one()}
    here.tell(here.api.post(f"/admin/bot/{what}", BotState, body, **where), _bot)


def _list(found: list[Conversation]) -> None:
    rows = [
        (one.chat, one.name, show.word(one.status), one.about, show.at(one.waiting_since), one.last_text)
        for one in found
    ]
    show.table(("chat", "name", "status", "", "waits since", "last"), rows, "There are none.")


def _waiting(found: list[Conversation]) -> None:
    rows = [
        ("urgent" if one.urgent else "", one.instance, one.chat, one.name, show.at(one.wanted_at), one.wanted_why)
        for one in found
    ]
    show.table(("", "instance", "chat", "name", "since", "why"), rows, "Nobody waits for a person.")


def _chat(told: Answering) -> None:
    match told.status:
        case "taken":
            show.say(f"{told.by} answers {told.chat} now; the bot is quiet there.")
        case "paused":
            show.say(f"The bot is quiet in {told.chat}{_end(told.paused_until)}.")
        case _:
            show.say(f"The bot answers {told.chat}.")


def _bot(told: BotState) -> None:
    names = ", ".join(told.instances)
    show.say(
        f"The bot is quiet in {names}{_end(told.paused_until)}." if told.paused else f"The bot answers in {names}."
    )


def _end(until: int | None) -> str:
    return f" until {show.at(until)}" if until else ""
