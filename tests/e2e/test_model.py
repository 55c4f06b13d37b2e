"""With a model configured, a patient gets one reply whatever happens to the model or to the responder that asked it."""

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from demo.http import call
from demo.process import wait_until
from demo.stack import Stack
from shared.events import MessageReceived, ReplyDrafted, SendAccepted
from shared.streams import keys
from tests.e2e.story import Story
from tests.needs import needs
from tests.support.aimock import Aimock

pytestmark = needs("npm")
REPLY = "Abrimos amanhã das 8h às 12h e das 13h30 às 19h.\nSOURCES: F1"


@pytest.fixture
def aimock() -> Iterator[Aimock]:
    server = Aimock().start()
    yield server
    server.close()


def environ(aimock: Aimock) -> dict[str, str]:
    return {
        "LLM_BASE_URL": f"{aimock.url}/v1", "LLM_MODEL": "test-model", "LLM_API_KEY": "k", "WA_LEASE_MS": "2000",
        "LLM_FIRST_TOKEN_S": "10", "WA_TOKENS_PER_SECOND": "0", "RESPONDER_DEBOUNCE_MIN_MS": "0",
    }  # fmt: skip


def slow(latency_ms: int) -> dict[str, object]:
    return {"match": {"userMessage": "horas"}, "response": {"content": REPLY}, "chaos": {"latencyMs": latency_ms}}


def test_a_responder_killed_in_the_middle_of_a_model_call_is_replaced_and_the_reply_comes_once(
    aimock: Aimock, tmp_path: Path
) -> None:
    asyncio.run(aimock.script(slow(3000)))
    settings = environ(aimock) | {"RESPONDER_ACK_AFTER_MS": "100", "RESPONDER_MOMENT_AFTER_MS": "300"}
    with Stack(replicas={"responder": 2, "admin": 0}, environ=settings, folder=tmp_path) as stack:
        message = {"from": "5511988887777", "text": "que horas abre?"}
        call("POST", f"{stack.url('simulator')}/sim/demo/messages", message)
        wait_until(lambda: Story.read(stack.redis.url).count(SendAccepted) == 1, "one moment")
        with redis.Redis.from_url(stack.redis.url) as client:
            holder = client.get(keys.lease("demo", "responder"))
        assert holder is not None
        names = [name for name in stack.processes if name.startswith("responder")]
        victim = next(name for name in names if f"-{stack.processes[name].pid}-" in holder.decode())
        stack.processes[victim].kill()
        wait_until(lambda: Story.read(stack.redis.url).count(SendAccepted) == 2, "the reply")
        wait_until(lambda: not any(Story.read(stack.redis.url).left.values()), "nothing left")
        story = Story.read(stack.redis.url)
        used = _tokens_used(stack)
        arrived = call("GET", f"{stack.url('simulator')}/sim/demo/phone")["messages"]
        typing = call("GET", f"{stack.url('simulator')}/sim/demo/calls?call=sendPresence")["calls"]
    assert typing
    assert [draft.answered_by != "embedded" for draft in story.of(ReplyDrafted)] == [True]
    assert story.of(ReplyDrafted)[0].tokens > 0
    assert used > story.of(ReplyDrafted)[0].tokens + 600  # the dead one's call too, by what was set aside for it
    assert [message["text"] for message in arrived] == ["Um momento, já verifico.", REPLY.partition("\n")[0]]


def test_a_model_that_is_down_leaves_the_clinics_own_words(tmp_path: Path) -> None:
    settings = {
        "LLM_BASE_URL": "http://127.0.0.1:9/v1", "LLM_MODEL": "test-model", "LLM_API_KEY": "k",
        "WA_TOKENS_PER_SECOND": "0", "RESPONDER_DEBOUNCE_MIN_MS": "0",
    }  # fmt: skip
    with Stack(replicas={"admin": 0}, environ=settings, folder=tmp_path) as stack:
        call(
            "POST",
            f"{stack.url('simulator')}/sim/demo/messages",
            {"from": "5511988887777", "text": "que horas abre amanhã?"},
        )
        wait_until(lambda: Story.read(stack.redis.url).count(SendAccepted) == 1, "the reply")
        drafts = Story.read(stack.redis.url).of(ReplyDrafted)
    assert [(draft.answered_by, draft.decision) for draft in drafts] == [("embedded", "hours")]


def test_a_question_that_is_overtaken_is_answered_once_with_everything_in_it(aimock: Aimock, tmp_path: Path) -> None:
    asyncio.run(aimock.script(slow(1500)))
    with Stack(replicas={"admin": 0}, environ=environ(aimock), folder=tmp_path) as stack:
        simulator = f"{stack.url('simulator')}/sim/demo/messages"
        call("POST", simulator, {"from": "5511988887777", "text": "que horas abre amanhã?"})
        wait_until(lambda: _taken(stack), "the responder to take it")
        call("POST", simulator, {"from": "5511988887777", "text": "e que horas fecha?"})
        wait_until(lambda: Story.read(stack.redis.url).count(SendAccepted) == 1, "the reply")
        wait_until(lambda: not any(Story.read(stack.redis.url).left.values()), "nothing left")
        story = Story.read(stack.redis.url)
    assert story.count(MessageReceived) == 2
    assert [len(draft.answers) for draft in story.of(ReplyDrafted)] == [2]


def _tokens_used(stack: Stack) -> int:
    """What the clinic's budget of the day counts."""
    with redis.Redis.from_url(stack.redis.url) as client:
        (name,) = client.keys(keys.usage("demo", "*"))
        return int(client.hget(name, "tokens") or 0)


def _taken(stack: Stack) -> int:
    with redis.Redis.from_url(stack.redis.url) as client, contextlib.suppress(redis.ResponseError):  # no group yet
        return int(client.xpending(keys.inbound("demo"), keys.INBOUND_GROUP)["pending"])
    return 0
