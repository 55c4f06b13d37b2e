"""Which model do the tests speak to? aimock, a stand-in that others wrote: a real HTTP server, scripted by fixtures.

npm installs it into `.run/aimock` on first use; nothing of it is in the repository.
"""

import fcntl
import os
import random
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.support.servers import _die_with_parent

VERSION = "1.43.0"
HOME = Path(__file__).parents[2] / ".run" / "aimock"
START_S = 20.0


class Aimock:
    """One server process. Its address is an OpenAI-compatible endpoint's."""

    def __init__(self) -> None:
        self.port = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> "Aimock":
        command = installed()
        empty = HOME / "fixtures"
        empty.mkdir(exist_ok=True)
        (empty / "none.json").write_text(
            '{"fixtures": [{"match": {"userMessage": "-never-"}, "response": {"content": ""}}]}'
        )
        for _ in range(10):
            self.port = random.randint(20_000, 32_000)
            self._process = subprocess.Popen(
                [*command, "--port", str(self.port), "--fixtures", str(empty), "--strict", "--log-level", "silent"],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                preexec_fn=_die_with_parent,
            )  # fmt: skip
            if self._listens():
                return self
            self.close()
        raise RuntimeError("aimock does not start")

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None

    async def script(self, *fixtures: dict[str, Any]) -> None:
        """Forget everything, then answer like this: the first fixture that matches counts."""
        await self._post("/reset", {})
        answer = await self._post("/fixtures", {"fixtures": list(fixtures)})
        assert answer.get("added") == len(fixtures), answer

    async def requests(self) -> list[dict[str, Any]]:
        """The bodies of what it was asked, in order."""
        async with aiohttp.ClientSession() as session, session.get(f"{self.url}/__aimock/journal") as answer:
            entries = await answer.json()
        return [entry["body"] for entry in entries if entry["path"].startswith("/v1/")]

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        address = f"{self.url}/__aimock{path}"
        async with aiohttp.ClientSession() as session, session.post(address, json=body) as answer:
            said: dict[str, Any] = await answer.json()
            return said

    def _listens(self) -> bool:
        end = time.monotonic() + START_S
        while time.monotonic() < end and self._process is not None and self._process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return True
            time.sleep(0.02)
        return False


def installed() -> list[str]:
    """The command that runs it, installed when it is not yet: one test process does it, the others wait."""
    program = HOME / "node_modules" / "@copilotkit" / "aimock" / "dist" / "cli.js"
    HOME.mkdir(parents=True, exist_ok=True)
    with (HOME / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not program.exists():
            _install()
    return [str(shutil.which("node")), str(program)]


def _install() -> None:
    done = subprocess.run(
        ["npm", "install", "--prefix", str(HOME), "--no-audit", "--no-fund", f"@copilotkit/aimock@{VERSION}"],
        capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    if done.returncode == 0:
        return
    why = f"npm could not install aimock: {done.stderr.strip()[-300:]}"
    if os.environ.get("FRONTDESK_CI") == "1":
        raise RuntimeError(why)
    pytest.skip(why)
