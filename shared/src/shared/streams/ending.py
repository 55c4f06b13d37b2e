"""How is a background task ended for sure?"""

import asyncio
from collections.abc import Iterable
from typing import Any

PATIENCE_S = 0.5


async def end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel the tasks and wait until they are done. What they failed with is of no interest any more.

    Again and again: `asyncio.wait_for` of Python 3.11, through which redis-py sends every command, can swallow a
    cancellation.
    """
    tasks = [*tasks]
    left = {task for task in tasks if not task.done()}
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=PATIENCE_S)
    for task in tasks:
        if not task.cancelled():
            task.exception()  # taken up: asyncio complains of those that nobody asked for
