"""Is what was begun in the background over when it was ended, whatever it does about that?"""

import asyncio
import gc
from typing import Any

import pytest

from shared.streams import ending
from shared.streams.ending import end


async def test_failures_of_what_is_ended_are_taken_up() -> None:
    complaints: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, about: complaints.append(about))

    async def failing() -> None:
        raise ValueError("of no interest")

    async def failing_at_the_end() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            raise ValueError("of no interest either")

    tasks = [asyncio.create_task(failing()), asyncio.create_task(failing_at_the_end())]
    await asyncio.sleep(0)
    await end(iter(tasks))
    assert all(task.done() for task in tasks)
    del tasks
    gc.collect()
    assert complaints == []


async def test_a_cancellation_that_is_swallowed_is_given_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ending, "PATIENCE_S", 0.01)
    swallowed = 0

    async def deaf() -> None:
        nonlocal swallowed
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                if swallowed == 2:
                    raise
                swallowed += 1

    task = asyncio.create_task(deaf())
    await asyncio.sleep(0)
    await end([task])
    assert (swallowed, task.cancelled()) == (2, True)
