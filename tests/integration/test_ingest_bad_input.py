"""Whatever is posted, there is a clear answer and a count, and the next webhook is taken as if nothing had been."""

import asyncio
import gzip
import json
import zlib
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import redis.asyncio as aioredis

from ingest import body as ingest_body
from ingest.body import BODY_LIMIT
from shared.clock import ManualClock
from shared.events import MessageReceived
from tests.support.ingest import API_KEY, PHONE, TOKEN, Ingest, a_message, facts, ingest, ingest_process
from tests.support.waiting import until

NOW_MS = 1_795_479_371_000


@pytest.fixture
async def service(redis_url: str) -> AsyncIterator[Ingest]:
    async with ingest(redis_url, clock=ManualClock(NOW_MS), WA_INSTANCES="wa1,Clínica São João") as service:
        yield service


async def goes_on(service: Ingest) -> bool:
    status, answer = await service.post(a_message("3A-afterwards"))
    return status == 200 and sum(answer.values()) == 1


async def stored(client: aioredis.Redis) -> list[MessageReceived]:
    return [event for event in await facts(client) if isinstance(event, MessageReceived)]


def with_data(data: Any) -> dict[str, Any]:
    return a_message() | {"data": data}


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"", "body: Input data was truncated"),
        (b"{", "body: Input data was truncated"),
        (b"oi", "body: JSON is malformed"),
        (b"\x00\xff\xfe", "body: JSON is malformed"),
        (b"[" * 500_000, "body: "),
        (b'{"event":' * 100_000, "event: expected a string, got an object"),
        (json.dumps(a_message()).encode("utf-16"), "body: JSON is malformed"),
        (json.dumps(a_message()).encode()[:-1], "body: Input data was truncated"),
        (json.dumps(a_message()).encode() + b"{}", "body: JSON is malformed"),
        ([], "body: expected an object, got an array"),
        ({}, "event: missing"),
        ({"event": None}, "event: expected a string, got null"),
        (a_message() | {"instance": "wa2"}, "instance: the body says 'wa2', the path says 'wa1'"),
        (a_message() | {"instance": 5}, "instance: expected a string, got a number"),
        (with_data("x"), "data: expected an object, got a string"),
        (with_data({}), "data.key: missing"),
        (with_data({"key": {"id": {}}}), "data.key.id: expected a string, got an object"),
        (with_data([{"key": 5}]), "data[0].key: expected an object, got a number"),
        (with_data([{}] * 1001), "data: expected at most 1000 items, got 1001"),
    ],
)
async def test_what_is_no_webhook_is_refused_with_the_place(
    body: Any, detail: str, service: Ingest, client: aioredis.Redis
) -> None:
    before = await service.answers("bad_request")
    status, problem = await service.post(body)
    assert (status, problem["status"], problem["title"]) == (400, 400, "Bad Request")
    assert problem["detail"].startswith(detail)
    assert await service.answers("bad_request") == before + 1
    assert await client.dbsize() == 0
    assert await goes_on(service)


@pytest.mark.parametrize(
    ("event", "reason"), [("messages.eaten", "unknown_event"), ("\x00{}\n", "unknown_event"), ("call", "calls")]
)
async def test_an_unknown_event_is_counted_as_ignored(
    event: str, reason: str, service: Ingest, client: aioredis.Redis
) -> None:
    before = await service.counted("frontdesk_ignored_total", reason=reason)
    body = {"event": event, "instance": "wa1", "data": {"anything": [1]}}
    assert await service.post(body) == (200, {"accepted": 0, "duplicates": 0, "ignored": 1})
    assert await service.counted("frontdesk_ignored_total", reason=reason) == before + 1
    assert await client.dbsize() == 0


