"""What could not be sent: why, what it says, and what is to become of it, one by one or many at once."""

from typing import Annotated, Any, Literal

import msgspec
from aiohttp import web

from admin.access.principal import Role
from admin.http.endpoint import Asked
from admin.http.problems import Problem
from admin.page.screens import NOTHING_GIVEN, Form, Listed, Means, Seen, back_to, form, page, tried

ALL = "/admin/dead-letters"
ONE = f"{ALL}/{{id}}"
FAILED = "/admin/messages/failed"


class LettersSeen(Listed, frozen=True, kw_only=True):
    """Which dead letters are listed."""

    reason: Annotated[str, msgspec.Meta(max_length=200)] = ""
    of: Literal["decide", "failed"] = "decide"
    """`failed`: what failed for good, of which nothing is to be decided."""


class LetterSeen(Seen, frozen=True, kw_only=True):
    """Which one is read."""

    id: Annotated[str, msgspec.Meta(max_length=60)]


class DeadLetters:
    """The pages under `/dead-letters`."""

    def __init__(self, means: Means) -> None:
        self._means, self._ask = means, means.asking.ask
        self.endpoints = [
            page("/dead-letters", self.list),
            form("/dead-letters", self.many, Role.OPERATOR),
            page("/dead-letters/{id}", self.read),
            form("/dead-letters/{id}", self.one, Role.OPERATOR),
        ]

    async def list(self, asked: Asked[LettersSeen, None]) -> web.Response:
        """All of them, the newest first."""
        return await self._listed(asked)

    async def _listed(
        self, asked: Asked[LettersSeen, None], given: Form = NOTHING_GIVEN, problem: Problem | None = None,
        trial: Any = None,
    ) -> web.Response:  # fmt: skip
        q, instance = asked.query, await self._means.instance(asked)
        letters = failed = None
        if instance and q.of == "failed":
            failed = (await self._ask(asked.request, f"GET {FAILED}", instance=instance, cursor=q.cursor)).data
        elif instance:
            answer = await self._ask(
                asked.request, f"GET {ALL}", instance=instance, reason=q.reason or None, cursor=q.cursor, limit=50
            )
            letters = answer.data
        return await self._means.rendering.show(
            asked.request, "dead_letters.html", instance=instance, status=problem.status if problem else 200,
            letters=letters, failed=failed, asked=q, form=given, problem=problem, trial=trial, chosen=given.all("ids"),
        )  # fmt: skip

    async def many(self, asked: Asked[LettersSeen, None]) -> web.Response:
        """Try or do something with those that are ticked, or with all that have the reason."""

        async def work(given: Form) -> web.Response:
            act = "discard" if given.text("act") == "discard" else "replay"
            which = _chosen(given, asked.query.reason)
            dry, instance = not given.checked("sure"), await self._means.instance(asked)
            answer = await self._ask(
                asked.request, f"POST {ALL}/{act}", instance=instance, dry_run=dry,
                confirm=given.maybe("confirm"), body=which,
            )  # fmt: skip
            if dry:
                return await self._listed(asked, given, trial=answer.data)
            return back_to(f"/dead-letters?instance={instance}", "discarded" if act == "discard" else "replayed")

        async def again(given: Form, problem: Problem) -> web.Response:
            return await self._listed(asked, given, problem)

        return await tried(work, again, asked.request)

    async def read(self, asked: Asked[LetterSeen, None]) -> web.Response:
        """One of them, with every try."""
        return await self._read(asked)

    async def _read(
        self, asked: Asked[LetterSeen, None], given: Form = NOTHING_GIVEN, problem: Problem | None = None
    ) -> web.Response:
        instance = await self._means.instance(asked)
        answer = await self._ask(asked.request, f"GET {ONE}", instance=instance, id=asked.query.id)
        return await self._means.rendering.show(
            asked.request, "dead_letter.html", instance=instance, status=problem.status if problem else 200,
            found=answer.data, form=given, problem=problem,
        )  # fmt: skip

    async def one(self, asked: Asked[LetterSeen, None]) -> web.Response:
        """Send it again, as it was or with other words; or discard it."""

        async def work(given: Form) -> web.Response:
            instance = await self._means.instance(asked)
            at = {"instance": instance, "id": asked.query.id}
            if given.text("act") == "discard":
                await self._ask(asked.request, f"DELETE {ONE}", at, why=given.maybe("why"))
                return back_to(f"/dead-letters?instance={instance}", "discarded")
            await self._ask(asked.request, f"POST {ONE}/replay", at, body=_replay_of(given))
            return back_to(f"/dead-letters?instance={instance}", "replayed")

        async def again(given: Form, problem: Problem) -> web.Response:
            return await self._read(asked, given, problem)

        return await tried(work, again, asked.request)


def _chosen(given: Form, reason: str) -> dict[str, Any]:
    """Those that are ticked; or all that have the reason, if that is ticked."""
    if reason and given.checked("all"):
        return {"reason": reason}
    if not given.all("ids"):
        raise Problem(400, "tick those that you mean", parameter="ids")
    return {"ids": given.all("ids")}


def _replay_of(given: Form) -> dict[str, Any]:
    edit = {name: given.text(name) for name in ("text", "to") if given.text(name) != given.text(f"{name}.was")}
    return {"resend": given.checked("resend")} | ({"edit": edit} if edit else {})
