"""How is a step done atomically? By a Lua script in `lua/`, whose header says its keys, arguments and reply."""

import asyncio
import hashlib
import re
from collections.abc import Sequence
from importlib import resources
from typing import Any

import redis.asyncio as aioredis
from redis.exceptions import NoScriptError, ResponseError

from shared.streams.connection import Pipelined

_CHECKS = re.compile(r"^\s*is\(", re.MULTILINE)
_LUA = resources.files("shared.streams").joinpath("lua")
NAMES = tuple(sorted(file.name.removesuffix(".lua") for file in _LUA.iterdir() if file.name.endswith(".lua")))
"""Every script in `lua/`."""


def source(name: str) -> str:
    """The text of `lua/<name>.lua`, behind the checks of `lua/common/is.lua` if it makes any."""
    text = _LUA.joinpath(f"{name}.lua").read_text(encoding="utf-8")
    return _LUA.joinpath("common", "is.lua").read_text(encoding="utf-8") + text if _CHECKS.search(text) else text


class Scripts:
    """The scripts, by name, run on one client; a server that forgot them (restart, failover) is taught again."""

    def __init__(self, client: aioredis.Redis) -> None:
        self._client = client
        self._line = Pipelined(client)
        self._sources = {name: source(name) for name in NAMES}
        self._shas = {name: hashlib.sha1(text.encode()).hexdigest() for name, text in self._sources.items()}  # noqa: S324 - Redis's own choice

    async def run(
        self,
        name: str,
        keys: Sequence[str],
        args: Sequence[str | bytes | int | float],
        then: Sequence[tuple[str | int, ...]] = (),
    ) -> Any:
        """Run one script. Every script is safe to run again after an error that leaves its outcome unknown.

        `then` are commands sent right behind it in the same round trip, whatever its reply: hints, such as wake-ups.
        """
        command = (self._shas[name], len(keys), *keys, *args)
        try:
            return await self._with(then, "EVALSHA", *command)
        except NoScriptError:
            return await self._with(then, "EVAL", self._sources[name], *command[1:])

    async def run_each(
        self, name: str, calls: Sequence[tuple[Sequence[str], Sequence[str | bytes | int | float]]]
    ) -> list[Any]:
        """Run one script on the keys and arguments of each call, in shared round trips; their replies in order.

        A ResponseError stands in the place of a reply that Redis refused for its own keys.
        """
        each = [(len(keys), *keys, *args) for keys, args in calls]
        found = await asyncio.gather(
            *(self._line.call("EVALSHA", self._shas[name], *one) for one in each), return_exceptions=True
        )
        if any(isinstance(reply, NoScriptError) for reply in found):
            await self._line.call("SCRIPT", "LOAD", self._sources[name])
            return await self.run_each(name, calls)
        for reply in found:
            if isinstance(reply, BaseException) and not isinstance(reply, ResponseError):
                raise reply
        return list(found)

    def _with(self, then: Sequence[tuple[str | int, ...]], *command: Any) -> Any:
        reply = self._line.call(*command)
        for hint in then:
            self._line.hint(*hint)
        return reply

    def call(self, *command: Any) -> Any:
        """A plain command that shares round trips, and keeps its place in the order, with the scripts."""
        return self._line.call(*command)
