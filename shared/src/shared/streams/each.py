"""How are many asked at once, so that the trouble of one is not the others'?"""

import asyncio
from collections.abc import Awaitable, Iterable
from typing import TypeVar

from redis.exceptions import ResponseError

T = TypeVar("T")


async def each(calls: Iterable[Awaitable[T]]) -> list[T | ResponseError]:
    """What each came to, in their order; a ResponseError stands in the place of one that Redis refused.

    Refused is one for its own key (of a wrong type). Any other error is everybody's, and is raised when all have ended.
    """
    found = await asyncio.gather(*calls, return_exceptions=True)
    for one in found:
        if isinstance(one, BaseException) and not isinstance(one, ResponseError):
            raise one
    return [one for one in found if isinstance(one, ResponseError) or not isinstance(one, BaseException)]
