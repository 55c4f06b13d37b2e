"""Would Redis still know everything after a crash?"""

from dataclasses import dataclass
from typing import Any, Literal

import msgspec
import redis.asyncio as aioredis
from redis.exceptions import ResponseError


class ServerTold(msgspec.Struct, frozen=True, kw_only=True):
    """What is told of the Redis server."""

    server: str
    version: str
    persistence: Literal["on", "off", "unknown"]
    """`off`: a crash of it loses everything."""
    aof: bool
    snapshots: bool | None
    """Null when the server does not let itself be asked."""


@dataclass(frozen=True, slots=True)
class Server:
    """What the Redis server says of itself."""

    name: str
    version: str
    aof: bool
    snapshots: bool | None
    """None when the server does not let itself be asked."""

    @property
    def persistence(self) -> Literal["on", "off", "unknown"]:
        """Whether it keeps anything."""
        if self.aof or self.snapshots:
            return "on"
        return "unknown" if self.snapshots is None else "off"

    def told(self) -> ServerTold:
        return ServerTold(
            server=self.name, version=self.version, persistence=self.persistence,
            aof=self.aof, snapshots=self.snapshots,
        )  # fmt: skip


async def server(client: aioredis.Redis) -> Server:
    """Ask it."""
    pipe: Any = client.pipeline(transaction=False)
    pipe.info()
    pipe.config_get("save")
    info, config = await pipe.execute(raise_on_error=False)
    if isinstance(info, Exception):
        raise info
    return Server(
        name=str(info.get("server_name", "redis")),
        version=str(info.get("valkey_version") or info.get("redis_version", "")),
        aof=bool(info.get("aof_enabled")),
        snapshots=None if isinstance(config, ResponseError) else bool(config.get("save")),
    )
