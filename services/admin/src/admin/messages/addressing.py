"""Whom do numbers name that an instance writes to? Its clinic's country completes those that are without a code.

A chat's name has its country code and no `+`, as everywhere in the API. So a number that can be read in both ways is
the chat of that name, if the instance has one.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import redis.asyncio as aioredis

from admin.http.problems import Problem
from admin.library import Library
from admin.messages.address import plain, recipient
from shared.streams import keys

IN_ONE_QUESTION = 500


@dataclass(frozen=True, slots=True)
class Reading:
    """How numbers are read."""

    country: str = ""
    chats: frozenset[str] = frozenset()
    """Those of the numbers that are names of chats as they were written."""

    def recipient(self, to: str, parameter: str = "to") -> str:
        """The recipient, as `address.recipient` says. Raises Problem 400."""
        return recipient(to, "" if plain(to) in self.chats else self.country, parameter)


class Addressing:
    """Reads the numbers that the clinic's own messages go to."""

    def __init__(self, client: aioredis.Redis, library: Library) -> None:
        self._redis, self._library = client, library

    async def reading(self, instance: str, numbers: Sequence[str]) -> Reading:
        """How to read these. Without the clinic's files every number needs its country code."""
        try:
            country = (await self._library.of_instance(instance)).country
        except Problem:
            return Reading()
        doubtful = await asyncio.to_thread(_doubtful, numbers, country)
        return Reading(country, await self._chats(instance, doubtful))

    async def _chats(self, instance: str, names: Sequence[str]) -> frozenset[str]:
        found = set[str]()
        for start in range(0, len(names), IN_ONE_QUESTION):
            batch = names[start : start + IN_ONE_QUESTION]
            known: Any = await self._redis.smismember(keys.contacts(instance), list(batch))
            found.update(name for name, is_known in zip(batch, known, strict=True) if is_known)
        return frozenset(found)


def _doubtful(numbers: Sequence[str], country: str) -> list[str]:
    """The digits of those that the country completes."""
    return [digits for to in numbers if (digits := plain(to)) and _completed(to, country) not in ("", digits)]


def _completed(to: str, country: str) -> str:
    try:
        return recipient(to, country)
    except Problem:
        return ""
