"""What goes on beside the answering, from the start to the end of the application?"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from typing import Any

from aiohttp import web

from shared.streams.ending import end


def beside(
    first: Callable[[], Awaitable[None]], loops: Sequence[Callable[[], Coroutine[Any, Any, None]]]
) -> Callable[[web.Application], AsyncIterator[None]]:
    """For `cleanup_ctx`: `first` is done once before anything else begins, then `loops` run until the end."""

    async def running(_app: web.Application) -> AsyncIterator[None]:
        await first()
        tasks = [asyncio.create_task(loop()) for loop in loops]
        yield
        await end(tasks)

    return running
