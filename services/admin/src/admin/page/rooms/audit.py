"""Who did what? What people did, the newest first."""

from aiohttp import web

from admin.http.endpoint import Asked
from admin.page.screens import Listed, Means, page


class Audit:
    """The page `/audit`."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self.endpoints = [page("/audit", self.list)]

    async def list(self, asked: Asked[Listed, None]) -> web.Response:
        """The operations and the decisions of the staff."""
        instance = await self._means.instance(asked)
        found = None
        if instance:
            at = {"instance": instance, "cursor": asked.query.cursor}
            found = (await self._means.asking.ask(asked.request, "GET /admin/audit", at)).data
        return await self._means.rendering.show(asked.request, "audit.html", instance=instance, found=found)
