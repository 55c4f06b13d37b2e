"""How does a connection break?"""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from contextlib import suppress

from aiohttp import web

from .world import World

HUNG_AT_MOST = 600  # seconds; no caller waits longer
LINGER_RST = struct.pack("ii", 1, 0)  # closing then sends RST


async def hang(request: web.Request, world: World) -> None:
    """Say nothing until the caller leaves."""
    closing = world.closing
    deadline = time.monotonic() + HUNG_AT_MOST
    while request.transport is not None and not request.transport.is_closing() and time.monotonic() < deadline:
        with suppress(TimeoutError):
            await asyncio.wait_for(closing.wait(), 0.1)
            break
    abort(request)


def abort(request: web.Request) -> None:
    """Break the connection with a reset."""
    transport = request.transport
    if transport is None:
        return
    connection = transport.get_extra_info("socket")
    if connection is not None:
        with suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_RST)
    transport.abort()
