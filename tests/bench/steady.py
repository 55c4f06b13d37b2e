"""Webhooks at a steady rate, whatever the answers do: `python steady.py URL TOKEN PER_SECOND SECONDS`.

Each is due at its time and its latency counts from then, so a stall shows in all that it held up. Prints quantiles in
milliseconds as JSON.
"""

import asyncio
import json
import sys
import time
from typing import cast
from urllib.parse import urlsplit

import uvloop

ANSWERS_COME_S = 30
QUANTILES = (50.0, 90.0, 99.0, 100.0)
BODY = {
    "event": "messages.upsert",
    "instance": "bench",
    "data": {
        "key": {"remoteJid": "", "fromMe": False, "id": ""},
        "pushName": "Maria Silva",
        "message": {"conversation": "oi, quero saber o preço"},
        "messageType": "conversation",
        "messageTimestamp": 1795479370,
        "instanceId": "ad3db340-868d-4959-a70b-b3f9041162df",
        "source": "android",
    },
    "destination": "http://ingest",
    "date_time": "2026-11-24T00:16:10.705Z",
    "server_url": "http://gateway:8080",
    "apikey": "DEB795C3-B9B6-4C78-B72A-6F4A26E0ED08",
}


class Wire(asyncio.Protocol):
    """One connection to the service, with one request at a time."""

    def __init__(self, load: "Load") -> None:
        self._load = load
        self._answer = b""
        self._due = 0.0
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)

    def post(self, request: bytes, due: float) -> None:
        assert self._transport is not None
        self._due, self._answer = due, b""
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._answer += data
        if b"\r\n\r\n" in self._answer and self._answer.endswith(b"}"):
            taken = self._answer.startswith(b"HTTP/1.1 200")
            self._load.answered(self, time.monotonic() - self._due if taken else None)


class Load:
    """Posts by the clock over as many connections as that takes."""

    def __init__(self, url: str, token: str) -> None:
        address = urlsplit(url)
        self._host, self._port = address.hostname or "127.0.0.1", address.port or 80
        self._token = token
        self._idle: list[Wire] = []
        self._run = f"{time.time_ns():x}"
        self.took: list[float] = []
        self.refused = 0

    def answered(self, wire: Wire, took: float | None) -> None:
        if took is None:
            self.refused += 1
        else:
            self.took.append(took)
        self._idle.append(wire)

    async def post(self, n: int, due: float) -> None:
        wire = self._idle.pop() if self._idle else await self._dial()
        wire.post(self._request(n), due)

    async def _dial(self) -> Wire:
        loop = asyncio.get_running_loop()
        _, wire = await loop.create_connection(lambda: Wire(self), self._host, self._port)
        return wire

    def _request(self, n: int) -> bytes:
        key = {
            "remoteJid": f"55119{10_000_000 + n % 1000}@s.whatsapp.net",
            "fromMe": False,
            "id": f"3A{self._run}{n:08X}",
        }
        data = {**BODY["data"], "key": key}  # type: ignore[dict-item]
        body = json.dumps({**BODY, "data": data}, separators=(",", ":")).encode()
        head = (
            f"POST /webhooks/evolution/bench HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n"
            f"Content-Type: application/json\r\nX-Webhook-Token: {self._token}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


async def main(url: str, token: str, per_second: int, seconds: int) -> None:
    load, begin = Load(url, token), time.monotonic()
    total = per_second * seconds
    async with asyncio.timeout(seconds + ANSWERS_COME_S), asyncio.TaskGroup() as posting:
        for n in range(total):
            due = begin + n / per_second
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            posting.create_task(load.post(n, due))
        while len(load.took) + load.refused < total:
            await asyncio.sleep(0.01)
    if load.refused:
        raise SystemExit(f"{load.refused} of {total} webhooks were refused")
    took = sorted(load.took)
    print(json.dumps({f"p{q:g}": took[min(total - 1, int(total * q / 100))] * 1000 for q in QUANTILES}))


uvloop.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
