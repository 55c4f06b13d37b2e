"""What do the tests of the model's parts share?"""

from pathlib import Path
from typing import Any

import pytest
import yaml

from responder.model.prompt import Prompt, assemble
from responder.model.turn import Turn
from tests.support.model import a_turn

SAFETY = Path(__file__).parents[2] / "safety"
CANARY = "5f3a9c01d2e4b677"


def listed(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load((SAFETY / f"{name}.yaml").read_text(encoding="utf-8"))
    return found


@pytest.fixture
def turn() -> Turn:
    return a_turn("quanto custa a limpeza dental?")


@pytest.fixture
def prompt(turn: Turn) -> Prompt:
    return assemble(turn, CANARY)
