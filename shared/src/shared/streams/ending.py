"""How is a background task ended for sure?"""

import asyncio
from collections.abc import Iterable

PATIENCE_S = 0.5


async def end(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancel the tasks and wait until they are done.

    Again and again: `asyncio.wait_for` of Python 3.11, through which redis-py sends every command, can swallow a
    cancellation.
    """
    left = {task for task in tasks if not task.done()}
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=PATIENCE_S)
