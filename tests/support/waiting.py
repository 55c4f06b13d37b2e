"""How does a test wait? For a condition, never for a time."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def until(ask: Callable[[], T | Awaitable[T]], *, seconds: float = 15.0, every: float = 0.01) -> T:
    """What `ask` answers, as soon as it is true; an AssertionError with its last answer after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        answer = ask()
        if inspect.isawaitable(answer):
            answer = await answer
        if answer:
            return answer
        assert time.monotonic() < end, f"not so within {seconds} s; the last answer was {answer!r}"
        await asyncio.sleep(every)


async def holds(ask: Callable[[], bool | Awaitable[bool]], *, seconds: float) -> None:
    """Look again and again for `seconds`: an AssertionError as soon as `ask` answers False."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = ask()
        assert await answer if inspect.isawaitable(answer) else answer
        await asyncio.sleep(0.02)