@pytest.mark.parametrize(
    "type_", ["text/plain", "multipart/form-data; boundary=x", "application/json; charset=nope", "x"]
)
async def test_the_content_type_does_not_matter(type_: str, service: Ingest) -> None:
    status, answer = await service.post(a_message(), headers={"Content-Type": type_})
    assert (status, answer["accepted"]) == (200, 1)


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("oi\x00 tudo\x00", "oi tudo"),
        ("\x00", ""),
        ("oi \ud83d", "oi \ufffd"),
        ("\udc00\ud800", "\ufffd\ufffd"),
        ("👍🏽 ação \u202e\u2066", "👍🏽 ação \u202e\u2066"),
        ("a\r\nb\x1b[31m", "a\nb[31m"),
    ],
)
async def test_a_text_is_kept_without_what_would_harm(
    told: str, kept: str, service: Ingest, client: aioredis.Redis
) -> None:
    assert (await service.post(a_message(text=told, pushName=told)))[0] == 200
    (event,) = await stored(client)
    assert event.text == kept
    assert not set(event.sender_name) & set("\x00\n\x1b")


@pytest.mark.parametrize(
    "told",
    [-1, 0, -(10**18), 10**18, 10**300, "soon", None, [], {}, True, 1e300, {"low": -1, "high": 2**31}, "9" * 5000],
)
async def test_an_absurd_time_becomes_now(told: Any, service: Ingest, client: aioredis.Redis) -> None:
    assert (await service.post(a_message(messageTimestamp=told)))[0] == 200
    (event,) = await stored(client)
    assert event.occurred_at == event.recorded_at == NOW_MS


async def test_a_number_that_no_reader_can_hold_is_no_time_either(service: Ingest, client: aioredis.Redis) -> None:
    body = json.dumps(a_message(messageTimestamp=0)).replace(
        '"messageTimestamp": 0', f'"messageTimestamp": {"9" * 10**6}'
    )
    assert (await service.post(body.encode()))[0] == 200
    (event,) = await stored(client)
    assert event.occurred_at == NOW_MS


@pytest.mark.parametrize(
    "header", [f"00-{'a' * 32}-{'b' * 16}-01-\udcff", f"00-{'١' * 32}-{'b' * 16}-01", "x" * 8000, ""]
)
async def test_a_trace_header_that_is_none_is_left_out(header: str, service: Ingest, client: aioredis.Redis) -> None:
    assert (await service.post(a_message(), headers={"traceparent": header}))[0] == 200
    (event,) = await stored(client)
    assert event.traceparent is not None
    assert len(event.traceparent) == 55
    assert event.traceparent.isascii()


@pytest.mark.parametrize(
    "instance",
    ["wa2", "%7Bwa1%7D", "wa1%7D%3Ax", "wa1:x", "wa1%0A", "wa1%0D%0AX", "a%2Fb", "..%2Fwa1", "%2e%2e%2fwa1", "wa1%00",
     "%FF", "%E0%A4%A", "x" * 3000, "%20", "WA1", "wa1%20", "wa%E2%80%AE1"],
)  # fmt: skip
async def test_an_instance_that_is_not_ours_is_not_found(
    instance: str, service: Ingest, client: aioredis.Redis
) -> None:
    from yarl import URL

    before = await service.answers("unknown_instance")
    url = URL(f"{service.url}/webhooks/evolution/{instance}", encoded=True)
    async with service.session.post(url, json=a_message(), headers={"X-Webhook-Token": TOKEN}) as answer:
        assert (answer.status, (await answer.json(content_type=None))["status"]) == (404, 404)
    assert await service.answers("unknown_instance") == before + 1
    assert await client.dbsize() == 0
    assert await goes_on(service)


async def test_an_instance_may_have_a_persons_name(service: Ingest, client: aioredis.Redis) -> None:
    body = a_message() | {"instance": "Clínica São João"}
    assert (await service.post(body, "Cl%C3%ADnica%20S%C3%A3o%20Jo%C3%A3o/messages-upsert"))[0] == 200
    assert len(await facts(client, "Clínica São João")) == 1


