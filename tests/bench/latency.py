"""How long from a patient's webhook to the gateway call, with a free bucket and the embedded answerer?"""

import time
from typing import Any

from demo.http import call
from demo.process import wait_until
from demo.stack import Stack

ENVIRON = {"WA_TOKENS_PER_SECOND": "0", "ACKS": "0", "RESPONDER_DEBOUNCE_MIN_MS": "0"}
WARM_UP = 100
MESSAGES = 1_000
PER_SECOND = 50
TEXTS = (
    "que horas abre amanhã?",
    "quanto custa a limpeza dental?",
    "¿abren los sábados?",
    "do you take insurance?",
    "oi",
)


def run() -> dict[str, float]:
    """Milliseconds from the webhook's sending to the gateway's being called, over `MESSAGES` messages of new chats."""
    with Stack(replicas={"admin": 0}, environ=ENVIRON) as stack:
        simulator = stack.url("simulator")
        _talk(simulator, WARM_UP, first=90_000_000)
        wait_until(lambda: len(_phone(simulator)) >= WARM_UP, "the warm-up")
        call("DELETE", f"{simulator}/sim/demo/phone")
        wrote = _talk(simulator, MESSAGES, first=10_000_000)
        wait_until(lambda: len(_phone(simulator)) >= MESSAGES, "every reply")
        took = sorted((item["call_started_at"] - wrote[item["chat"]]) * 1000 for item in _phone(simulator))
    return {
        f"webhook → gateway call, p{q:g}, ms": took[min(len(took) - 1, int(len(took) * q / 100))]
        for q in (50, 90, 99, 100)
    }


def _talk(simulator: str, count: int, first: int) -> dict[str, float]:
    wrote: dict[str, float] = {}
    begin = time.monotonic()
    for n in range(count):
        time.sleep(max(0.0, begin + n / PER_SECOND - time.monotonic()))
        chat = f"55119{first + n}"
        wrote[chat] = call("POST", f"{simulator}/sim/demo/messages", {"from": chat, "text": TEXTS[n % len(TEXTS)]})[
            "at"
        ]
    return wrote


def _phone(simulator: str) -> list[dict[str, Any]]:
    return call("GET", f"{simulator}/sim/demo/phone")["messages"]  # type: ignore[no-any-return]
