"""Was this write done before? With an `Idempotency-Key` it is done once, and its answer is told again for a day.

What changed nothing (a problem below 500) is forgotten, so that it can be mended and sent again. Of a write that never
ended, because its process died or Redis was away in the middle, nobody knows whether it had its effect. It is done
once more if its endpoint says that this is the same (`again`), and else refused: somebody has to look.
"""

import hashlib
import re
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from aiohttp import web

from admin.http.problems import Problem
from shared import ids
from shared.service import Platform
from shared.streams import keys

HEADER = "Idempotency-Key"
MEMORY_MS = 86_400_000
BUSY_MS = 120_000  # the slowest write waits for the gateway: 30 s; a crash in its middle holds the key this long

_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_KEPT_HEADERS = ("Content-Type", "ETag", "Location")


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    status: int
    headers: dict[str, str]
    body: bytes


class Remembering:
    """Remembers the answers to writes, for all replicas."""

    def __init__(self, platform: Platform) -> None:
        self._scripts = platform.scripts
        self._clock = platform.clock

    async def once(
        self, request: web.Request, key: str, do: Callable[[], Awaitable[web.StreamResponse]], *, again: bool
    ) -> web.StreamResponse:
        """What `do` answers, or answered before to the same request with this key. Raises Problem 409 or 422."""
        name, mark = keys.answer(key), ids.new(self._clock)
        known = await self._begin(name, mark, await _asked(request), again=again)
        if known is not None:
            headers = known.headers | {"Idempotency-Replayed": "true"}
            return web.Response(status=known.status, headers=headers, body=known.body)
        try:
            answer = await do()
        except Problem as problem:
            if problem.status < 500:
                await self._end(name, mark, b"")
            raise
        await self._end(name, mark, _kept(answer))
        return answer

    async def _begin(self, name: str, mark: str, asked: str, *, again: bool) -> _Kept | None:
        args: list[str | bytes | int] = [
            asked, mark, BUSY_MS, MEMORY_MS, "again" if again else "never", self._clock.now_ms(),
        ]  # fmt: skip
        reply: Any = await self._scripts.run("answer_begin", [name], args)
        match reply:
            case [b"done", kept]:
                return msgspec.msgpack.decode(kept, type=_Kept)
            case [b"busy", left]:
                detail = "the first request with this key is still under way: ask again later"
                raise _problem(409, detail, headers={"Retry-After": str(-(-int(left) // 1000))})
            case [b"lost"]:
                detail = "a request with this key was begun and never ended: see whether it had its effect, and if not"
                raise _problem(409, f"{detail}, send it with a new key")
            case [b"other"]:
                raise _problem(422, "this key was used for a request that said something else: use a new one")
        return None

    async def _end(self, name: str, mark: str, kept: bytes) -> None:
        await self._scripts.run("answer_end", [name], [mark, kept])


REMEMBERING = web.AppKey("REMEMBERING", Remembering)


def key_of(request: web.Request, who: str) -> str:
    """What the request's key comes to: the same for the same caller and key; empty when none is given.

    Raises Problem 400 for what is no key.
    """
    given = request.headers.get(HEADER, "")
    if not given:
        return ""
    if not _KEY.fullmatch(given):
        raise _problem(400, "a key is 1 to 200 characters of ASCII, without spaces")
    return hashlib.sha256(f"{who}\n{given}".encode()).hexdigest()[:32]


async def _asked(request: web.Request) -> str:
    """What tells requests apart that came with the same key."""
    told = b"\n".join((request.method.encode(), request.path_qs.encode(), await request.read()))
    return hashlib.sha256(told).hexdigest()


def _kept(answer: web.StreamResponse) -> bytes:
    body = answer.body if isinstance(answer, web.Response) and isinstance(answer.body, bytes) else b""
    headers = {name: answer.headers[name] for name in _KEPT_HEADERS if name in answer.headers}
    return msgspec.msgpack.encode(_Kept(answer.status, headers, body))


def _problem(status: int, detail: str, **about: Any) -> Problem:
    return Problem(status, detail, parameter=HEADER, **about)
