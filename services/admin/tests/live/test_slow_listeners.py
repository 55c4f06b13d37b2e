"""Who listens and reads nothing: do they cost memory without end, or other listeners their news?"""

import asyncio
import contextlib
import os
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis.asyncio as aioredis

from admin.http import streaming
from admin.page import live
from admin.views import changes
from demo.http import is_up
from demo.ports import free_port
from demo.process import Process, wait_until
from demo.stack import ROOT
from shared.events import encode
from shared.streams import keys
from tests.support.replica import INSTANCE, Streams
from tests.support.waiting import until

from ..conftest import TOKEN
from .talk import CHAT, wrote

LISTENERS = 200
FACTS = 2_000
AT_ONCE = 100
TEXT = "x" * 4_000
MOST_MB = 100.0
"""All of it would be 1.5 GB; the container has 256 MB."""


@contextlib.asynccontextmanager
async def listener(port: int, path: str, *, slow: bool = False) -> AsyncIterator[asyncio.StreamReader]:
    """A client of server-sent events. A slow one has little room for what it does not read."""
    wire = socket.socket()
    if slow:
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    wire.setblocking(False)
    await asyncio.get_running_loop().sock_connect(wire, ("127.0.0.1", port))
    reader, writer = await asyncio.open_connection(sock=wire, limit=4096 if slow else 2**20)
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {TOKEN}\r\n\r\n".encode())
        await reader.readuntil(b"\n\n")  # the first words of the stream
        yield reader
    finally:
        writer.transport.abort()


async def many(client: aioredis.Redis, count: int = FACTS) -> None:
    for start in range(0, count, AT_ONCE):
        pipe = client.pipeline(transaction=False)
        for _ in range(start, min(count, start + AT_ONCE)):
            pipe.xadd(keys.events(INSTANCE), {"e": encode(wrote(TEXT))})
        await pipe.execute()


@pytest.fixture
def process(redis_url: str, streams: Streams, tmp_path: Path) -> Iterator[tuple[Process, int]]:
    """An admin in a process of its own, and its port."""
    port = free_port()
    environ = {"REDIS_URL": redis_url, "ADMIN_TOKEN": TOKEN, "PORT": str(port), "CLINICS_DIR": str(ROOT / "clinics")}
    admin = Process("admin", [sys.executable, "-m", "admin"], environ, tmp_path / "admin.log", ROOT)
    admin.start()
    wait_until(lambda: is_up(f"http://127.0.0.1:{port}/readyz") or not admin.alive, "the admin to start")
    yield admin, port
    admin.stop()


def resident_mb(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.timeout(120)
async def test_two_hundred_who_read_nothing_cost_little_and_hold_up_nobody(
    process: tuple[Process, int], client: aioredis.Redis
) -> None:
    admin, port = process
    events, news = f"/admin/events?instance={INSTANCE}", f"/live?instance={INSTANCE}"
    async with contextlib.AsyncExitStack() as listening:
        for number in range(LISTENERS):
            await listening.enter_async_context(listener(port, news if number % 4 == 0 else events, slow=True))
        before = resident_mb(admin.pid)
        reader = await listening.enter_async_context(listener(port, events))
        page = await listening.enter_async_context(listener(port, news))
        await many(client)
        async with asyncio.timeout(60):
            for _ in range(FACTS):
                assert TEXT[:100].encode() in await reader.readuntil(b"}\n\n")
            assert CHAT.encode() in await page.readuntil(b"\n\n")
        assert resident_mb(admin.pid) - before < MOST_MB
    assert is_up(f"http://127.0.0.1:{port}/readyz")


async def test_who_reads_nothing_is_hung_up_on_and_may_come_back(
    admin, client: aioredis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "PATIENCE_S", 0.3)
    events = f"/admin/events?instance={INSTANCE}"
    async with listener(admin.server.port, events, slow=True) as reader:
        connections = connected(admin)
        await many(client)
        await until(lambda: all(one.transport is None for one in connections))
        with contextlib.suppress(ConnectionError):
            said = await reader.read(-1)
    last = said[: said.rindex(b"}\n\n")].rpartition(b"id: ")[2].partition(b"\n")[0].decode()
    left = len(await client.xrange(keys.events(INSTANCE), min=f"({last}"))
    assert left > 0
    async with admin.get(events, headers={"Last-Event-ID": last}) as answer:
        for _ in range(left):
            await answer.content.readuntil(b"}\n\n")


async def test_a_page_that_reads_nothing_is_hung_up_on(
    admin, client: aioredis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "PATIENCE_S", 0.3)
    monkeypatch.setattr(live, "GATHER_S", 0.0)
    async with listener(admin.server.port, f"/live?instance={INSTANCE}", slow=True):
        (connection,) = connected(admin)
        async with asyncio.timeout(60):
            while connection.transport is not None:
                await changed(client)


def connected(admin) -> list[Any]:
    """The connections of an admin's clients."""
    return [one for one in admin.server.runner.server.connections if one.transport is not None]


async def changed(client: aioredis.Redis) -> None:
    """News of as many chats as a page is told of at once."""
    chats = "\n".join(f"{number:0>40}@s.whatsapp.net" for number in range(live.WAITING))
    await client.xadd(keys.view_changes(INSTANCE), {"c": chats}, maxlen=10)
    await asyncio.sleep(changes.EVERY_S)
