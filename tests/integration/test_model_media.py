"""A medium comes from the gateway whole, within its limit, or not at all."""

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest
from aiohttp import web

from responder.model import Failed, Fetched, fetch

Serve = Callable[[Callable[[web.Request], Awaitable[web.StreamResponse]]], Awaitable[str]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """A gateway that answers every request with one function; gives its address."""
    runners: list[web.AppRunner] = []

    async def start(answer: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> str:
        app = web.Application()
        app.router.add_post("/{path:.*}", answer)
        runners.append(web.AppRunner(app, shutdown_timeout=0.1))
        await runners[-1].setup()
        site = web.TCPSite(runners[-1], "127.0.0.1", 0)
        await site.start()
        return f"http://127.0.0.1:{runners[-1].addresses[0][1]}"

    yield start
    for runner in runners:
        await runner.cleanup()


async def fetched(url: str, timeout_s: float = 5.0, most: int = 1000) -> Fetched | Failed:
    async with aiohttp.ClientSession() as session:
        return await fetch(session, url, "key", "clinic 1", "3EB0", timeout_s, most)


async def test_the_bytes_come_with_their_type(serve: Serve) -> None:
    asked = []

    async def answer(request: web.Request) -> web.Response:
        asked.append((request.raw_path, request.headers["apikey"], await request.json()))
        body = {"mediaType": "audioMessage", "mimetype": "audio/ogg", "base64": base64.b64encode(b"OggS").decode()}
        return web.json_response(body, status=201)

    assert await fetched(await serve(answer)) == Fetched(b"OggS", "audio/ogg")
    path = "/chat/getBase64FromMediaMessage/clinic%201"
    assert asked == [(path, "key", {"message": {"key": {"id": "3EB0"}}, "convertToMp4": False})]


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (400, b'{"status":400}', "refused"), (500, b"", "refused"), (201, b"", "malformed"), (201, b"[]", "malformed"),
        (201, b'{"base64": 5}', "malformed"), (201, b'{"base64": "***"}', "malformed"),
        (201, b'{"base64": ""}', "refused"),
        (201, b'{"base64": "' + base64.b64encode(b"x" * 1001) + b'"}', "refused"),
    ],
)  # fmt: skip
async def test_anything_else_is_a_failure_with_a_name(serve: Serve, status: int, body: bytes, reason: str) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=status, body=body, content_type="application/json")

    found = await fetched(await serve(answer))
    assert isinstance(found, Failed)
    assert found.reason == reason


async def test_an_endless_body_is_not_read_to_its_end(serve: Serve) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=201)
        await response.prepare(request)
        while True:
            await response.write(b" " * 65_536)

    found = await fetched(await serve(answer))
    assert isinstance(found, Failed)
    assert found.reason == "refused"


async def test_a_gateway_that_hangs_or_is_away(serve: Serve) -> None:
    async def answer(_request: web.Request) -> web.Response:
        await asyncio.sleep(60)
        return web.Response()

    hung, away = await fetched(await serve(answer), 0.2), await fetched("http://127.0.0.1:9")
    assert isinstance(hung, Failed)
    assert isinstance(away, Failed)
    assert (hung.reason, away.reason) == ("deadline", "unavailable")
