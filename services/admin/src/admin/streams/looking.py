"""What does somebody see who looks? `GET /admin/streams/health`."""

from typing import Annotated

import msgspec

from admin.access.principal import Role
from admin.http.endpoint import Asked, Endpoint
from admin.instances import Instances
from admin.streams import durability, health, readings
from admin.streams.health import Surroundings
from admin.streams.told import InstanceHealth, OverallHealth
from admin.streams.workers import Workers
from shared.service import Platform

Whichever = Annotated[str, msgspec.Meta(description="One instance; empty: all of them.", examples=["demo"])]


class OneOrAll(msgspec.Struct, frozen=True, kw_only=True):
    instance: Whichever = ""


class Looking:
    """Answers questions about the state; changes nothing."""

    def __init__(self, platform: Platform, instances: Instances, workers: Workers) -> None:
        self._redis, self._scripts = platform.redis, platform.scripts
        self._bound = platform.streams.stream_maxlen
        self._instances = instances
        self._workers = workers
        self.endpoints = [Endpoint("GET", "/admin/streams/health", Role.VIEWER, self.health, "streams")]

    async def health(self, asked: Asked[OneOrAll, None]) -> InstanceHealth | OverallHealth:
        """One instance in full, or the sums over all with a line for each."""
        name = asked.query.instance
        names = [await self._instances.require(name)] if name else await self._instances.names()
        around = Surroundings(await self._workers.alive(), await durability.server(self._redis), self._bound)
        if name:
            return health.of_instance(await readings.read_one(self._scripts, name), around)
        return health.of_all(await readings.read(self._scripts, names), around)
