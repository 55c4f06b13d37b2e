"""How long does a patient wait for an answer, from the last message of a burst to the gateway call?

With the embedded answerer: what is beyond the pause that ends a turn. With a model that answers in one second: all of
it.
"""

import asyncio
import threading
import time
from typing import Any

from demo.http import call
from demo.process import wait_until
from demo.stack import Stack
from tests.support.responder import Endpoint

PAUSE_S = 0.8  # RESPONDER_DEBOUNCE_MIN_MS: every burst here ends in a question mark
MODEL_S = 1.0
CHATS = 100
PER_SECOND = 4
BURST = ("oi", "uma dúvida", "que horas abre amanhã?")
BETWEEN_S = 0.1
REPLY = "Abrimos amanhã das 8h às 12h e das 13h30 às 19h.\nSOURCES: F1"


def run() -> dict[str, float]:
    """Milliseconds, over `CHATS` bursts of three messages."""
    embedded = sorted(took - PAUSE_S for took in _bursts({}))
    with _Model() as url:
        model = sorted(_bursts({"LLM_BASE_URL": url, "LLM_MODEL": "m", "LLM_API_KEY": "k", "LLM_CONCURRENCY": "64"}))
    named = {"embedded, beyond the pause": embedded, f"a model of {MODEL_S:g} s, pause and all": model}
    return {
        f"{name}, p{q}, ms": took[min(len(took) - 1, len(took) * q // 100)] * 1000
        for name, took in named.items()
        for q in (50, 95, 99)
    }


def _bursts(environ: dict[str, str]) -> list[float]:
    """Seconds from each burst's last message to the gateway call that answers it."""
    settings = {"WA_TOKENS_PER_SECOND": "0", "ACKS": "0", "WA_CONCURRENCY": "64", **environ}
    with Stack(replicas={"admin": 0}, environ=settings) as stack:
        simulator = stack.url("simulator")
        _talk(simulator, 10, first=90_000_000)
        wait_until(lambda: len(_phone(simulator)) >= 10, "the warm-up")
        call("DELETE", f"{simulator}/sim/demo/phone")
        wrote = _talk(simulator, CHATS, first=10_000_000)
        wait_until(lambda: len(_phone(simulator)) >= CHATS, "every reply")
        return [item["call_started_at"] - wrote[item["chat"]] for item in _phone(simulator)]


def _talk(simulator: str, chats: int, first: int) -> dict[str, float]:
    """Bursts that begin `PER_SECOND` a second; when the last message of each was written."""
    begin, wrote = time.monotonic(), {}
    due = sorted((n / PER_SECOND + k * BETWEEN_S, n, text) for n in range(chats) for k, text in enumerate(BURST))
    for at, n, text in due:
        time.sleep(max(0.0, begin + at - time.monotonic()))
        chat = f"55119{first + n}"
        wrote[chat] = call("POST", f"{simulator}/sim/demo/messages", {"from": chat, "text": text})["at"]
    return wrote


def _phone(simulator: str) -> list[dict[str, Any]]:
    return call("GET", f"{simulator}/sim/demo/phone")["messages"]  # type: ignore[no-any-return]


class _Model:
    """The slow endpoint, in a thread of its own."""

    def __enter__(self) -> str:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._endpoint = Endpoint(REPLY, seconds=MODEL_S)
        asyncio.run_coroutine_threadsafe(self._endpoint.__aenter__(), self._loop).result(10)
        return self._endpoint.url

    def __exit__(self, *_error: object) -> None:
        asyncio.run_coroutine_threadsafe(self._endpoint.__aexit__(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
