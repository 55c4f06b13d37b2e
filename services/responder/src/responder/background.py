"""What goes on beside the answering, from the start to the end of the application?

A loop that meets a bug is told, counted and begun again: a stale clinic is better than none, and staff see the count.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

from aiohttp import web

from shared.streams.ending import end
from shared.streams.keeping import Loop, keep_going


def beside(
    service: str, first: Callable[[], Awaitable[None]], loops: Mapping[str, Loop]
) -> Callable[[web.Application], AsyncIterator[None]]:
    """For `cleanup_ctx`: `first` is done once before anything else begins, then `loops`, by name, run until the end."""

    async def running(_app: web.Application) -> AsyncIterator[None]:
        await first()
        tasks = [asyncio.create_task(keep_going(service, name, loop), name=name) for name, loop in loops.items()]
        yield
        await end(tasks)

    return running
