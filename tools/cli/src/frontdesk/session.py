"""What do all commands share? Where the service is, who asks, which instance is meant, and for whom it is shown."""

from dataclasses import dataclass
from pathlib import Path

import typer

from frontdesk.api import Api


@dataclass
class Session:
    """The options before the command."""

    api: Api
    instance: str
    as_json: bool

    def one(self) -> str:
        """The instance; asks which when it was not said and there are several."""
        if self.instance:
            return self.instance
        names = [line["instance"] for line in self.api.get("/admin/streams/health")["instances"]]
        if len(names) == 1:
            self.instance = str(names[0])
            return self.instance
        known = f"There are {', '.join(names[:10])}" if names else "Nothing has come from any instance yet"
        raise typer.BadParameter(f"say which instance: --instance NAME, or FRONTDESK_INSTANCE. {known}.")


def token_of(given: str, file: Path | None) -> str:
    """The token, from the option, the environment or a file."""
    if given or file is None:
        return given
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"FRONTDESK_TOKEN_FILE: {file} cannot be read: {error}") from None


def session(context: typer.Context) -> Session:
    """The session of this run."""
    found = context.find_object(Session)
    assert found is not None
    return found
