"""What waits in a number's queues, who works them, and what can be done when they stand still?"""

import contextlib
from typing import Annotated, Any

import msgspec
from aiohttp import web

from admin.access.principal import Role
from admin.http.endpoint import Asked
from admin.http.problems import Problem
from admin.page.operations import AT, CHOICES, OPERATIONS, Operation, Trial, already_sent, counted, operation_of
from admin.page.screens import NOTHING_GIVEN, Form, Means, Seen, form, page, tried
from admin.streams.told import InstanceHealth

HEALTH = f"GET {AT}/health"
QUEUES = "/instances/{instance}/queues"


class OrderSeen(Seen, frozen=True, kw_only=True):
    """Which operation is prepared."""

    operation: Annotated[str, msgspec.Meta(max_length=40)]


class Queues:
    """The pages under `/instances/{instance}/queues`."""

    def __init__(self, means: Means) -> None:
        self._means, self._ask = means, means.asking.ask
        self.endpoints = [
            page(QUEUES, self.read),
            page(f"{QUEUES}/{{operation}}", self.prepare, Role.OPERATOR),
            form(f"{QUEUES}/{{operation}}", self.operate, Role.OPERATOR),
        ]

    async def read(self, asked: Asked[Seen, None]) -> web.Response:
        """What waits, who works it, and the operations."""
        instance = await self._means.instance(asked)
        return await self._means.rendering.show(
            asked.request, "queues.html", instance=instance, health=await self._health(asked, instance),
            operations=OPERATIONS,
        )  # fmt: skip

    async def prepare(self, asked: Asked[OrderSeen, None]) -> web.Response:
        """Choose what an operation is to touch."""
        return await self._shown(asked)

    async def operate(self, asked: Asked[OrderSeen, None]) -> web.Response:
        """Say what it would come to; or do it, once that was seen and confirmed, and say what it did."""
        operation = operation_of(asked.query.operation)

        async def work(given: Form) -> web.Response:
            if not _is_sure(given):
                return await self._shown(asked, given, trial=await self._trial(asked, operation, given))
            answer = await self._ask(
                asked.request, operation.route, await self._at(asked, operation, given),
                confirm=given.maybe("confirm") if operation.confirmed else None, body={"reason": given.text("reason")},
                headers={"If-Match": given.text("seen"), **given.once},
            )  # fmt: skip
            return await self._shown(asked, given, result=answer.data)

        async def again(given: Form, problem: Problem) -> web.Response:
            trial = None
            if _is_sure(given):
                with contextlib.suppress(Problem):  # the first one is told
                    trial = await self._trial(asked, operation, given)
            return await self._shown(asked, given, problem, trial)

        return await tried(work, again, asked.request)

    async def _trial(self, asked: Asked[OrderSeen, None], operation: Operation, given: Form) -> Trial:
        at = await self._at(asked, operation, given)
        answer = await self._ask(asked.request, operation.route, at, dry_run=True, body={})
        twice = 0
        if at.get("resend"):
            spared = await self._ask(asked.request, operation.route, at | {"resend": False}, dry_run=True, body={})
            twice = already_sent(spared.data)
        return Trial(answer.data, answer.etag, twice)

    async def _at(self, asked: Asked[OrderSeen, None], operation: Operation, given: Form) -> dict[str, str | bool]:
        return {"instance": await self._means.instance(asked), **operation.asked(given)}

    async def _health(self, asked: Asked[Any, None], instance: str) -> InstanceHealth:
        told: InstanceHealth = (await self._ask(asked.request, HEALTH, kind=InstanceHealth, instance=instance)).data
        return told

    async def _shown(
        self, asked: Asked[OrderSeen, None], given: Form = NOTHING_GIVEN, problem: Problem | None = None,
        trial: Trial | None = None, result: Any = None,
    ) -> web.Response:  # fmt: skip
        operation, instance = operation_of(asked.query.operation), await self._means.instance(asked)
        return await self._means.rendering.show(
            asked.request, "queue_operation.html", instance=instance, status=problem.status if problem else 200,
            health=await self._health(asked, instance), operation=operation, choices=CHOICES, trial=trial,
            counted=counted, result=result, sent_before=already_sent(result) if result else 0, form=given,
            problem=problem,
        )  # fmt: skip


def _is_sure(given: Form) -> bool:
    """Whether it is to be done: somebody saw what it would come to, and said yes."""
    return given.checked("sure") and bool(given.text("seen"))
