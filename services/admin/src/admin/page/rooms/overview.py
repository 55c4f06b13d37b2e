"""How does everything stand? What waits, what was sent today, how long it takes, what is wrong."""

import asyncio
import datetime as dt

from aiohttp import web

from admin.http.endpoint import Asked
from admin.page.charts import DAY_HEIGHT, DAY_WIDTH, DAYS, STAGE_HEIGHT, columns, stages
from admin.page.formats import DAY_MS
from admin.page.screens import Means, Seen, page

SHOWN = 50  # instances whose days are drawn together; one of more is chosen by its name


class Overview:
    """The page `/`."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self.endpoints = [page("/", self.read)]

    async def read(self, asked: Asked[Seen, None]) -> web.Response:
        """All instances together, or one."""
        instance = asked.query.instance
        at = {"instance": instance or None}
        found = (await self._means.asking.ask(asked.request, "GET /admin/overview", at)).data
        today = dt.datetime.fromtimestamp(found.at / 1000, dt.UTC).date()
        since = (today - dt.timedelta(days=DAYS - 1)).isoformat()
        names = [one.instance for one in found.instances][:SHOWN]
        days = await asyncio.gather(*(self._means.views.days(name, since, today.isoformat()) for name in names))
        return await self._means.rendering.show(
            asked.request, "overview.html", instance=instance, found=found, stages=stages(found.took),
            columns=columns([day for those in days for day in those], today),
            day_began=found.at - found.at % DAY_MS, day_width=DAY_WIDTH, day_height=DAY_HEIGHT,
            stage_height=STAGE_HEIGHT,
        )  # fmt: skip
