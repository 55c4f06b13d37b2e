"""How is the unmodified compose file brought up beside whatever else runs on this machine, and talked to?"""

import json
import os
import random
import secrets
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

ROOT = Path(__file__).resolve().parents[2]
BASE = ("compose.yaml",)
WATCHED = ("compose.yaml", "compose.observability.yaml")
INGEST_REPLICAS = 4

T = TypeVar("T")


def until(ask: Callable[[], T], *, seconds: float) -> T:
    """What `ask` answers, as soon as it is something; fails after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        try:
            if answer := ask():
                return answer
        except (OSError, HTTPError):
            pass
        assert time.monotonic() < end, f"nothing after {seconds} s"
        time.sleep(0.2)


def last(ask: Callable[[], T], wanted: T, *, seconds: float) -> T:
    """What `ask` answers: `wanted` as soon as it does, else what it answered after `seconds`."""
    end = time.monotonic() + seconds
    while (answer := ask()) != wanted and time.monotonic() < end:
        time.sleep(0.2)
    return answer


def free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def free_ports(count: int) -> int:
    """The first of `count` neighbouring ports that nobody listens on."""
    while True:
        first = random.randrange(20_000, 30_000)
        if all(free(first + offset) for offset in range(count)):
            return first


def call(method: str, url: str, body: Any = None, **headers: str) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = Request(url, data, {"Content-Type": "application/json", **headers}, method=method)
    with urlopen(request, timeout=70) as answer:
        return json.load(answer)


class Stack:
    """One project of the compose files. Ports are the only thing that it sets, as .env could."""

    def __init__(self) -> None:
        self.project = f"frontdesk-test-{secrets.token_hex(4)}"
        first = free_ports(INGEST_REPLICAS + 4)
        self.ports = {
            "INGEST_PORTS": f"{first}-{first + INGEST_REPLICAS - 1}",
            **{
                f"{name}_PORT": str(first + INGEST_REPLICAS + number)
                for number, name in enumerate(("ADMIN", "SIMULATOR", "PROMETHEUS", "ALERTMANAGER"))
            },
        }

    def compose(self, *arguments: str, files: tuple[str, ...] = BASE) -> str:
        names = [word for file in files for word in ("--file", file)]
        command = ["docker", "compose", "--project-name", self.project, *names, *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env={**os.environ, **self.ports}, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-4000:]}{done.stderr[-4000:]}{self.logs()}"
        return done.stdout

    def logs(self) -> str:
        command = ["docker", "compose", "--project-name", self.project, "logs", "--no-color", "--tail", "40"]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout[-12_000:]

    def up(self, *arguments: str, files: tuple[str, ...] = BASE) -> None:
        self.compose("up", "--detach", "--wait", "--wait-timeout", "240", *arguments, files=files)

    def down(self) -> None:
        self.compose("down", "--volumes", "--remove-orphans", "--rmi", "local", "--timeout", "5", files=WATCHED)

    def containers(self) -> list[dict[str, Any]]:
        """Every container of the project, as the engine describes it."""
        ids = self.compose("ps", "--all", "--quiet", files=WATCHED).split()
        found = subprocess.run(["docker", "inspect", *ids], capture_output=True, text=True, check=True)
        return list(json.loads(found.stdout))

    def of(self, service: str) -> list[dict[str, Any]]:
        label = "com.docker.compose.service"
        return [one for one in self.containers() if one["Config"]["Labels"][label] == service]

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.ports[f'{name}_PORT']}"

    def redis_url(self) -> str:
        """compose's own Redis, which publishes no port, by its address on the bridge; without a database."""
        [network] = self.of("redis")[0]["NetworkSettings"]["Networks"].values()
        return f"redis://{network['IPAddress']}:6379"

    # ── a patient ──────────────────────────────────────────────────────────────────────────────────────────────────
    def writes(self, patient: str, text: str) -> None:
        call("POST", f"{self.url('SIMULATOR')}/sim/demo/messages", {"from": patient, "text": text})

    def phone(self, patient: str) -> list[dict[str, Any]]:
        """What the clinic's replies on this patient's phone are so far."""
        query = urlencode({"chat": patient})
        return list(call("GET", f"{self.url('SIMULATOR')}/sim/demo/phone?{query}")["messages"])

    def replies(self, patient: str, count: int, *, seconds: float = 60) -> list[str]:
        """The texts of this patient's replies, at least `count` of them."""
        try:
            found = until(lambda: self.phone(patient)[count - 1 :] and self.phone(patient), seconds=seconds)
        except AssertionError as error:
            raise AssertionError(f"{patient} waits for reply {count}: {error}\n{self.logs()}") from None
        return [message["text"] for message in found]
