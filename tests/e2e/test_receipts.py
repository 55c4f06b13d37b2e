"""Of every accepted message it is known whether it arrived, by receipts as the gateway tells them."""

from pathlib import Path
from typing import Any

from demo.http import call
from demo.process import wait_until
from demo.stack import Stack
from shared.events import SendAccepted, SendDelivered, SendFailed, SendRead, SendRequested, SendUnconfirmed
from tests.e2e.story import Story

QUICK = {
    "WA_LEASE_MS": "1000", "SEND_PROOF_WAIT_S": "3", "RETRY_SCALE": "0.02", "WA_TOKENS_PER_SECOND": "0",
    "RESPONDER_DEBOUNCE_MIN_MS": "0", "EVOLUTION_TIMEOUT_S": "2", "SEND_UNCONFIRMED_AFTER_S": "2",
}  # fmt: skip
CHATS = 30


def ask(stack: Stack, chat: str = "5511988887777", text: str = "que horas abre amanhã?") -> None:
    call("POST", f"{stack.url('simulator')}/sim/demo/messages", {"from": chat, "text": text})


def fault(stack: Stack, name: str, **more: Any) -> None:
    call("POST", f"{stack.url('simulator')}/sim/faults", {"call": "sendText", "fault": name, "times": 1, **more})


def told(stack: Stack, kind: type) -> int:
    return Story.read(stack.redis.url).count(kind)


def sends(story: Story, kind: type) -> list[str]:
    return sorted(fact.send_id for fact in story.of(kind))  # type: ignore[union-attr]


def test_every_accepted_message_is_told_delivered_and_read_once(tmp_path: Path) -> None:
    """Webhooks are doubled and mixed up, and the senders share the work."""
    with Stack(replicas={"sender": 2, "ingest": 2, "admin": 0}, environ=QUICK, folder=tmp_path) as stack:
        mixed = {"duplicate": 2, "reorder": True, "window_ms": 300}
        call("POST", f"{stack.url('simulator')}/sim/webhooks", mixed)
        for n in range(CHATS):
            ask(stack, f"55119{n:08d}")
        wait_until(lambda: told(stack, SendRead) == CHATS == told(stack, SendDelivered), "all to be read")
        wait_until(lambda: not any(Story.read(stack.redis.url).left.values()), "everything to be done with")
        story = Story.read(stack.redis.url)
    assert story.repeated == []
    requested = sorted(send.id for send in story.of(SendRequested))
    assert sends(story, SendAccepted) == sends(story, SendDelivered) == sends(story, SendRead) == requested
    assert story.count(SendUnconfirmed) == story.count(SendFailed) == 0


def test_receipts_that_come_before_the_acceptance_are_joined_with_it(tmp_path: Path) -> None:
    """The call times out, though the message arrived and was read: its acceptance is proven seconds after that."""
    with Stack(replicas={"admin": 0}, environ=QUICK, folder=tmp_path) as stack:
        fault(stack, "timeout", delivered=True)
        ask(stack)
        wait_until(lambda: told(stack, SendRead), "the read receipt to be joined")
        story = Story.read(stack.redis.url)
    (accepted,) = story.of(SendAccepted)
    assert accepted.proof == "echo"  # type: ignore[union-attr]
    assert [story.count(kind) for kind in (SendDelivered, SendRead)] == [1, 1]
    assert story.repeated == []


def test_an_error_after_the_acceptance_is_told_and_not_sent_again(tmp_path: Path) -> None:
    with Stack(replicas={"admin": 0}, environ=QUICK, folder=tmp_path) as stack:
        fault(stack, "accepted_then_error")
        ask(stack)
        wait_until(lambda: told(stack, SendFailed), "the failure")
        ask(stack, "5511977776666")
        wait_until(lambda: told(stack, SendRead), "another message to be read")
        story = Story.read(stack.redis.url)
        calls = call("GET", f"{stack.url('simulator')}/sim/demo/calls?call=sendText")["calls"]
    (failed,) = story.of(SendFailed)
    assert (failed.category, failed.final) == ("after_accept", True)  # type: ignore[union-attr]
    assert len(calls) == 2


def test_a_message_that_stays_pending_for_ever_is_told_unconfirmed_and_not_sent_again(tmp_path: Path) -> None:
    with Stack(replicas={"sender": 2, "admin": 0}, environ=QUICK, folder=tmp_path) as stack:
        fault(stack, "accepted_pending_forever")
        ask(stack)
        wait_until(lambda: told(stack, SendUnconfirmed), "the silence to be noticed")
        ask(stack, "5511977776666")
        wait_until(lambda: told(stack, SendRead), "another message to be read")
        story = Story.read(stack.redis.url)
        calls = call("GET", f"{stack.url('simulator')}/sim/demo/calls?call=sendText")["calls"]
    assert sends(story, SendUnconfirmed) == [send.id for send in story.of(SendRequested)][:1]
    assert len(calls) == 2
