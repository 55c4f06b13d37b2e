"""The simulator as the clinic's gateway, and ingest for what it posts."""

import base64
import random
import struct
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession
from aiohttp.test_utils import TestServer

from simulator.app import build
from simulator.keys import WORLD
from simulator.settings import Settings
from simulator.world import World
from tests.support.ingest import ingest

KEY, HOOK_TOKEN = "evo-key", "hook-secret"
QR = "instance_connect_qrcode"


@dataclass
class Gateway:
    """A gateway with one number, `demo`, that is connected and posts nowhere yet."""

    server: TestServer
    http: ClientSession
    ingest_url: str

    @property
    def settings(self) -> dict[str, str]:
        """An admin's, so that it knows this gateway, and where ingest is."""
        return {
            "evolution_server_url": str(self.server.make_url("")).rstrip("/"), "evolution_api_key": KEY,
            "ingest_public_url": self.ingest_url, "webhook_token": HOOK_TOKEN,
        }  # fmt: skip

    @property
    def world(self) -> World:
        world: World = self.server.app[WORLD]
        return world

    async def sim(self, path: str, **body: Any) -> Any:
        """Ask the simulator's own side."""
        async with self.http.post(self.server.make_url(f"/sim/{path}"), json=body) as answer:
            assert answer.status < 300, await answer.text()
            return await answer.json()

    def show_picture(self, seed: int) -> str:
        """Show another QR code from now on, as a real one does every twenty seconds."""
        body = self.world.recorded._answers[QR]["body"]
        body["base64"] = picture(seed)
        return str(body["base64"])


def picture(seed: int, size: int = 29) -> str:
    """A PNG of black and white squares, as a data: URI."""
    draw = random.Random(seed)
    rows = b"".join(b"\0" + bytes(draw.choice((0, 255)) for _ in range(size)) for _ in range(size))
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", size, size, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    png = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )
    return "data:image/png;base64," + base64.b64encode(png).decode()


@asynccontextmanager
async def simulated(redis_url: str) -> AsyncIterator[Gateway]:
    """A gateway and an ingest, both in this process."""
    async with ingest(redis_url, WEBHOOK_TOKEN=HOOK_TOKEN) as taking, ClientSession() as http:
        server = TestServer(build(Settings(api_key=KEY, ack_delay_ms=1, retry_scale=0.001)))
        await server.start_server(shutdown_timeout=1)
        yield Gateway(server, http, taking.url)
        await server.close()
