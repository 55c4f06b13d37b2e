"""What do these tests stand on? A simulator and a webhook receiver, over real HTTP on random ports."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from simulator.app import build
from simulator.instance import Instance
from simulator.keys import WORLD
from simulator.settings import Settings

CAPTURES = Path(__file__).parents[3] / "tests" / "captures"
POLLS, EVERY = 2000, 0.01  # twenty seconds at most


@dataclass
class Post:
    path: str
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads(self.raw)
        return loaded


@dataclass
class Receiver:
    """Where webhooks go. `answers` are given in turn, then 200."""

    url: str = ""
    posts: list[Post] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.posts.append(Post(request.path, dict(request.headers), await request.read()))
        return web.Response(status=self.answers.pop(0) if self.answers else 200)

    def of(self, event: str) -> list[Post]:
        return [post for post in self.posts if post.body["event"] == event]

    async def wait(self, event: str, count: int = 1) -> list[Post]:
        await until(lambda: len(self.of(event)) >= count)
        return self.of(event)


async def until(true: Callable[[], bool]) -> None:
    for _ in range(POLLS):
        if true():
            return
        await asyncio.sleep(EVERY)
    raise AssertionError("waited in vain")


@dataclass
class Sim:
    server: TestServer
    http: ClientSession

    @property
    def app(self) -> web.Application:
        return self.server.app

    def instance(self, name: str = "demo") -> Instance:
        return self.app[WORLD].instances[name]

    async def call(self, method: str, path: str, body: Any = None, **more: Any) -> tuple[int, Any]:
        sent = {"json": body} if body is not None else {}
        async with self.http.request(method, self.server.make_url(path), **sent, **more) as response:
            text = await response.text()
            return response.status, json.loads(text) if text.startswith(("{", "[", "null")) else text

    async def send(self, text: str = "oi", number: str = "5511988887777") -> tuple[int, Any]:
        return await self.call("POST", "/message/sendText/demo", {"number": number, "text": text})

    async def write(self, **told: Any) -> Any:
        status, body = await self.call("POST", "/sim/demo/messages", {"from": "5511988887777", **told})
        assert status == 201, body
        return body

    async def fault(self, fault: str, **more: Any) -> int:
        status, body = await self.call("POST", "/sim/faults", {"call": "sendText", "fault": fault, **more})
        assert status == 201, body
        return int(body["id"])

    async def phone(self, query: str = "") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.call("GET", f"/sim/demo/phone{query}"))[1]["messages"]
        return found

    async def calls(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.call("GET", "/sim/demo/calls"))[1]["calls"]
        return found


Start = Callable[..., Awaitable[Sim]]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/{path:.*}", receiver.take)
    server = TestServer(app)
    await server.start_server()
    receiver.url = str(server.make_url("/hooks"))
    yield receiver
    await server.close()


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    started: list[Sim] = []

    async def start(key: str = "demo-key", **settings: Any) -> Sim:
        server = TestServer(build(Settings(**{"ack_delay_ms": 1, "retry_scale": 0.001, "api_key": key, **settings})))
        await server.start_server(shutdown_timeout=1)
        started.append(Sim(server, ClientSession(headers={"apikey": key})))
        return started[-1]

    yield start
    for sim in started:
        await sim.http.close()
        await sim.server.close()


@pytest.fixture
async def sim(start: Start, receiver: Receiver) -> Sim:
    """A simulator that posts to the receiver."""
    return await start(webhook_urls=(receiver.url,), webhook_token="secret")


@pytest.fixture
def capture() -> Callable[[str], Any]:
    return lambda name: json.loads((CAPTURES / f"{name}.json").read_text("utf-8"))


@pytest.fixture
def shape() -> Callable[[Any], Any]:
    return shape_of


def shape_of(value: Any) -> Any:
    """Keys and types, with what varies left out: the number of bytes, whether something is known."""
    if isinstance(value, dict):
        if value and all(key.isdigit() for key in value):
            return "bytes"
        return {key: shape_of(part) for key, part in value.items()}
    if isinstance(value, list):
        return [shape_of(part) for part in value]
    return None if value is None else type(value).__name__
