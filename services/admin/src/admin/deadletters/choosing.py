"""Which ones are meant? Those of some ids, or all of a reason, so many at a time."""

from dataclasses import dataclass

import redis.asyncio as aioredis

from admin.deadletters.letters import Letter, Letters
from admin.deadletters.shapes import MANY, Chosen, NotDone
from admin.http.problems import Problem


@dataclass(frozen=True, slots=True)
class Choice:
    """What was found of what was meant."""

    letters: list[Letter]
    """The newest first."""
    left: list[NotDone]
    more: bool


class Choosing:
    """Finds what somebody chose."""

    def __init__(self, client: aioredis.Redis) -> None:
        self._letters = Letters(client)

    async def choose(self, instance: str, body: Chosen) -> Choice:
        """Raises Problem 400 unless exactly one way of choosing is used."""
        if (body.ids is None) == (body.reason is None):
            raise Problem(400, "give exactly one of `ids` and `reason`", parameter="ids")
        if body.ids is None:
            found, more = await self._letters.matching(instance, body.reason or "", MANY)
            return Choice(found, [], more is not None)
        return await self._by_id(instance, body.ids)

    async def _by_id(self, instance: str, ids: list[str]) -> Choice:
        choice = Choice([], [], more=False)
        for id_ in sorted(set(ids), key=_order, reverse=True):
            try:
                choice.letters.append(await self._letters.one(instance, id_))
            except Problem as problem:
                if problem.status == 400:
                    raise Problem(400, problem.detail.replace("`id`", "`ids`"), parameter="ids") from None
                choice.left.append(NotDone(id=id_, why=problem.detail))
        return choice


def _order(id_: str) -> tuple[int, ...]:
    return tuple(int(part) for part in id_.split("-") if part.isdecimal())