@pytest.mark.parametrize("path", ["wa1/", "wa1//messages-upsert", "wa1/messages-upsert/"])
async def test_a_slash_too_many_loses_no_message(path: str, service: Ingest) -> None:
    """The gateway never tries a 404 again, and a URL is easily set with a slash at its end."""
    assert (await service.post(a_message(), path))[0] == 200


async def test_another_method_is_refused(service: Ingest) -> None:
    for method in ("GET", "PUT", "DELETE"):
        async with service.session.request(method, f"{service.url}/webhooks/evolution/wa1") as answer:
            assert answer.status == 405


# ── size ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def padded(size: int) -> bytes:
    """A good webhook of exactly so many bytes."""
    body = json.dumps(a_message(padding="")).encode()
    return body.replace(b'"padding": ""', b'"padding": "%s"' % (b"x" * (size - len(body))))


async def test_a_body_at_the_limit_is_taken_and_one_byte_more_is_not(service: Ingest, client: aioredis.Redis) -> None:
    at_limit, over = padded(BODY_LIMIT), padded(BODY_LIMIT + 1)
    assert (len(at_limit), len(over)) == (BODY_LIMIT, BODY_LIMIT + 1)
    before = await service.answers("too_large")
    assert (await service.post(over))[0] == 413
    assert await client.dbsize() == 0
    assert await service.answers("too_large") == before + 1
    assert (await service.post(at_limit))[1]["accepted"] == 1


@pytest.mark.parametrize("by_chunks", [False, True])
async def test_ten_megabytes_are_refused_and_the_sender_learns_it(by_chunks: bool, service: Ingest) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(160):
            yield b"x" * 65_536

    before = await service.answers("too_large")
    status, problem = await service.post(pieces() if by_chunks else b"x" * 10_485_760)
    assert (status, problem["detail"]) == (413, f"the body is over {BODY_LIMIT} bytes")
    assert await service.answers("too_large") == before + 1
    assert await goes_on(service)


async def test_a_body_that_says_it_is_too_large_is_not_waited_for(service: Ingest) -> None:
    answer = await raw(service, "Content-Length: 10000000000\r\n", until_head=True)
    assert answer.startswith(b"HTTP/1.1 413 ")


async def test_a_body_in_chunks_is_taken(service: Ingest) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for byte in json.dumps(a_message()).encode():
            yield bytes([byte])

    assert (await service.post(pieces()))[1]["accepted"] == 1


async def test_a_thousand_items_are_a_thousand_facts(service: Ingest, client: aioredis.Redis) -> None:
    items = [a_message(f"3A{n:04}", f"oi {n}")["data"] for n in range(998)]
    odd = [a_message("3A0000")["data"], {"key": {"id": 5}}]
    assert await service.post(with_data(items + odd)) == (200, {"accepted": 998, "duplicates": 1, "ignored": 1})
    assert [event.text for event in await stored(client)] == [f"oi {n}" for n in range(998)]
    assert await service.post(with_data(items)) == (200, {"accepted": 0, "duplicates": 998, "ignored": 0})


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "gzip, gzip", "nonsense"])
async def test_a_packed_body_is_refused_unopened(encoding: str, service: Ingest, client: aioredis.Redis) -> None:
    plain = json.dumps(a_message()).encode()
    packed = {"gzip": gzip.compress(plain), "deflate": zlib.compress(plain)}.get(encoding, plain)
    before = await service.answers("bad_request")
    status, problem = await service.post(packed, headers={"Content-Encoding": encoding})
    assert (status, problem["detail"]) == (415, "the body is compressed; send it as it is")
    assert await service.answers("bad_request") == before + 1
    assert await client.dbsize() == 0
    assert await goes_on(service)


