"""What do the promises come to in figures? `make figures`: pace, neighbours of a failing chat, take-over, an outage,
restarts of everything, a Redis that is killed.

`ONLY=pace` (or neighbours, takeover, outage, restarts, redis) measures one of them.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import redis

from demo.http import call
from demo.process import wait_until
from demo.stack import Stack
from shared.streams import keys
from tests.chaos import durability, outage, restarts
from tests.chaos.pace import worst_excess
from tests.chaos.requesting import request_sends

RATE, BURST, PACE_S = 5.0, 5, 60.0
NEIGHBOURS, ROUNDS = 50, 21
AT_ONCE = {"RESPONDER_DEBOUNCE_MIN_MS": "0", "ACKS": "0"}


def pace() -> str:
    """Three senders, one instance at 5/s with a burst of 5, more than enough to send for a minute."""
    environ = {**AT_ONCE, "WA_TOKENS_PER_SECOND": str(RATE), "WA_BUCKET_CAPACITY": str(BURST)}
    with Stack(replicas={"sender": 3, "ingest": 1, "responder": 1, "admin": 0}, environ=environ) as stack:
        request_sends(stack.redis.url, [(f"55119{n:08d}", "oi") for n in range(round(PACE_S * RATE) + 60)])
        simulator = stack.url("simulator")
        wait_until(lambda: calls(simulator), "the first call")
        first = calls(simulator)[0]
        wait_until(lambda: time.time() > first + PACE_S, "a minute", timeout=PACE_S + 10)
        times = [at for at in calls(simulator) if at <= first + PACE_S]
    worst = worst_excess(times, RATE, BURST)
    used = len(times) / (BURST + RATE * PACE_S)
    return (
        f"{len(times)} calls in {PACE_S:.0f} s, {used:.1%} of the bound; the worst window is {worst:+.2f} calls from it"
    )


def neighbours() -> str:
    """Fifty chats with and without a fifty-first whose every send fails; by turns, so that both meet the same load."""
    environ = {**AT_ONCE, "WA_TOKENS_PER_SECOND": "0"}
    delays: dict[bool, list[float]] = {False: [], True: []}
    with Stack(replicas={"admin": 0}, environ=environ) as one, Stack(replicas={"admin": 0}, environ=environ) as other:
        for round_ in range(ROUNDS):
            for stack, failing in ((one, False), (other, True)):
                found = _round_of_delays(stack.url("simulator"), round_, failing=failing)
                delays[failing] += found if round_ else []
    without, beside = (statistics.median(delays[failing]) for failing in (False, True))
    change = f"{beside / without - 1:+.1%}"
    return f"median delay {without * 1000:.1f} ms without, {beside * 1000:.1f} ms beside a failing chat ({change})"


def _round_of_delays(simulator: str, round_: int, *, failing: bool) -> list[float]:
    """How long each neighbour waits for its reply; the failing chat writes again in each round."""
    bad = "5511999999999"
    if failing and round_ == 0:
        call("POST", f"{simulator}/sim/faults", {"call": "sendText", "fault": "capture:timed_out", "number": bad})
    if failing:
        call("POST", f"{simulator}/sim/demo/messages", {"from": bad, "text": "oi"})
    wrote = {}
    for n in range(NEIGHBOURS):
        chat = f"55119{round_:02d}{n:06d}"
        wrote[chat] = call("POST", f"{simulator}/sim/demo/messages", {"from": chat, "text": "oi"})["at"]
        time.sleep(0.01)
    arrived = _arrivals(simulator, set(wrote))
    return [arrived[chat] - at for chat, at in wrote.items()]


def _arrivals(simulator: str, chats: set[str]) -> dict[str, float]:
    def seen() -> dict[str, float]:
        phone = call("GET", f"{simulator}/sim/demo/phone")["messages"]
        return {message["chat"]: message["call_started_at"] for message in phone if message["chat"] in chats}

    wait_until(lambda: len(seen()) == len(chats), "every neighbour's reply")
    return seen()


def takeover() -> str:
    """kill -9 of the sender that holds the lane, messages coming all the while: the longest silence."""
    with Stack(replicas={"sender": 2, "admin": 0}, environ={**AT_ONCE, "WA_TOKENS_PER_SECOND": "0"}) as stack:
        simulator = stack.url("simulator")
        call("POST", f"{simulator}/sim/demo/messages", {"from": "5511988887777", "text": "oi"})
        wait_until(lambda: calls(simulator), "the first call")
        with redis.Redis.from_url(stack.redis.url) as client:
            holder = client.get(keys.lease("demo", "sender"))
        assert holder is not None
        names = [name for name in stack.processes if name.startswith("sender")]
        victim = next(name for name in names if f"-{stack.processes[name].pid}-" in holder.decode())
        stack.processes[victim].kill()
        died = time.time()
        call("POST", f"{simulator}/sim/demo/messages", {"from": "5511988887778", "text": "oi"})
        wait_until(lambda: [at for at in calls(simulator) if at > died], "the other to take over")
        return f"{min(at for at in calls(simulator) if at > died) - died:.1f} s from the death to the next call"


def calls(simulator: str) -> list[float]:
    """When the gateway was called to send, in order."""
    return sorted(one["at"] for one in call("GET", f"{simulator}/sim/demo/calls?call=sendText")["calls"])


def an_outage() -> str:
    """The gateway drops every call for two minutes while 500 messages queue."""
    return str(outage.run(500, 120.0, rate=20.0))


def all_restarted() -> str:
    """SIGTERM and a new start for every process in turn, ten messages a second coming all the while."""
    return str(restarts.run({"ingest": 2, "responder": 2, "sender": 3, "admin": 1}))


def redis_killed() -> str:
    """Ten times kill -9 under webhooks at full speed, as Redis may be set up."""
    ways: list[dict[str, Any]] = [
        {"appendfsync": "always", "busy": True}, {"appendfsync": "everysec"},
        {"appendfsync": "everysec", "busy": True}, {"appendfsync": "everysec", "waits": True, "busy": True},
    ]  # fmt: skip
    return "\n             ".join(str(durability.run(kills=10, **way)) for way in ways)


FIGURES: dict[str, Callable[[], str]] = {
    "pace": pace, "neighbours": neighbours, "takeover": takeover, "outage": an_outage, "restarts": all_restarted,
    "redis": redis_killed,
}  # fmt: skip

if __name__ == "__main__":
    for name, measure in FIGURES.items():
        if os.environ.get("ONLY", "") in ("", name):
            print(f"{name:<12} {measure()}", flush=True)
