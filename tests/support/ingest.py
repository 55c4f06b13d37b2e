"""How does a test talk to ingest? To the real application over HTTP, in this process or in one of its own."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import redis.asyncio as aioredis
from aiohttp import web
from prometheus_client.parser import text_string_to_metric_families

from demo.http import is_up
from demo.process import Process
from demo.stack import ROOT
from ingest.app import build
from ingest.settings import IngestSettings
from shared.clock import SYSTEM, Clock
from shared.events import AnyEvent, decode
from shared.service import new_platform
from shared.service.serving import SERVING
from shared.settings import StreamSettings, load
from shared.streams import keys
from tests.support.servers import _free_port as free_port
from tests.support.waiting import until

TOKEN = "integration-webhook-token"
INSTANCE = "wa1"
PHONE = "5511988887777"
OF_INSTANCE = f"wa:{{{INSTANCE}}}:*"
"""Every key of the instance, without the hints that wake up the responder."""
API_KEY = "6E1F-an-instances-secret"
Answer = tuple[int, Any]


@dataclass(frozen=True)
class Ingest:
    """A running ingest, and a client with as many connections as it wants."""

    url: str
    session: aiohttp.ClientSession

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    async def post(
        self,
        body: Any,
        path: str = INSTANCE,
        *,
        headers: Mapping[str, str] | None = None,
        token: str | None = TOKEN,
    ) -> Answer:
        """The status and the JSON of the answer. `body` is posted as it is if it is bytes, else as JSON."""
        data = json.dumps(body).encode() if isinstance(body, dict | list) else body
        sent = {"Content-Type": "application/json", **({"X-Webhook-Token": token} if token else {}), **(headers or {})}
        async with self.session.post(f"{self.url}/webhooks/evolution/{path}", data=data, headers=sent) as answer:
            return answer.status, json.loads(await answer.read())

    async def deliver(self, body: Any) -> dict[str, int]:
        """Post as the gateway does: again and again, with the same bytes, until it is taken."""

        async def taken() -> Any:
            try:
                status, answer = await self.post(body)
            except aiohttp.ClientError:
                return None
            assert status in (200, 503), answer
            return answer if status == 200 else None

        found: dict[str, int] = await until(taken, seconds=40)
        return found

    async def counted(self, name: str, **labels: str) -> float:
        """The value of a counter in /metrics."""
        async with self.session.get(f"{self.url}/metrics") as answer:
            text = await answer.text()
        samples = (sample for family in text_string_to_metric_families(text) for sample in family.samples)
        return next((s.value for s in samples if s.name == name and s.labels == labels), 0.0)

    async def answers(self, label: str) -> float:
        """How many webhooks were answered so."""
        return await self.counted("frontdesk_webhooks_total", answer=label)


@asynccontextmanager
async def ingest(
    redis_url: str, *, clock: Clock = SYSTEM, serving: Mapping[str, Any] | None = None, **environ: str
) -> AsyncIterator[Ingest]:
    """Ingest in this process, set by `environ` alone."""
    given = {"REDIS_URL": redis_url, "WEBHOOK_TOKEN": TOKEN, **environ}
    settings = load(IngestSettings, given)
    app = build(settings, new_platform("ingest", settings, load(StreamSettings, given), clock))
    runner = web.AppRunner(app, **{**SERVING, **(serving or {})})
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with _client(f"http://127.0.0.1:{runner.addresses[0][1]}") as client:
            yield client
    finally:
        await runner.cleanup()


@asynccontextmanager
async def ingest_process(redis_url: str, folder: Path, **environ: str) -> AsyncIterator[tuple[Ingest, Process]]:
    """Ingest as `python -m ingest`; its log is a file in `folder`."""
    port = free_port()
    given = {"REDIS_URL": redis_url, "WEBHOOK_TOKEN": TOKEN, "PORT": str(port), **environ}
    process = Process.python("ingest", "ingest", given, folder / "ingest.log", ROOT)
    process.start()
    try:
        async with _client(f"http://127.0.0.1:{port}") as client:
            await until(lambda: _up_or_over(client.url, process), seconds=60)
            assert process.alive, process.tail()
            yield client, process
    finally:
        process.stop()


async def _up_or_over(url: str, process: Process) -> bool:
    return not process.alive or await asyncio.to_thread(is_up, f"{url}/livez")


@asynccontextmanager
async def _client(url: str) -> AsyncIterator[Ingest]:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        yield Ingest(url, session)


def a_message(message_id: str = "3A01", text: str = "oi", **data: Any) -> dict[str, Any]:
    """A patient's message, as the gateway posts it."""
    key = {"remoteJid": f"{PHONE}@s.whatsapp.net", "fromMe": False, "id": message_id}
    told = {"key": key, "message": {"conversation": text}, "messageTimestamp": 1795479370, **data}
    return {"event": "messages.upsert", "instance": INSTANCE, "data": told, "apikey": API_KEY}


async def facts(client: aioredis.Redis, instance: str = INSTANCE) -> list[AnyEvent]:
    """The log."""
    return await _events(client, keys.events(instance))


async def work(client: aioredis.Redis, instance: str = INSTANCE) -> list[AnyEvent]:
    """What waits for the responder."""
    return await _events(client, keys.inbound(instance))


async def _events(client: aioredis.Redis, stream: str) -> list[AnyEvent]:
    found: Any = await client.xrange(stream)
    return [decode(fields[b"e"]) for _, fields in found]


async def everything(client: aioredis.Redis, match: str = "*") -> bytes:
    """Every key of the database with all that it holds."""
    held: list[Any] = []
    for key in sorted([key async for key in client.scan_iter(match=match, count=1000)]):
        match await client.type(key):
            case b"string":
                held.append((key, await client.get(key)))
            case b"stream":
                held.append((key, await client.xrange(key)))
            case b"set":
                held.append((key, await client.smembers(key)))
            case b"zset":
                held.append((key, await client.zrange(key, 0, -1)))
            case b"hash":
                held.append((key, await client.hgetall(key)))
            case other:
                raise AssertionError(f"{key!r} is a {other!r}")
    return repr(held).encode()