@pytest.mark.slow
async def test_neither_a_bomb_nor_an_endless_body_fills_the_memory(redis_url: str, tmp_path: Path) -> None:
    bomb = gzip.compress(b" " * 200_000_000)

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(1000):
            yield b"x" * 65_536

    async with ingest_process(redis_url, tmp_path) as (service, process):

        def most_kib() -> int:
            status = Path(f"/proc/{process.pid}/status").read_text()
            return int(status.partition("VmHWM:")[2].split()[0])

        assert await goes_on(service)
        before = most_kib()
        for token in (TOKEN, "wrong"):
            refused = (await service.post(bomb, headers={"Content-Encoding": "gzip"}, token=token))[0]
            assert refused == (415 if token == TOKEN else 401)
            assert await goes_on(service)
            with suppress(OSError):  # hung up on, after the answer, while it was still sending
                assert (await service.post(endless(), token=token))[0] in (413, 401)
            assert await goes_on(service)
        assert most_kib() - before < 32 * 1024


# ── slowness and breaking off ──────────────────────────────────────────────────────────────────────────────────────


async def raw(
    service: Ingest, headers: str, body: bytes = b"", *, until_head: bool = False, hangs_up: bool = False
) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
    head = f"POST /webhooks/evolution/wa1 HTTP/1.1\r\nHost: x\r\nX-Webhook-Token: {TOKEN}\r\n{headers}\r\n"
    writer.write(head.encode() + body)
    try:
        await writer.drain()
        if hangs_up:
            return b""
        return await (reader.readuntil(b"\r\n\r\n") if until_head else reader.read())
    finally:
        writer.close()


async def test_a_body_that_does_not_come_is_not_waited_for_long(
    service: Ingest, client: aioredis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest_body, "BODY_WAIT_S", 0.05)
    before = await service.answers("broken_off")
    answer = await raw(service, "Content-Length: 500\r\n", b'{"event":')
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert await service.answers("broken_off") == before + 1
    assert await client.dbsize() == 0
    assert await goes_on(service)


async def test_headers_that_do_not_come_are_not_waited_for_for_ever(redis_url: str) -> None:
    async with ingest(redis_url, serving={"keepalive_timeout": 0.05}) as service:
        reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
        writer.write(b"POST /webhooks/evolution/wa1 HTTP/1.1\r\nHost:")
        assert await reader.read() == b""
        writer.close()
        assert await goes_on(service)


async def test_a_client_that_hangs_up_is_not_taken_for_a_redis_that_is_away(
    service: Ingest, client: aioredis.Redis
) -> None:
    gone, away = await service.answers("broken_off"), await service.answers("unavailable")
    await raw(service, "Content-Length: 500\r\n", b'{"event":', hangs_up=True)

    async def counted() -> bool:
        return await service.answers("broken_off") == gone + 1

    await until(counted)
    assert await service.answers("unavailable") == away
    assert await client.dbsize() == 0
    assert await goes_on(service)


SECRETIVE = json.dumps(a_message(text="palavras da paciente")).encode()


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ("Transfer-Encoding: chunked\r\n", b"%x\r\n%s\r\nZZZ\r\n" % (len(SECRETIVE), SECRETIVE)),
        ("Transfer-Encoding: chunked\r\n", b"%x\r\n%sxx\r\n" % (len(SECRETIVE), SECRETIVE)),
        (f"Authorization: Bearer {TOKEN}\x00\r\n", b""),
        (f"Authorization: {TOKEN * 1000}\r\n", b""),
        (f"Content-Length: -{PHONE}\r\n", SECRETIVE),
        ("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", SECRETIVE),
    ],
)
async def test_what_is_no_http_is_counted_and_not_quoted_in_the_log(
    headers: str, body: bytes, redis_url: str, client: aioredis.Redis, tmp_path: Path
) -> None:
    async with ingest_process(redis_url, tmp_path) as (service, process):
        assert b" 400 Bad Request" in await raw(service, headers, body)

        async def counted() -> float:
            return await service.counted("frontdesk_bad_http_total")

        await until(counted)
        assert await client.dbsize() == 0
        assert await goes_on(service)
        said = process.log.read_text()
    assert "no valid HTTP" in said
    assert [word for word in (TOKEN, API_KEY, "palavras", PHONE, "Traceback") if word in said] == []
