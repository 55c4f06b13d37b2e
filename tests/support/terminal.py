"""How does a test use the command line? It runs `frontdesk` and reads what it says; what it asks the API is kept."""

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx2

from frontdesk.__main__ import main

PROGRAM = Path(sys.executable).with_name("frontdesk")


@dataclass(frozen=True)
class Said:
    """What one run said, and how it ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Console:
    """A terminal, with its environment."""

    environ: dict[str, str]
    requests: list[httpx2.Request] = field(default_factory=list)
    """Everything that was asked of the API."""
    commands: set[str] = field(default_factory=set)
    """The commands that were carried out."""

    def run(self, *words: str, typed: str = "", **environ: str) -> Said:
        """Run a command in this process. `typed` is what stands on standard input."""
        out, err = io.StringIO(), io.StringIO()
        set_to = {"COLUMNS": "40", "PATH": os.environ["PATH"], **self.environ, **environ}
        with (
            patch.dict(os.environ, set_to, clear=True),
            patch.object(sys, "argv", ["frontdesk", *words]),
            patch.object(sys, "stdin", io.StringIO(typed)),
            self._listening(),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            status = _status_of_main()
        said = Said(status, out.getvalue(), err.getvalue())
        assert "Traceback" not in said.err
        if words and status == 0:
            self.commands |= {words[0], " ".join(words[:2])}
        return said

    def ok(self, *words: str, typed: str = "") -> Said:
        """A run that has to succeed."""
        said = self.run(*words, typed=typed)
        assert said.status == 0, f"{words} ended with {said.status}\n{said.out}{said.err}"
        return said

    def start(self, *words: str) -> subprocess.Popen[str]:
        """The program as a process of its own."""
        environ = {"PATH": os.environ["PATH"], **self.environ}
        pipe = subprocess.PIPE
        return subprocess.Popen(
            [PROGRAM, *words], env=environ, stdin=pipe, stdout=pipe, stderr=pipe, text=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # ignored where the tests run behind `&`
        )  # fmt: skip

    @contextlib.contextmanager
    def _listening(self) -> Iterator[None]:
        send = httpx2.Client.send

        def heard(client: httpx2.Client, request: httpx2.Request, **about: Any) -> httpx2.Response:
            self.requests.append(request)
            return send(client, request, **about)

        with patch.object(httpx2.Client, "send", heard):
            yield


def _status_of_main() -> int:
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0
