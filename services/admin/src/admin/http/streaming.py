"""How is an answer given that goes on, to somebody who may read it slowly, or not at all?

What they have not read yet waits in this process. So it is written piece by piece, each when the one before it is on
its way, and whoever takes nothing for half a minute is hung up on: who still wants it comes back.
"""

import asyncio
import socket
from collections.abc import Iterable, Iterator

from aiohttp import web

from shared.telemetry import logs

PATIENCE_S = 30.0
PIECE = 16_384  # bytes; beside what the connection keeps before it lets its writer wait (64 KiB)
ON_ITS_WAY = 65_536  # bytes; Linux takes twice as much

_log = logs.get(__name__)


class Stream:
    """One such answer, to one client."""

    def __init__(self, request: web.Request, headers: dict[str, str]) -> None:
        self._request = request
        self.response = web.StreamResponse(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"} | headers)

    async def begin(self, first: bytes) -> bool:
        """Send the headers and something, so that the client sees that it is listened to."""
        await self.response.prepare(self._request)
        self._narrow()
        return await self.give((first,))

    def _narrow(self) -> None:
        """What the kernel keeps of it for its client; by itself that grows to megabytes."""
        transport = self._request.transport
        wire = transport.get_extra_info("socket") if transport is not None else None
        if wire is not None:
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ON_ITS_WAY)

    async def give(self, parts: Iterable[bytes]) -> bool:
        """Send all of it. False: nobody reads it any more."""
        try:
            for piece in pieces(parts):
                async with asyncio.timeout(PATIENCE_S):
                    await self.response.write(piece)
        except TimeoutError:
            _log.info("slow_listener_hung_up_on", path=self._request.path, after_s=PATIENCE_S)
            if self._request.transport is not None:
                self._request.transport.abort()
            return False
        except ConnectionError:
            return False
        return True


def pieces(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in fewer, larger parts."""
    piece = bytearray()
    for part in parts:
        piece += part
        if len(piece) >= PIECE:
            yield bytes(piece)
            piece.clear()
    if piece:
        yield bytes(piece)
