"""What do patients say in the demonstration, and what comes back?"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from demo.http import call

REPLY_WITHIN_S = 30.0


@dataclass(frozen=True)
class Turn:
    """One thing that a patient writes."""

    patient: str
    name: str
    text: str


@dataclass(frozen=True)
class Reply:
    """What arrived on the patient's phone, and how long after they wrote. `text` is None when nothing came."""

    turn: Turn
    text: str | None
    seconds: float


SCRIPT = (
    Turn("5511988887777", "Maria Silva", "Oi, bom dia!"),
    Turn("5511988887777", "Maria Silva", "Quanto custa uma limpeza?"),
    Turn("5491155556666", "Lucía Pérez", "¿Abren los sábados?"),
    Turn("5511988887777", "Maria Silva", "Vocês aceitam convênio?"),
    Turn("14155550123", "John Miller", "Where are you, and is there parking?"),
    Turn("5491155556666", "Lucía Pérez", "¿Cómo me preparo para un análisis de sangre?"),
    Turn("5511988887777", "Maria Silva", "Vocês vendem passagem para a lua?"),
    Turn("5511988887777", "Maria Silva", "obrigada!"),
)


def play(simulator: str, instance: str = "demo", script: tuple[Turn, ...] = SCRIPT) -> Iterator[Reply]:
    """Write each turn as the patient, and wait for what arrives on their phone."""
    for turn in script:
        yield _ask(simulator, instance, turn)


def _ask(simulator: str, instance: str, turn: Turn) -> Reply:
    phone = f"{simulator}/sim/{instance}/phone?chat={quote(turn.patient)}"
    since = call("GET", phone)["seq"]
    message = {"from": turn.patient, "name": turn.name, "text": turn.text}
    wrote_at = time.time()
    call("POST", f"{simulator}/sim/{instance}/messages", message)
    deadline = time.monotonic() + REPLY_WITHIN_S
    while time.monotonic() < deadline:
        arrived = call("GET", f"{phone}&since={since}&wait_ms=2000")["messages"]
        if arrived:
            return Reply(turn, "\n".join(item["text"] for item in arrived), arrived[0]["at"] - wrote_at)
    return Reply(turn, None, REPLY_WITHIN_S)
