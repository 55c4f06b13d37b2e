"""What does somebody see who looks? `GET /admin/streams/health`."""

from aiohttp import web

from admin.http.query import Query
from admin.instances import Instances
from admin.streams import durability, health, readings
from admin.streams.health import Surroundings
from admin.streams.workers import Workers
from shared.service import Platform


class Looking:
    """Answers questions about the state; changes nothing."""

    def __init__(self, platform: Platform, instances: Instances, workers: Workers) -> None:
        self._redis = platform.redis
        self._bound = platform.streams.stream_maxlen
        self._instances = instances
        self._workers = workers

    async def health(self, request: web.Request) -> web.Response:
        """One instance in full, or the sums over all with a line for each."""
        name = Query(request, ["instance"]).text("instance")
        names = [await self._instances.require(name)] if name else await self._instances.names()
        around = Surroundings(await self._workers.alive(), await durability.server(self._redis), self._bound)
        found = await readings.read(self._redis, names)
        report = health.of_instance(found[0], around) if name else health.of_all(found, around)
        return web.json_response(report, headers={"Cache-Control": "no-store"})
