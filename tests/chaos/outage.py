"""A gateway that is down while messages queue: how often is it called, and what arrives after?"""

import time
from collections import defaultdict
from dataclasses import dataclass

from demo.http import call
from demo.process import wait_until
from demo.stack import Stack
from shared.events import SendAccepted
from tests.chaos.pace import worst_excess
from tests.chaos.requesting import request_sends
from tests.e2e.story import Story

BURST = 5


@dataclass(frozen=True)
class Outage:
    """What one outage came to."""

    queued: int
    calls_while_down: int
    searches_while_down: int
    """Looks for proof of those that were tried. The breaker's questions for a sign of life are not counted."""
    arrived: int
    in_order: bool
    drained_s: float
    excess: float
    """By how many calls the fullest window after its return is above burst + rate × t."""

    def __str__(self) -> str:
        order = "in order" if self.in_order else "OUT OF ORDER"
        return (
            f"{self.queued} queued, {self.calls_while_down} sends tried and {self.searches_while_down} searches made "
            f"while it was down, {self.arrived} arrived {order}, the last {self.drained_s:.1f} s after its return; "
            f"the fullest window is {self.excess:+.1f} calls from the bound"
        )


def run(queued: int, down_s: float, *, rate: float, chats: int = 50) -> Outage:
    """`queued` sends to `chats` chats meet a gateway that drops every connection for `down_s`."""
    environ = {
        "WA_TOKENS_PER_SECOND": str(rate), "WA_BUCKET_CAPACITY": str(BURST), "EVOLUTION_TIMEOUT_S": "3",
        "SEND_PROOF_WAIT_S": "3", "RETRY_SCALE": "0.02", "ACKS": "0",
    }  # fmt: skip
    sends = [(f"55119{n % chats:08d}", f"{n}") for n in range(queued)]
    with Stack(replicas={"sender": 3, "ingest": 1, "responder": 0, "admin": 0}, environ=environ) as stack:
        simulator = stack.url("simulator")
        call("POST", f"{simulator}/sim/faults", {"call": "*", "fault": "reset"})
        began = time.monotonic()
        request_sends(stack.redis.url, sends)
        wait_until(lambda: time.monotonic() - began > down_s, "the outage to end", timeout=down_s + 60)
        while_down = [one["call"] for one in call("GET", f"{simulator}/sim/demo/calls")["calls"]]
        call("DELETE", f"{simulator}/sim/demo/calls")
        call("DELETE", f"{simulator}/sim/faults")
        back = time.monotonic()
        wait_until(lambda: _done(stack, queued), "everything to arrive", timeout=queued / rate * 2 + 60, every=0.2)
        drained = time.monotonic() - back
        tried = while_down.count("sendText")
        return _judge(stack, sends, tried, len(while_down) - tried, drained, rate)


def _done(stack: Stack, queued: int) -> bool:
    story = Story.read(stack.redis.url)
    return not any(story.left.values()) and story.count(SendAccepted) == queued


def _judge(
    stack: Stack, sends: list[tuple[str, str]], tried: int, searched: int, drained: float, rate: float
) -> Outage:
    simulator = stack.url("simulator")
    phone = call("GET", f"{simulator}/sim/demo/phone")["messages"]
    calls = sorted(one["at"] for one in call("GET", f"{simulator}/sim/demo/calls?call=sendText")["calls"])
    wanted, arrived = defaultdict(list), defaultdict(list)
    for chat, text in sends:
        wanted[chat].append(text)
    for message in phone:
        arrived[message["chat"]].append(message["text"])
    excess = worst_excess(calls, rate, BURST)
    return Outage(len(sends), tried, searched, len(phone), wanted == arrived, drained, excess)
