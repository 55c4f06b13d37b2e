"""What do all commands share? Where the service is, who asks, which instance is meant, and for whom it is shown."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import msgspec
import typer

from frontdesk import show
from frontdesk.answers.numbers import Numbers
from frontdesk.answers.streams import Health
from frontdesk.api import Api
from frontdesk.told import Told

T = TypeVar("T")
_SECRETS = (("FRONTDESK_TOKEN", "FRONTDESK_TOKEN_FILE"), ("ADMIN_TOKEN", "ADMIN_TOKEN_FILE"))


@dataclass
class Session:
    """One run of the program."""

    environ: Mapping[str, str] = field(repr=False)
    url: str = ""
    token: str = field(default="", repr=False)
    token_file: str = ""
    instance: str = ""
    as_json: bool = False

    @cached_property
    def api(self) -> Api:
        """The service."""
        return Api(self.url, token_of(self.token, self.token_file, self.environ))

    def one(self) -> str:
        """The instance; asks which when it was not said and there are several."""
        if not self.instance:
            names = [line.instance for line in self.api.get("/admin/streams/health", Health).seen.instances]
            if not names:  # nothing came in yet: the gateway and the clinics' files know some all the same
                names = [one.instance for one in self.api.get("/admin/instances", Numbers).seen.items]
            if len(names) != 1:
                known = f"There are {', '.join(names[:10])}" if names else "Neither we nor the gateway know any yet"
                raise typer.BadParameter(f"say which instance: --instance NAME, or FRONTDESK_INSTANCE. {known}.")
            self.instance = names[0]
        return self.instance

    def tell(self, told: Told[T], people: Callable[[T], object]) -> None:
        """Show an answer: as it came for programs, else as `people` shows it."""
        if self.as_json:
            show.as_json(told.whole)
        else:
            people(told.seen)

    def confirm(self, question: str, yes: bool) -> None:
        """Ask before something that cannot be taken back; `yes` says that it was asked already."""
        if yes:
            return
        try:
            sure = typer.confirm(question, err=True)
        except typer.Abort:  # no answer came, so no line's end either
            sure = False
            show.aside("")
        if not sure:
            show.complain("nothing was done", "`--yes` does it without asking.")
            raise typer.Exit(1)


def token_of(given: str, file: str, environ: Mapping[str, str]) -> str:
    """The token: of the options, else of the environment. A file goes before a value, as in the services."""
    found = _read(file, "--token-file") if file else given
    for name, in_file in _SECRETS:
        if not found:
            path = environ.get(in_file, "")
            found = _read(path, in_file) if path else environ.get(name, "").strip()
    if not (found.isascii() and found.isprintable()) or " " in found:
        raise typer.BadParameter("the token has characters that no token has; was it copied whole, and only it?")
    return found


def _read(path: str, name: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise typer.BadParameter(f"{name}: {path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise typer.BadParameter(f"{name}: {path} is not a text") from None


def session(context: typer.Context) -> Session:
    """The session of this run."""
    found = context.find_object(Session)
    assert found is not None
    return found


def struct(value: object) -> bytes:
    """A struct as the body of a request."""
    return msgspec.json.encode(value)
