"""A gateway that is down while messages queue: how often is it called, and what arrives after?

`python tests/chaos/outage.py`; `DOWN_S=120 QUEUED=500` are the defaults.
"""

import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from demo.http import call
from demo.process import wait_until
from demo.stack import Stack
from shared.events import SendAccepted, SendRequested
from tests.e2e.story import Story


@dataclass(frozen=True)
class Outage:
    """What one outage came to."""

    queued: int
    calls_while_down: int
    arrived: int
    in_order: bool
    drained_s: float

    def __str__(self) -> str:
        order = "in order" if self.in_order else "OUT OF ORDER"
        return (
            f"{self.queued} queued, {self.calls_while_down} calls of the gateway while it was down, "
            f"{self.arrived} arrived {order}, the last {self.drained_s:.1f} s after its return"
        )


def run(queued: int, down_s: float, *, rate: float, chats: int = 50) -> Outage:
    """`queued` messages of `chats` chats meet a gateway that drops every connection for `down_s`."""
    environ = {
        "WA_TOKENS_PER_SECOND": str(rate), "RESPONDER_DEBOUNCE_MIN_MS": "0", "EVOLUTION_TIMEOUT_S": "3",
        "SEND_PROOF_WAIT_S": "3", "RETRY_SCALE": "0.02", "ACKS": "0",
    }  # fmt: skip
    with Stack(replicas={"sender": 3, "admin": 0}, environ=environ) as stack:
        simulator = stack.url("simulator")
        call("POST", f"{simulator}/sim/faults", {"call": "*", "fault": "reset"})
        began = time.monotonic()
        for n in range(queued):
            message = {"from": f"55119{n % chats:08d}", "text": ("oi", "que horas abre?", "obrigada")[n % 3]}
            call("POST", f"{simulator}/sim/demo/messages", message)
            time.sleep(0.005)
        wait_until(lambda: time.monotonic() - began > down_s, "the outage to end", timeout=down_s + 60)
        while_down = len(call("GET", f"{simulator}/sim/demo/calls")["calls"])
        call("DELETE", f"{simulator}/sim/faults")
        back = time.monotonic()
        wait_until(lambda: _done(stack), "everything to be delivered", timeout=queued / rate * 2 + 60, every=0.2)
        drained = time.monotonic() - back
        return _judge(stack, queued, while_down, drained)


def _done(stack: Stack) -> bool:
    story = Story.read(stack.redis.url)
    return not any(story.left.values()) and story.count(SendAccepted) == story.count(SendRequested)


def _judge(stack: Stack, queued: int, while_down: int, drained: float) -> Outage:
    story = Story.read(stack.redis.url)
    phone = call("GET", f"{stack.url('simulator')}/sim/demo/phone")["messages"]
    wanted: dict[str, list[str]] = {}
    arrived: dict[str, list[str]] = {}
    for request in story.of(SendRequested):
        wanted.setdefault(request.chat, []).append(request.content.text)
    for message in phone:
        arrived.setdefault(message["chat"], []).append(message["text"])
    return Outage(queued, while_down, len(phone), wanted == arrived, drained)


if __name__ == "__main__":
    print(run(int(os.environ.get("QUEUED", "500")), float(os.environ.get("DOWN_S", "120")), rate=20.0))
