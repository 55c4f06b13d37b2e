"""What happens in one run: who writes, what breaks, and how is it seen that all is over?"""

import contextlib
import random
import tempfile
import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo.http import call
from demo.process import wait_until
from demo.redis import EmbeddedRedis
from demo.stack import Stack
from tests.chaos.breaking import Breaker
from tests.chaos.judging import CAPACITY, RATE, judge
from tests.chaos.verdict import Verdict
from tests.e2e.story import Story

TEXTS = (
    "oi", "que horas abre amanhã?", "quanto custa a limpeza dental?", "vocês aceitam convênio?", "obrigada!",
    "¿abren los sábados?", "¿cómo llego?", "do you have parking?", "where are you?", "preço da consulta?",
)  # fmt: skip
LEASE_MS = 2_000
PROOF_WAIT_S = 6
SETTLE_S = 240


@dataclass(frozen=True)
class Scenario:
    """One run, repeatable by its seed as far as the machine's timing allows."""

    seed: int
    chats: int
    messages: int
    seconds: float
    without: str = ""

    @classmethod
    def full(cls, seed: int, without: str = "") -> "Scenario":
        return cls(seed, chats=100, messages=300, seconds=30, without=without)

    @classmethod
    def short(cls, seed: int, without: str = "") -> "Scenario":
        return cls(seed, chats=40, messages=100, seconds=12, without=without)

    def environ(self) -> dict[str, str]:
        return {
            "WA_LEASE_MS": str(LEASE_MS), "SEND_PROOF_WAIT_S": str(PROOF_WAIT_S), "EVOLUTION_TIMEOUT_S": "3",
            "WA_TOKENS_PER_SECOND": str(RATE), "WA_BUCKET_CAPACITY": str(CAPACITY), "RETRY_SCALE": "0.05",
            "SEED": str(self.seed), "CHAOS_WITHOUT": self.without, "SEND_UNCONFIRMED_AFTER_S": "5",
        }  # fmt: skip


def play(scenario: Scenario) -> Verdict:
    """Run it and judge what arrived."""
    replicas = {"ingest": 2, "responder": 2, "sender": 3, "admin": 2}
    services = ("ingest", "responder", "sender")
    modules = dict.fromkeys(services, "tests.chaos.weakened") if scenario.without else {}
    began = time.monotonic()
    with _stack(replicas=replicas, environ=scenario.environ(), modules=modules) as stack:
        breaker = Breaker(stack, random.Random(scenario.seed), freezing=scenario.seed % 3 == 0)
        over = threading.Event()
        breaking = threading.Thread(target=breaker.keep_breaking, args=(over,))
        breaking.start()
        _talk(stack, scenario)
        over.set()
        breaking.join()
        breaker.mend()
        settle(stack)
        verdict = judge(stack, breaker.done, scenario.messages)
    verdict.seconds = round(time.monotonic() - began)
    return verdict


@contextlib.contextmanager
def _stack(**about: Any) -> Iterator[Stack]:
    """Redis syncs before it answers: what it can lose otherwise, `make figures` measures."""
    with tempfile.TemporaryDirectory(prefix="frontdesk-chaos-") as folder:
        redis = EmbeddedRedis(Path(folder), appendfsync="always")
        with Stack(folder=Path(folder), redis=redis, **about) as stack:
            yield stack


def _talk(stack: Stack, scenario: Scenario) -> None:
    """Patients write, at random times. The simulator itself never dies, so every message is written."""
    draw = random.Random(scenario.seed + 1)
    chats = [f"55119{draw.randrange(10**8):08d}" for _ in range(scenario.chats)]
    began = time.monotonic()
    for n in range(scenario.messages):
        time.sleep(max(0.0, began + n * scenario.seconds / scenario.messages - time.monotonic()))
        message = {"from": draw.choice(chats), "text": draw.choice(TEXTS)}
        call("POST", f"{stack.url('simulator')}/sim/demo/messages", message)


def settle(stack: Stack) -> None:
    """Until nothing waits anywhere: not at the simulator, not in Redis. What still waits then is judged as lost.

    Three looks in a row must find it so: the simulator's ticks come on timers of its own.
    """
    looks: deque[bool] = deque(maxlen=3)

    def at_rest() -> bool:
        looks.append(_quiet(stack))
        return looks.count(True) == looks.maxlen

    with contextlib.suppress(TimeoutError):
        wait_until(at_rest, "everything to come to rest", timeout=SETTLE_S, every=0.5)


def _quiet(stack: Stack) -> bool:
    state = call("GET", f"{stack.url('simulator')}/sim/webhooks")
    story = Story.read(stack.redis.url)
    left = {name: n for name, n in story.left.items() if not name.endswith(":dlq")}
    under_way = any(state[name] for name in ("queued", "later", "running"))
    return not under_way and not any(left.values()) and not story.untold
