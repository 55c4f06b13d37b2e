"""How is one local process started, watched and ended?"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

STOP_S = 20.0


class Process:
    """A program of ours, with its log in a file."""

    def __init__(self, name: str, command: list[str], environ: Mapping[str, str], log: Path, cwd: Path) -> None:
        self.name = name
        self.log = log
        self._command = command
        self._environ = dict(environ)
        self._cwd = cwd
        self._running: subprocess.Popen[bytes] | None = None

    @classmethod
    def python(cls, name: str, module: str, environ: Mapping[str, str], log: Path, cwd: Path) -> "Process":
        """`python -m module` with this interpreter and, beside PATH and the like, only `environ` set."""
        kept = {key: value for key, value in os.environ.items() if key in ("PATH", "HOME", "LANG", "TMPDIR", "TZ")}
        return cls(name, [sys.executable, "-m", module], {**kept, "PYTHONUNBUFFERED": "1", **environ}, log, cwd)

    def start(self) -> None:
        """Start it; its output is added to its log."""
        with self.log.open("ab") as log:
            self._running = subprocess.Popen(
                self._command, env=self._environ, cwd=self._cwd, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                start_new_session=True,
            )  # fmt: skip

    @property
    def pid(self) -> int:
        assert self._running is not None, f"{self.name} was never started"
        return self._running.pid

    @property
    def alive(self) -> bool:
        return self._running is not None and self._running.poll() is None

    def signal(self, number: int) -> None:
        """Send a signal to this process and no other."""
        if self.alive:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """kill -9, and wait until it is gone."""
        self.signal(signal.SIGKILL)
        self._wait(STOP_S)

    def stop(self, timeout: float = STOP_S) -> int | None:
        """Ask it to end, and end it if it does not; its exit status."""
        self.signal(signal.SIGTERM)
        if not self._wait(timeout):
            self.kill()
        return None if self._running is None else self._running.returncode

    def _wait(self, timeout: float) -> bool:
        if self._running is None:
            return True
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._running.wait(timeout)
            return True
        return False

    def tail(self, lines: int = 20) -> str:
        """The last lines of its log."""
        return "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-lines:])


def wait_until(condition, what: str, *, timeout: float = 60.0, every: float = 0.05) -> None:  # type: ignore[no-untyped-def]
    """Poll `condition` until it holds. Raises TimeoutError that says what did not happen."""
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not happen within {timeout:.0f} s")
        time.sleep(every)
