"""Where is a container engine, and who takes down what was brought up? Collected only for `make test-compose`."""

import os
import subprocess
from collections.abc import Iterator

import pytest

from tests.compose.stack import ROOT, Stack

LAB = ROOT.parent / "shared" / "docker-lab" / "up"

if os.environ.get("FRONTDESK_COMPOSE") != "1":
    collect_ignore_glob = ["test_*.py"]


def answers() -> bool:
    return subprocess.run(["docker", "info"], capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="session")
def engine() -> None:
    """A container engine: the one that runs, or the laboratory's where there is one beside this repository."""
    if not answers() and LAB.exists() and os.geteuid() == 0:
        subprocess.run([str(LAB)], check=True)
    if not answers():
        pytest.fail("no container engine answers `docker info`: start one, or leave `make test-compose` out")


@pytest.fixture(scope="session")
def stack(engine: None) -> Iterator[Stack]:
    """compose.yaml as it is, up and healthy under a project name of its own; taken down with its volumes and images."""
    stack = Stack()
    try:
        stack.up("--build")
        yield stack
    finally:
        stack.down()
