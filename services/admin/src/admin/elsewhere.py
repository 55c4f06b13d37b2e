"""Who knows an instance that nothing came from yet? The clinics' files, and the gateway."""

import asyncio
import contextlib
import time

from admin.gateway import Gateway
from admin.http.problems import Problem
from admin.library import Library

ASKED_EVERY_S = 10.0  # whoever tries names does not have the gateway asked for each


class Elsewhere:
    """Asks them."""

    def __init__(self, gateway: Gateway, library: Library) -> None:
        self._gateway, self._library = gateway, library
        self._there: frozenset[str] = frozenset()
        self._fresh_until = 0.0
        self._asking = asyncio.Lock()

    async def knows(self, name: str) -> bool:
        """Whether one of them does. A gateway that does not answer knows what it last told."""
        return name in await self._library.named() or name in await self._at_gateway()

    async def _at_gateway(self) -> frozenset[str]:
        async with self._asking:
            if self._gateway.is_set and time.monotonic() >= self._fresh_until:
                with contextlib.suppress(Problem):  # away: what it told before holds
                    self._there = frozenset(one.name for one in await self._gateway.instances())
                self._fresh_until = time.monotonic() + ASKED_EVERY_S
        return self._there
