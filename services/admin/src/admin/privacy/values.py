"""What stands in a key? Every value of it, whatever its type, piece by piece."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from redis.exceptions import ResponseError

from shared.streams.each import each
from shared.streams.scripts import Scripts

PIECE = 500
SMALL = 4_096  # bytes: a page of such strings is two megabytes

Element = tuple[bytes, tuple[bytes, ...]]
"""By what it can be removed, and the bytes that it consists of."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key as a scan found it."""

    name: bytes
    kind: str
    """Its type; `none` when it went meanwhile."""
    string: bytes | None = None
    """What a small string holds."""

    async def values(self, scripts: Scripts) -> AsyncIterator[Element]:
        """Every element of it."""
        if self.string is not None:
            yield b"", (self.string,)
        elif (read := _READ.get(self.kind)) is not None:
            async for element in read(scripts, self.name):
                yield element


async def every_key(scripts: Scripts, instance: str) -> AsyncIterator[Key]:
    """Every key of the instance, and every key that is of none: not those of other instances."""
    cursor: bytes | int = 0
    own = f"{{{instance}}}".encode()
    while True:
        cursor, names = await scripts.call("SCAN", cursor, "COUNT", PIECE)
        ours = [name for name in names if b"{" not in name or own in name or b"{:}" in name]
        for key in await _looked_at(scripts, ours):
            yield key
        if int(cursor) == 0:
            return


async def _looked_at(scripts: Scripts, names: list[bytes]) -> list[Key]:
    """Most keys are marks of a few bytes: a page of them is asked in three round trips, and not in three each."""
    kinds = [_text(kind) for kind in await _all(scripts, "TYPE", names)]
    strings = [name for name, kind in zip(names, kinds, strict=True) if kind == "string"]
    sizes = await _all(scripts, "STRLEN", strings)
    small = [name for name, size in zip(strings, sizes, strict=True) if size is not None and size <= SMALL]
    held = dict(zip(small, await _all(scripts, "GET", small), strict=True))
    return [Key(name, kind, held.get(name)) for name, kind in zip(names, kinds, strict=True)]


async def _all(scripts: Scripts, command: str, names: list[bytes]) -> list[Any]:
    """What the command tells of each; None of a key that is of another type by now."""
    found = await each(scripts.call(command, name) for name in names)
    return [None if isinstance(one, ResponseError) else one for one in found]


def _text(kind: bytes | str) -> str:
    return kind.decode() if isinstance(kind, bytes) else str(kind)


async def _string(scripts: Scripts, key: bytes) -> AsyncIterator[Element]:
    if (value := await scripts.call("GET", key)) is not None:
        yield b"", (value,)


async def _hash(scripts: Scripts, key: bytes) -> AsyncIterator[Element]:
    async for reply in _scanned(scripts, "HSCAN", key):
        for name, value in _pairs(reply):
            yield name, (name, value)


async def _set(scripts: Scripts, key: bytes) -> AsyncIterator[Element]:
    async for reply in _scanned(scripts, "SSCAN", key):
        for member in reply:
            yield member, (member,)


async def _sorted_set(scripts: Scripts, key: bytes) -> AsyncIterator[Element]:
    async for reply in _scanned(scripts, "ZSCAN", key):
        for member, _ in _pairs(reply):
            yield member, (member,)


async def _list(scripts: Scripts, key: bytes) -> AsyncIterator[Element]:
    for start in range(0, await scripts.call("LLEN", key), PIECE):
        for at, value in enumerate(await scripts.call("LRANGE", key, start, start + PIECE - 1), start=start):
            yield str(at).encode(), (value,)


async def _scanned(scripts: Scripts, command: str, key: bytes) -> AsyncIterator[Any]:
    cursor: bytes | int = 0
    while True:
        cursor, reply = await scripts.call(command, key, cursor, "COUNT", PIECE)
        yield reply
        if int(cursor) == 0:
            return


def _pairs(reply: Any) -> Any:
    """HSCAN and ZSCAN: a mapping or pairs by the client's own parsing, else a flat list."""
    if isinstance(reply, dict):
        return reply.items()
    if reply and isinstance(reply[0], (list, tuple)):
        return reply
    return zip(reply[::2], reply[1::2], strict=True)


async def _stream(scripts: Scripts, key: bytes) -> AsyncIterator[Element]:
    after = "-"
    while True:
        found = await scripts.call("XRANGE", key, after, "+", "COUNT", PIECE)
        for id_, fields in found:
            yield id_, tuple(fields)
        if len(found) < PIECE:
            return
        after = f"({found[-1][0].decode()}"


_READ = {"string": _string, "hash": _hash, "set": _set, "zset": _sorted_set, "list": _list, "stream": _stream}
