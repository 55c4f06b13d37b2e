"""What does the real sender do, with a gateway that a test scripts?"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import msgspec
from aiohttp import web

from sender.app import build
from sender.settings import SenderSettings
from shared.clock import SYSTEM, Clock
from shared.service.platform import Platform, new_platform
from shared.settings import StreamSettings
from tests.support.proxy import Proxy
from tests.support.replica import QUICK

HEADLONG = {"wa_tokens_per_second": 0.0, "send_proof_wait_s": 1, "evolution_timeout_s": 1}
"""No pace, and little patience."""


class Sender:
    """One replica of the sender, as `python -m sender` builds it, on a wire of its own."""

    def __init__(
        self, redis_url: str, gateway_url: str, *, name: str = "s1", clock: Clock = SYSTEM,
        streams: dict[str, Any] | None = None, **settings: Any,
    ) -> None:  # fmt: skip
        self.wire = Proxy.before(redis_url)
        self._url, self._gateway_url, self._name, self._clock = redis_url, gateway_url, name, clock
        self._streams: StreamSettings = msgspec.structs.replace(QUICK, **(streams or {}))
        self._settings = HEADLONG | settings
        self.platform: Platform

    async def start(self) -> "Sender":
        await self.wire.__aenter__()
        settings = SenderSettings(
            redis_url=self.wire.url(self._url), replica=self._name, evolution_server_url=self._gateway_url,
            evolution_api_key="key", **self._settings,
        )  # fmt: skip
        self.platform = new_platform("sender", settings, self._streams, self._clock)
        before = asyncio.all_tasks()
        self._runner = web.AppRunner(build(settings, self.platform))
        await self._runner.setup()
        self._tasks = asyncio.all_tasks() - before
        return self

    async def stop(self) -> None:
        """As on SIGTERM."""
        await self._runner.cleanup()
        await self.wire.__aexit__()

    async def die(self) -> None:
        """As on kill -9: nothing more reaches Redis, and calls under way are cut."""
        self.wire.refuse()
        lanes = [task for task in asyncio.all_tasks() if self._is_ours(task)]
        for task in [*lanes, *self._tasks]:
            task.cancel()
        await asyncio.gather(*lanes, *self._tasks, return_exceptions=True)
        with contextlib.suppress(Exception):
            await asyncio.wait_for(self._runner.cleanup(), 10)
        await self.wire.__aexit__()

    def _is_ours(self, task: "asyncio.Task[Any]") -> bool:
        coroutine = task.get_coro()
        name = getattr(coroutine, "__qualname__", "")
        frame = getattr(coroutine, "cr_frame", None)
        owner = frame.f_locals.get("self") if frame is not None else None
        tools = getattr(owner, "_tools", None)
        return name.startswith(("Lane.", "Consumer.")) and getattr(tools, "replica", None) == self._name


@contextlib.asynccontextmanager
async def sending(*senders: Sender) -> AsyncIterator[None]:
    """Start them, and stop those that did not die."""
    started: list[Sender] = []
    try:
        for sender in senders:
            started.append(await sender.start())
        yield
    finally:
        await asyncio.gather(*(sender.stop() for sender in started), return_exceptions=True)
