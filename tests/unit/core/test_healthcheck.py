"""Does a container's health check tell a service that answers from one that does not, and is it cheap?"""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from demo.ports import free_port

SERVICES = Path(__file__).parents[3] / "services"


@contextmanager
def service(status: int) -> Iterator[int]:
    """Something that answers /livez so."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/livez" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server.server_port
        server.shutdown()


def checked(port: int, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *words, "-m", "shared.healthcheck"]
    return subprocess.run(command, env=os.environ | {"PORT": str(port)}, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1)])
def test_it_says_what_the_service_says(status: int, code: int) -> None:
    with service(status) as port:
        assert checked(port).returncode == code


def test_where_nothing_listens_it_names_the_address() -> None:
    port = free_port()
    found = checked(port)
    assert found.returncode == 1
    assert f"http://127.0.0.1:{port}/livez" in found.stderr


def test_it_loads_nothing_but_the_standard_library() -> None:
    with service(200) as port:
        loaded = {line.rpartition("|")[2].strip() for line in checked(port, "-X", "importtime").stderr.splitlines()}
    others = {name for name in loaded if name.partition(".")[0] not in sys.stdlib_module_names}
    assert {name for name in others if name.partition(".")[0] in ("shared", "aiohttp", "msgspec", "redis")} == {
        "shared"
    }


@pytest.mark.parametrize("file", sorted(SERVICES.glob("*/Dockerfile")), ids=lambda file: file.parent.name)
def test_every_service_is_asked_by_it(file: Path) -> None:
    assert '"shared.healthcheck"' in file.read_text(encoding="utf-8")
