"""Which instances are there? Those that something came from, and those that the settings name.

One that only the gateway or a clinic's file knows may be used before anything came from it.
"""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import redis.asyncio as aioredis

from admin.http.problems import Problem
from shared.streams import keys

# What ingest takes for one: it becomes part of Redis keys (no braces, no colon) and of the gateway's URLs.
_NAME = re.compile(r"\w(?:[\w.\- ]{0,98}[\w.\-])?")


Elsewhere = Callable[[str], Awaitable[bool]]


async def nowhere(_name: str) -> bool:
    """Nobody else knows any."""
    return False


class Instances:
    """Knows the names of the instances."""

    def __init__(self, client: aioredis.Redis, configured: frozenset[str], elsewhere: Elsewhere = nowhere) -> None:
        self._client = client
        self._configured = configured
        self.elsewhere = elsewhere
        """Who else may know a name: the gateway, the clinics' files."""

    async def names(self) -> list[str]:
        """All of them, in order."""
        found: Any = await self._client.smembers(keys.INSTANCES)
        return sorted({name.decode(errors="replace") for name in found} | self._configured)

    async def require(self, name: str) -> str:
        """`name`, if it is one of them. Raises Problem 400 or 404."""
        check_name(name)
        known: Any = name in self._configured or await self._client.sismember(keys.INSTANCES, name)
        if not known and not await self.elsewhere(name):
            detail = (
                f"nothing has come from an instance {name!r} yet; neither the gateway nor a clinic's file knows it, "
                "and WA_INSTANCES does not name it"
            )
            raise Problem(404, detail, parameter="instance")
        return name


def check_name(name: str, parameter: str = "instance") -> str:
    """`name`, if an instance may be called so. Raises Problem 400."""
    if not _NAME.fullmatch(name):
        raise Problem(400, "an instance's name is 1 to 100 letters, digits, `_`, `.`, `-`", parameter=parameter)
    return name
