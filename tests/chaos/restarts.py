"""Every process is told to stop and started again, one after the other, while patients write: what does it cost?

A deployment does this. SIGTERM lets each finish what it began; what comes meanwhile goes to the others, or waits.
"""

import random
import statistics
import threading
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

from demo.http import call
from demo.stack import Stack
from shared.events import MessageReceived, SendRequested, Text
from tests.chaos.judging import CAPACITY, RATE, judge
from tests.chaos.scenario import TEXTS, settle
from tests.chaos.verdict import Verdict
from tests.e2e.story import Story

GRACE_S = 60.0


@dataclass(frozen=True)
class Restarts:
    """What one round of restarts came to."""

    verdict: Verdict
    restarted: int
    unclean: list[str]
    """Processes that did not end by themselves, or not with status 0."""
    slowest_stop_s: float
    median_reply_s: float
    slowest_reply_s: float

    def __str__(self) -> str:
        v = self.verdict
        return (
            f"{self.restarted} processes restarted under {v.messages} messages: {v.lost} lost, {v.doubled} doubled, "
            f"{v.reordered} reordered, {v.unknown} unknown outcomes, {v.left} left over, {v.views} views wrong; "
            f"slowest stop {self.slowest_stop_s:.1f} s, {len(self.unclean)} unclean; "
            f"replies after {self.median_reply_s:.2f} s in the median, {self.slowest_reply_s:.1f} s at the most"
        )


def run(replicas: dict[str, int], *, rate: float = 10.0, chats: int = 60) -> Restarts:
    """Restart all of them, with `rate` messages a second coming from `chats` patients all the while."""
    environ = {
        "WA_TOKENS_PER_SECOND": str(RATE), "WA_BUCKET_CAPACITY": str(CAPACITY), "RESPONDER_DEBOUNCE_MIN_MS": "0",
        "RETRY_SCALE": "0.05", "SEND_UNCONFIRMED_AFTER_S": "5",
    }  # fmt: skip
    with Stack(replicas=replicas, environ=environ) as stack:
        over, written = threading.Event(), list[str]()
        talking = threading.Thread(target=_talk, args=(stack, over, written, rate, chats))
        talking.start()
        stops, unclean = _restart_all(stack)
        over.set()
        talking.join()
        settle(stack)
        verdict = judge(stack, Counter(SIGTERM=len(stops)), len(written))
        delays = _delays(stack)
    slowest, median = max(delays), statistics.median(delays)
    return Restarts(verdict, len(stops), unclean, max(stops), median, slowest)


def _talk(stack: Stack, over: threading.Event, written: list[str], rate: float, chats: int) -> None:
    draw = random.Random(7)
    while not over.wait(1 / rate):
        message = {"from": f"55119{draw.randrange(chats):08d}", "text": draw.choice(TEXTS)}
        written.append(call("POST", f"{stack.url('simulator')}/sim/demo/messages", message)["id"])


def _restart_all(stack: Stack) -> tuple[list[float], list[str]]:
    stops: list[float] = []
    unclean = []
    for name in [name for name in stack.processes if name != "simulator"]:
        time.sleep(0.5)  # what is measured: a process that has work when it is told to stop
        began = time.monotonic()
        status = stack.processes[name].stop(GRACE_S)
        stops.append(time.monotonic() - began)
        unclean += [f"{name} ended with {status}"] if status else []
        stack.restart(name)
    return stops, unclean


def _delays(stack: Stack) -> list[float]:
    """Seconds from a message's arrival in the log to the call that carried its answer; a chat is in order."""
    story = Story.read(stack.redis.url)
    received = {event.id: event.recorded_at / 1000 for event in story.of(MessageReceived)}
    called: dict[tuple[str, str], list[float]] = {}
    phone: list[dict[str, Any]] = call("GET", f"{stack.url('simulator')}/sim/demo/phone")["messages"]
    for message in phone:
        called.setdefault((message["chat"], message["text"]), []).append(message["call_started_at"])
    delays = []
    for send in story.of(SendRequested):
        times = called.get((send.chat, send.content.text)) if isinstance(send.content, Text) else None
        if times:
            delays.append(times.pop(0) - received[str(send.causation_id)])
    return delays
