"""A service may die at any step of a message: the reply arrives, once, and nothing in Redis is done twice."""

import time
from pathlib import Path

import pytest

from demo.http import call
from demo.process import wait_until
from demo.stack import Stack
from shared.events import MessageReceived, ReplyDrafted, SendAccepted, SendRequested
from tests.e2e.story import Story

STEPS = [
    "ingest:append:before", "ingest:append:after",
    "responder:acquire:before", "responder:acquire:after",
    "responder:commit:before", "responder:commit:after",
    "sender:acquire:before", "sender:acquire:after",
    "sender:attempt:before", "sender:attempt:after",
    "sender:gateway:before", "sender:gateway:after",
    "sender:commit:before", "sender:commit:after",
    "responder:read:after", "sender:read:after",
]  # fmt: skip
QUICK = {
    "WA_LEASE_MS": "1000", "SEND_PROOF_WAIT_S": "2", "EVOLUTION_TIMEOUT_S": "2", "RETRY_SCALE": "0.02",
    "WA_TOKENS_PER_SECOND": "0", "RESPONDER_DEBOUNCE_MIN_MS": "0",
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("step", STEPS)
def test_the_reply_survives_a_service_that_dies_at(step: str, tmp_path: Path) -> None:
    service = step.partition(":")[0]
    mark = tmp_path / "died"
    environ = {**QUICK, "DIE_AT": step, "DIE_MARK": str(mark)}
    stack = Stack(replicas={"admin": 0}, environ=environ, folder=tmp_path, modules={service: "tests.e2e.dying"})
    with stack:
        simulator, victim = stack.url("simulator"), f"{service}-0"
        call("POST", f"{simulator}/sim/demo/messages", {"from": "5511988887777", "text": "que horas abre amanhã?"})
        wait_until(lambda: mark.exists() and not stack.processes[victim].alive, f"{victim} to die")
        stack.restart(victim)
        wait_until(lambda: _arrived(simulator), "a reply")
        wait_until(lambda: not any(Story.read(stack.redis.url).left.values()), "everything to be done with")
        _nothing_more_comes(simulator)
        story = Story.read(stack.redis.url)
    assert [story.count(kind) for kind in (MessageReceived, ReplyDrafted, SendRequested, SendAccepted)] == [1, 1, 1, 1]
    assert story.repeated == []


def _arrived(simulator: str) -> int:
    return len(call("GET", f"{simulator}/sim/demo/phone")["messages"])


def _nothing_more_comes(simulator: str) -> None:
    """Watch the phone for longer than a lease and a search for proof take."""
    watched_until = time.monotonic() + 4
    since = call("GET", f"{simulator}/sim/demo/phone")["seq"]
    while time.monotonic() < watched_until:
        assert call("GET", f"{simulator}/sim/demo/phone?since={since}&wait_ms=500")["messages"] == []
    assert _arrived(simulator) == 1
