"""Can one's own clinic be tried on one machine, without Docker?"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.clinics import own_clinics
from demo.conversation import Turn, play
from demo.stack import ROOT

PRICE = Turn("5511988887777", "Maria", "Quanto custa uma limpeza?")


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """The smallest clinic, as the reference has it."""
    reference = (ROOT / "docs" / "reference" / "clinic-files.md").read_text(encoding="utf-8")
    (smallest,) = re.findall(r"```yaml\n(name:.*?)```", reference, re.DOTALL)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "sorrir.yaml").write_text(smallest, encoding="utf-8")
    return tmp_path / "mine"


@pytest.fixture
def said(mine: Path, tmp_path: Path) -> Iterator[str]:
    """What `make demo` says with it, until it is ready."""
    environ = {**os.environ, "CLINICS_DIR": str(mine), "CLINIC_DEFAULT": "sorrir", "DEMO_DIR": str(tmp_path / "run")}
    command = [sys.executable, "-m", "demo"]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdout is not None
        told = ""
        for line in demo.stdout:
            told += line
            if "Ctrl-C" in line:
                break
        yield told
        demo.terminate()


def test_ones_own_clinic_answers_at_its_own_instance(said: str) -> None:
    assert "patients write to sorrir." in said
    found = re.search(r"Chat as a patient\s+(http://\S+)/\n", said)
    assert found, said
    (reply,) = play(found[1], "sorrir", (PRICE,))
    assert "100,00" in (reply.text or "")


def test_nothing_set_is_the_demonstration() -> None:
    assert own_clinics({"CLINICS_DIR": "", "PATH": "/bin"}) is None


def test_a_default_without_an_instance_gets_one_of_its_name(mine: Path) -> None:
    file = mine / "sorrir.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("instances: [sorrir]\n", ""), encoding="utf-8")
    (mine / "other.yaml").write_text(file.read_text(encoding="utf-8") + "instances: [a, b]\n", encoding="utf-8")
    found = own_clinics({"CLINICS_DIR": str(mine), "CLINIC_DEFAULT": "sorrir"})
    assert found is not None
    assert found.instances == ["a", "b", "sorrir"]
    assert found.environ["INSTANCES"] == "a,b,sorrir"


def test_a_mistake_in_its_file_is_told_and_nothing_started(mine: Path) -> None:
    (mine / "sorrir.yaml").write_text("name: [", encoding="utf-8")
    environ = {**os.environ, "CLINICS_DIR": str(mine), "CLINIC_DEFAULT": "sorrir"}
    command = [sys.executable, "-m", "demo"]
    ended = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert "mine/sorrir.yaml:1: not valid YAML" in ended.stderr
    assert "Starting" not in ended.stdout
