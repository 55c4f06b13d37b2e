"""Endpoints are compatible in their own ways: what can be read is read, what cannot is a failure with a name."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from responder.model import Answered, Failed
from tests.support.model import a_model, a_turn

ASKED = "quero marcar uma limpeza"
TEXT = "Claro! Para qual dia você prefere, e qual é o seu nome?"
END = "\nSOURCES: none"


def chunk(delta: Any, finish: str | None = None, **more: Any) -> str:
    return "data: " + json.dumps({"choices": [{"index": 0, "delta": delta, "finish_reason": finish}], **more}) + "\n\n"


def tool(**call: Any) -> str:
    return chunk({"tool_calls": [call]})


USAGE = {"prompt_tokens": 5, "completion_tokens": 7}
WHOLE = {"choices": [{"message": {"content": TEXT + END}, "finish_reason": "stop"}], "usage": USAGE}
PIECES = chunk({"role": "assistant"}) + chunk({"content": TEXT}) + chunk({"content": END})
STOP = chunk({}, "stop")
BILL = "data: " + json.dumps({"choices": [], "usage": USAGE}) + "\n\n"
DONE = "data: [DONE]\n\n"
STREAM = "text/event-stream"

READ = {
    "with its bill": (STREAM, PIECES + STOP + BILL + DONE),
    "without [DONE]": (STREAM, PIECES + STOP),
    "without an end": (STREAM, PIECES),
    "without a bill": (STREAM, PIECES + STOP + DONE),
    "with comments": (STREAM, ": ping\n\n" + PIECES + ": ping\n\n" + STOP + DONE),
    "whole, as JSON": ("application/json", json.dumps(WHOLE)),
    "thoughts apart": (STREAM, chunk({"reasoning_content": "hm " * 50}) + PIECES + STOP + DONE),
    "thoughts in front": (STREAM, chunk({"content": "<think>hm</think>"}) + PIECES + STOP + DONE),
    "null everywhere": (STREAM, chunk({"content": None, "tool_calls": None}) + PIECES + STOP + DONE),
}  # fmt: skip
BROKEN = {
    "nothing": (STREAM, "", "malformed"),
    "no stream": ("text/html", "<html>Bad gateway</html>", "malformed"),
    "half a JSON": ("application/json", '{"choices": [', "malformed"),
    "a JSON list": ("application/json", "[]", "malformed"),
    "no choices": ("application/json", "{}", "malformed"),
    "broken events": (STREAM, "data: {not json\n\n", "malformed"),
    "an event of numbers": (STREAM, "data: 5\n\n", "malformed"),
    "deep nesting": (STREAM, "data: " + "[" * 100_000 + "\n\n", "malformed"),
    "an error event": (STREAM, chunk({"content": "Cl"}) + 'data: {"error": {"message": "busy"}}\n\n', "unavailable"),
    "not UTF-8": (STREAM, b"data: {\"choices\": \xff\xfe}\n\n", "malformed"),
    "calls of no shape": (STREAM, chunk({"tool_calls": [5]}) + STOP + DONE, "too_many_rounds"),
    "an empty text": (STREAM, chunk({"content": ""}) + STOP + DONE, "rejected"),
    "cut off": (STREAM, PIECES + chunk({}, "length") + DONE, "rejected"),
}  # fmt: skip


class Server:
    """Answers every call with the next of its bodies, the last one for ever."""

    def __init__(self) -> None:
        self.bodies: list[tuple[str, str | bytes]] = []
        self.asked: list[dict[str, Any]] = []
        self.open_end = False
        self.url = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(await request.json())
        kind, body = self.bodies.pop(0) if len(self.bodies) > 1 else self.bodies[0]
        response = web.StreamResponse(headers={"Content-Type": kind})
        await response.prepare(request)
        await response.write(body.encode() if isinstance(body, str) else body)
        if self.open_end:
            await asyncio.sleep(60)
        return response


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server, app = Server(), web.Application()
    app.router.add_post("/v1/chat/completions", server.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    yield server
    await runner.cleanup()


async def answered(server: Server, text: str = ASKED) -> Answered | Failed:
    model = a_model(server.url)
    async with asyncio.timeout(10):
        found = await model.answer(a_turn(text))
    await model.aclose()
    return found


@pytest.mark.parametrize("shape", READ)
async def test_every_shape_of_an_answer_is_read(server: Server, shape: str) -> None:
    server.bodies = [READ[shape]]
    found = await answered(server)
    assert isinstance(found, Answered), found
    assert found.text == TEXT
    assert found.usage.estimated is (shape not in ("with its bill", "whole, as JSON"))


@pytest.mark.parametrize(
    "bill",
    [{"prompt_tokens": -5000, "completion_tokens": -7}, {"prompt_tokens": 0, "completion_tokens": 0}, {},
     {"prompt_tokens": None, "completion_tokens": None}, {"prompt_tokens": "5", "completion_tokens": 1e300}, [],
     "free"],
)  # fmt: skip
async def test_a_bill_that_cannot_be_is_none_and_nothing_is_free(server: Server, bill: object) -> None:
    told = "data: " + json.dumps({"choices": [], "usage": bill}) + "\n\n"
    server.bodies = [(STREAM, PIECES + STOP + told + DONE)]
    found = await answered(server)
    assert isinstance(found, Answered), found
    assert found.usage.estimated
    assert found.usage.prompt > 100
    assert found.usage.completion > 5


@pytest.mark.parametrize("ending", [STOP + BILL + DONE, STOP + BILL, STOP])
async def test_a_stream_that_stays_open_after_its_end_is_not_waited_for_in_vain(server: Server, ending: str) -> None:
    server.bodies, server.open_end = [(STREAM, PIECES + ending)], True
    found = await answered(server)
    assert isinstance(found, Answered), found


@pytest.mark.parametrize("shape", BROKEN)
async def test_every_other_shape_is_a_failure_with_a_name(server: Server, shape: str) -> None:
    kind, body, reason = BROKEN[shape]
    server.bodies = [(kind, body)]
    found = await answered(server)
    assert isinstance(found, Failed), found
    assert found.reason == reason


async def test_an_answer_without_end_is_cut(server: Server) -> None:
    server.bodies = [(STREAM, chunk({"content": "palavra "}) * 4000)]
    found = await answered(server)
    assert isinstance(found, Failed)
    assert found.reason == "malformed"


@pytest.mark.parametrize(
    "call",
    [
        tool(index=0, id="a", function={"name": "look_up_service", "arguments": ""})
        + tool(index=0, function={"arguments": '{"name": '}) + tool(index=0, function={"arguments": '"limpeza"}'}),
        tool(id="a", function={"name": "look_up_service", "arguments": {"name": "limpeza"}}),
        tool(function={"name": "look_up_service", "arguments": '{"name": "limpeza"}'}),
    ],
    ids=["in pieces", "as an object", "without ids"],
)  # fmt: skip
async def test_tool_calls_are_read_in_their_shapes(server: Server, call: str) -> None:
    server.bodies = [(STREAM, call + chunk({}, "tool_calls") + DONE), (STREAM, PIECES + STOP + DONE)]
    found = await answered(server)
    assert isinstance(found, Answered), found
    [result] = [one for one in server.asked[1]["messages"] if one["role"] == "tool"]
    assert "R$ 180,00" in result["content"]
    [made] = [one for one in server.asked[1]["messages"] if one.get("tool_calls")]
    assert made["tool_calls"][0]["id"] == result["tool_call_id"]


async def test_a_redirect_is_not_followed() -> None:
    elsewhere: list[str] = []

    async def away(request: web.Request) -> web.Response:
        elsewhere.append(request.path)
        raise web.HTTPTemporaryRedirect("/stolen")

    app = web.Application()
    app.router.add_post("/{path:.*}", away)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    model = a_model(f"http://127.0.0.1:{runner.addresses[0][1]}")
    found = await model.answer(a_turn(ASKED))
    await model.aclose()
    await runner.cleanup()
    assert isinstance(found, Failed)
    assert elsewhere == ["/v1/chat/completions"]
