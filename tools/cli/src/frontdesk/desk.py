"""How is a command declared? A function of a Session; the options that all commands have are added to its own."""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any, TypeVar

import typer

from frontdesk.session import Session, session

Run = TypeVar("Run", bound=Callable[..., Any])
EVERYWHERE = "Everywhere"
"""The heading in the help of the options that may stand before and behind every command."""

AsJson = Annotated[bool, typer.Option("--json", rich_help_panel=EVERYWHERE, help="Answer in JSON, for programs.")]
Instance = Annotated[
    str,
    typer.Option("--instance", "-i", rich_help_panel=EVERYWHERE, help="The WhatsApp instance that is meant."),
]
Url = Annotated[str, typer.Option("--url", rich_help_panel=EVERYWHERE, help="Where the admin service is.")]
Token = Annotated[
    str, typer.Option("--token", rich_help_panel=EVERYWHERE, help="Who you are; better said by FRONTDESK_TOKEN.")
]
TokenFile = Annotated[
    str, typer.Option("--token-file", rich_help_panel=EVERYWHERE, help="A file that holds the token.")
]
COMMON = {"as_json": AsJson, "instance": Instance, "url": Url, "token": Token, "token_file": TokenFile}


class Desk(typer.Typer):
    """Some commands."""

    def command(self, name: str | None = None, **about: Any) -> Callable[[Run], Run]:
        """Declare one."""
        declare = super().command(name, **about)

        def declared(run: Run) -> Run:
            declare(_with_common(run))
            return run

        return declared


def say(here: Session, **given: Any) -> None:
    """Take over those of the common options that were given."""
    for name, value in given.items():
        if value:
            setattr(here, name, value)


def _with_common(run: Callable[..., None]) -> Callable[..., None]:
    @wraps(run)
    def command(context: typer.Context, **given: Any) -> None:
        here = session(context)
        say(here, **{name: given.pop(name) for name in COMMON})
        run(here, **given)

    signature = inspect.signature(run, eval_str=True)
    _, *own = signature.parameters.values()  # the first is the session
    kind = inspect.Parameter.KEYWORD_ONLY
    context = inspect.Parameter("context", kind, annotation=typer.Context)
    common = [
        inspect.Parameter(name, kind, annotation=option, default=False if name == "as_json" else "")
        for name, option in COMMON.items()
    ]
    parameters = [context, *(one.replace(kind=kind) for one in own), *common]
    command.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {one.name: one.annotation for one in parameters} | {"return": None}
    return command
