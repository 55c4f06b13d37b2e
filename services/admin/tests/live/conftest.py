"""A Redis of this test process's own, an admin on it, and replicas of the sender that work beside it."""

from collections.abc import AsyncIterator, Iterator

import pytest
import redis
import redis.asyncio as aioredis

from tests.support.replica import INSTANCE, Streams
from tests.support.servers import RedisServer

from .talk import Talk

CLAIM_IDLE_MS = 600  # as the replicas of tests.support have it


@pytest.fixture(scope="session")
def server() -> Iterator[RedisServer]:
    server = RedisServer().start()
    yield server
    server.close()


@pytest.fixture
def redis_url(server: RedisServer) -> str:
    """An empty Redis."""
    with redis.Redis.from_url(server.url) as client:
        client.flushall()
    return server.url


@pytest.fixture
async def client(redis_url: str) -> AsyncIterator[aioredis.Redis]:
    async with aioredis.Redis.from_url(redis_url) as client:
        yield client


@pytest.fixture
async def streams(client: aioredis.Redis, redis_url: str) -> AsyncIterator[Streams]:
    """What is in Redis. The instance is known."""
    await client.sadd("wa:instances", INSTANCE)
    streams = Streams(client, redis_url)
    yield streams
    await streams.aclose()


@pytest.fixture
async def admin(new_admin, redis_url: str, streams: Streams):
    """A client of an admin that knows the instance `wa1`."""
    return await new_admin(redis_url, stream_claim_idle_ms=CLAIM_IDLE_MS, lease_ms=600)


@pytest.fixture
async def talk(new_admin, redis_url: str, client: aioredis.Redis, streams: Streams) -> Talk:
    """The API of an admin that knows the instance `wa1`, with views of its log."""
    return Talk(await new_admin(redis_url, stream_claim_idle_ms=CLAIM_IDLE_MS, lease_ms=600))
