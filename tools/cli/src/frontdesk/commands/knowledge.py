"""What does the clinic know, and what would a question find?"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from frontdesk import show
from frontdesk.answers.knowledge import Findings, TextInFull, Texts
from frontdesk.api import segment
from frontdesk.commands.words import Yes
from frontdesk.desk import Desk
from frontdesk.failures import Refused
from frontdesk.session import Session

app = Desk(no_args_is_help=True, help="What the clinic knows: its texts, and what a question finds in them.")
Clinic = Annotated[str, typer.Option(help="The clinic; else that of --instance.")]
Name = Annotated[str, typer.Argument(help="Such as parking.md, or parking.es.md in Spanish.")]
_TEXTS = "/admin/knowledge"
STDIN = Path("-")


@app.command("list")
def list_(here: Session, clinic: Clinic = "") -> None:
    """The clinic's texts: the files of its folder, and what was uploaded."""
    here.tell(here.api.get(_TEXTS, Texts, **_whose(here, clinic)), _list)


@app.command("show")
def show_(here: Session, name: Name, clinic: Clinic = "") -> None:
    """One text in full."""
    told = here.api.get(f"{_TEXTS}/{segment(name)}", TextInFull, **_whose(here, clinic))
    here.tell(told, lambda one: show.say(one.text))


@app.command()
def put(
    here: Session,
    file: Annotated[Path, typer.Argument(help="A text in Markdown; `-` reads it from standard input.")],
    name: Annotated[str, typer.Option(help="What it is called, `parking.md`; else as the file.")] = "",
    clinic: Clinic = "",
    yes: Yes = False,
) -> None:
    """Upload a text, under a new name or over another. It answers within seconds."""
    if file == STDIN and not name:
        raise typer.BadParameter("say what it is called: --name parking.md", param_hint="--name")
    text, name, whose = _content(file), name or file.name, _whose(here, clinic)
    path = f"{_TEXTS}/{segment(name)}"
    there = _there(here, path, whose)
    if there:
        here.confirm(f"There is a {name} already. Put this in its place?", yes)
    told = here.api.put(path, TextInFull, text, "text/markdown", etag=there, **whose)
    here.tell(told, lambda one: show.say(f"{one.line.name} of {one.clinic}: {one.line.characters} characters."))


@app.command()
def remove(here: Session, name: Name, clinic: Clinic = "", yes: Yes = False) -> None:
    """Take an uploaded text away. A file of the same name answers again."""
    whose = _whose(here, clinic)
    here.confirm(f"Remove {name}?", yes)
    told = here.api.delete(f"{_TEXTS}/{segment(name)}", Texts, **whose)
    here.tell(told, lambda left: show.say(f"Removed; {left.clinic} has {len(left.items)} texts."))


@app.command()
def ask(
    here: Session, question: Annotated[str, typer.Argument(help="As a patient might write it.")], clinic: Clinic = ""
) -> None:
    """What a patient's question would find."""
    here.tell(here.api.post(f"{_TEXTS}/ask", Findings, {"question": question}, **_whose(here, clinic)), _found)


def _content(file: Path) -> bytes:
    try:
        return sys.stdin.read().encode("utf-8", "surrogateescape") if file == STDIN else file.read_bytes()
    except OSError as error:
        raise typer.BadParameter(f"{file} cannot be read: {error.strerror}") from None


def _whose(here: Session, clinic: str) -> dict[str, str]:
    return {"clinic": clinic} if clinic else {"instance": here.one()}


def _there(here: Session, path: str, whose: dict[str, str]) -> str:
    """The ETag of what is there; empty when nothing is."""
    try:
        return here.api.get(path, TextInFull, **whose).etag
    except Refused as refused:
        if refused.status != 404:
            raise
        return ""


def _list(told: Texts) -> None:
    rows = [
        (one.name, one.topic, one.language, one.characters, _origin(one.uploaded, one.over_a_file))
        for one in told.items
    ]
    show.table(("name", "topic", "language", "characters", "from"), rows, f"{told.clinic} has no texts.")
    for name in told.broken:
        show.hint(f"! {name} no longer fits the clinic's file, and is left out")


def _origin(uploaded: bool, over_a_file: bool) -> str:
    if not uploaded:
        return "the folder"
    return "an upload, over a file" if over_a_file else "an upload"


def _found(told: Findings) -> None:
    if not told.hits:
        show.say(f"Nothing ({told.language}): a person would be offered.")
    for hit in told.hits:
        show.say(f"{hit.coverage:4.0%}  {hit.source}  {hit.heading}\n      {hit.text}")
