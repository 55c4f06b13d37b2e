"""What if the wire is cut, slow or deaf? A TCP proxy in front of a server, told so by the test."""

import asyncio
import contextlib
from urllib.parse import urlsplit, urlunsplit


class Proxy:
    """Passes bytes on to `host:port`, until it is told otherwise. Opened with `async with`."""

    def __init__(self, host: str, port: int) -> None:
        self._target = host, port
        self._server: asyncio.Server | None = None
        self._wires: dict[asyncio.StreamWriter, asyncio.StreamWriter] = {}
        self._open = asyncio.Event()
        self._open.set()
        self._refusing = False
        self.delay_s = 0.0
        self.port = 0
        self.accepted = 0
        self.cut_after_request = 0
        """Cut this many times: right after the next bytes of a client reached the server, before its answer."""

    @classmethod
    def before(cls, url: str) -> "Proxy":
        parts = urlsplit(url)
        return cls(parts.hostname or "127.0.0.1", parts.port or 6379)

    def url(self, of: str) -> str:
        """The address `of`, by way of this proxy."""
        return urlunsplit(urlsplit(of)._replace(netloc=f"127.0.0.1:{self.port}"))

    async def __aenter__(self) -> "Proxy":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_error: object) -> None:
        assert self._server is not None
        self._server.close()
        self._open.set()
        self.cut()

    def cut(self) -> int:
        """Reset every connection that is open now. Answers how many."""
        wires = list(self._wires.items())
        for ends in wires:
            for end in ends:
                end.transport.abort()
        return len(wires)

    def refuse(self) -> None:
        """Cut everything, and hang up on whoever dials."""
        self._refusing = True
        self.cut()

    def deafen(self) -> None:
        """Swallow everything: connections stay open and nothing moves, as on a dead network."""
        self._open.clear()

    def restore(self) -> None:
        self._refusing = False
        self._open.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        if self._refusing:
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection(*self._target)
        except OSError:
            writer.transport.abort()
            return
        self._wires[writer] = far_writer
        there = asyncio.create_task(self._pump(reader, far_writer, requests=True))
        back = asyncio.create_task(self._pump(far_reader, writer, requests=False))
        try:
            await asyncio.wait((there, back), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._wires.pop(writer, None)
            for task in (there, back):
                task.cancel()
            for end in (writer, far_writer):
                end.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, requests: bool) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                if self.delay_s:
                    await asyncio.sleep(self.delay_s)
                await self._open.wait()
                if not requests and self.cut_after_request:
                    self.cut_after_request -= 1
                    return
                writer.write(data)
                await writer.drain()
