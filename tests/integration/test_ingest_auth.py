"""Only who knows the token gets anything into Redis, and nobody else's body is even read."""

import asyncio
import json

import pytest
import redis.asyncio as aioredis

from shared.clock import ManualClock
from shared.streams import keys
from tests.contract.test_webhook_captures import capture, posted
from tests.support.ingest import TOKEN, Ingest, a_message, ingest

JWT = capture("retry/webhook_jwt_key_Authorization_header.json")
JWT_KEY = "super-jwt-secret"
SIGNED = JWT["headers"]["Authorization"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": f"Bearer {TOKEN}"},
        {"authorization": f"bearer  {TOKEN} "},
        {"X-Webhook-Token": TOKEN},
        {"x-webhook-token": TOKEN, "Authorization": "Basic something-for-a-proxy"},
    ],
)
async def test_the_token_opens(headers: dict[str, str], redis_url: str) -> None:
    async with ingest(redis_url) as service:
        assert await service.post(a_message(), token=None, headers=headers) == (
            200,
            {"accepted": 1, "duplicates": 0, "ignored": 0},
        )


async def test_the_recorded_jwt_opens_as_long_as_it_may_be_retried(redis_url: str) -> None:
    clock = ManualClock(int(JWT["t"] * 1000))
    async with ingest(redis_url, clock=clock, WEBHOOK_TOKEN=JWT_KEY) as service:

        async def status() -> int:
            return (await service.post(posted(JWT), "rjwt", token=None, headers={"Authorization": SIGNED}))[0]

        assert await status() == 200
        clock.advance(3600)
        assert await status() == 200
        clock.advance(24 * 3600)
        assert await status() == 401


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": TOKEN},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Authorization": f"Bearer {TOKEN[:-1]}"},
        {"Authorization": f"Bearer {TOKEN.upper()}"},
        {"Authorization": f"Bearer {TOKEN} {TOKEN}"},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer a.b.c"},
        {"Authorization": SIGNED},
        {"Authorization": "Bearer \udcff\udcfe"},
        {"X-Webhook-Token": f"Bearer {TOKEN}"},
        {"X-Webhook-Token": "ação"},
        {"X-Webhook-Token": "x" * 8000},
        {"apikey": TOKEN},
        {"Cookie": f"token={TOKEN}"},
    ],
)
async def test_anything_else_is_turned_away_and_leaves_nothing(
    headers: dict[str, str], redis_url: str, client: aioredis.Redis
) -> None:
    async with ingest(redis_url) as service:
        before = await service.answers("unauthorized")
        status, problem = await service.post(a_message(), token=None, headers=headers)
        assert (status, problem["detail"]) == (401, "the webhook token is missing or wrong")
        assert await service.answers("unauthorized") == before + 1
        assert (await service.post(a_message(), "wa1?token=" + TOKEN, token=None))[0] == 401
    assert set(await client.keys()) <= {keys.WEBHOOKS_REFUSED.encode()}  # a note that it was refused


async def test_a_stranger_learns_nothing_of_which_instances_there_are(redis_url: str) -> None:
    async with ingest(redis_url, WA_INSTANCES="wa1") as service:
        answers = [await service.post(a_message(), path, token="wrong") for path in ("wa1", "wa2", "{x}", "a%2Fb")]
    assert answers == [answers[0]] * 4


async def test_the_token_is_checked_before_the_body_is_there(redis_url: str) -> None:
    async with ingest(redis_url) as service:
        answer = await half_a_request(service, "X-Webhook-Token: wrong\r\nContent-Length: 1000\r\n")
    assert answer.startswith(b"HTTP/1.1 401 ")


async def test_the_body_that_follows_a_refusal_is_not_taken_for_a_request(
    redis_url: str, client: aioredis.Redis
) -> None:
    """A body that is itself a good request must not get in behind a refused one."""
    body = json.dumps(a_message())
    smuggled = (
        f"POST /webhooks/evolution/wa1 HTTP/1.1\r\nHost: x\r\nX-Webhook-Token: {TOKEN}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    )
    async with ingest(redis_url) as service:
        answer = await half_a_request(service, f"Content-Length: {len(smuggled)}\r\n", smuggled, ends=True)
    assert answer.count(b"HTTP/1.1 ") == 1
    assert set(await client.keys()) <= {keys.WEBHOOKS_REFUSED.encode()}  # a note that it was refused


async def half_a_request(service: Ingest, headers: str, body: str = "", *, ends: bool = False) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
    close = "Connection: close\r\n" if ends else ""
    writer.write(f"POST /webhooks/evolution/wa1 HTTP/1.1\r\nHost: x\r\n{close}{headers}\r\n{body}".encode())
    try:
        return await (reader.read() if ends else reader.readuntil(b"\r\n\r\n"))
    finally:
        writer.close()


async def test_what_was_refused_is_noted_once_in_a_while_however_much_comes(redis_url: str) -> None:
    clock = ManualClock(1_800_000_000_000)
    async with ingest(redis_url, clock=clock) as service, aioredis.Redis.from_url(redis_url) as client:

        async def noted() -> dict[bytes, bytes]:
            return await client.hgetall(keys.WEBHOOKS_REFUSED)

        for name in ("wa1", "wa2", "wa3"):
            assert (await service.post(a_message(), name, token="wrong"))[0] == 401
        assert await noted() == {b"count": b"1", b"at": b"1800000000000", b"instance": b"wa1"}
        clock.advance(6)
        await service.post(a_message(), "wa4", token="wrong")
        assert await noted() == {b"count": b"4", b"at": b"1800000006000", b"instance": b"wa4"}
        assert 0 < await client.ttl(keys.WEBHOOKS_REFUSED) <= 3_600
