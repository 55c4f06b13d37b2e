"""Who did what? What people did, the newest first: at one number, or to what is of none."""

from typing import Literal

from aiohttp import web

from admin.http.endpoint import Asked
from admin.page.screens import Listed, Means, page


class AuditSeen(Listed, frozen=True, kw_only=True):
    """Which doings."""

    of: Literal["number", "access"] = "number"
    """`access`: what is of no number, which is logins, tokens and the clinics' texts."""


class Audit:
    """The page `/audit`."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self.endpoints = [page("/audit", self.list)]

    async def list(self, asked: Asked[AuditSeen, None]) -> web.Response:
        """The operations and the decisions of the staff."""
        q, instance, found = asked.query, await self._means.instance(asked), None
        if instance or q.of == "access":
            at = {"instance": instance if q.of == "number" else None, "cursor": q.cursor}
            found = (await self._means.asking.ask(asked.request, "GET /admin/audit", at)).data
        return await self._means.rendering.show(asked.request, "audit.html", instance=instance, found=found, asked=q)
