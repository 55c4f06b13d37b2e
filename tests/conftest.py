"""What every test can ask for: a Redis of its own, and a gateway that does as it is told.

`--redis=valkey|debian|url` chooses the server; without it tests run on valkey, and those marked `every_server` on
Debian's redis-server too. `url` takes an outside server from FRONTDESK_REDIS_URL; it is emptied before every test.
"""

import os
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
import redis
import redis.asyncio as aioredis

from tests.needs import needs
from tests.support.gateway import Gateway
from tests.support.proxy import Proxy
from tests.support.replica import Streams
from tests.support.servers import RedisServer


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--redis", choices=("valkey", "debian", "url"), help="which Redis server the tests run on")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "every_server: runs on every kind of Redis server that is installed")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "redis_kind" not in metafunc.fixturenames:
        return
    chosen = metafunc.config.getoption("--redis")
    kinds: list[object] = [chosen or "valkey"]
    if chosen is None and metafunc.definition.get_closest_marker("every_server"):
        kinds.append(pytest.param("debian", marks=needs("redis-server")))
    metafunc.parametrize("redis_kind", kinds, scope="session")


@pytest.fixture(scope="session")
def redis_kind() -> str:
    """The kind of server; parametrised above."""
    raise NotImplementedError


@pytest.fixture(scope="session")
def shared_server(redis_kind: str, worker_number: int) -> Iterator[str]:
    """The address of this test process's own server, or of its database on an outside one."""
    if redis_kind == "url":
        yield f"{os.environ['FRONTDESK_REDIS_URL'].rstrip('/')}/{worker_number}"
        return
    server = RedisServer(redis_kind).start()
    yield server.url
    server.close()


@pytest.fixture(scope="session")
def worker_number() -> int:
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


@pytest.fixture
def redis_url(shared_server: str) -> str:
    """An empty Redis."""
    with redis.Redis.from_url(shared_server) as client:
        client.flushdb()
    return shared_server


@pytest.fixture
def redis_server(redis_kind: str) -> Iterator[Callable[..., RedisServer]]:
    """Makes servers of the test's own, which it may configure, kill and freeze: `redis_server(appendonly="yes")`."""
    if redis_kind == "url":
        pytest.skip("an outside server is not for killing")
    made: list[RedisServer] = []

    def make(**config: str) -> RedisServer:
        made.append(RedisServer(redis_kind, **config))
        return made[-1].start()

    yield make
    for server in made:
        server.close()


@pytest.fixture
async def client(redis_url: str) -> AsyncIterator[aioredis.Redis]:
    """A plain client, for looking and for meddling."""
    async with aioredis.Redis.from_url(redis_url, socket_timeout=10) as client:
        yield client


@pytest.fixture
async def proxy(redis_url: str) -> AsyncIterator[Proxy]:
    """A wire to Redis that can be cut: `proxy.url(redis_url)`."""
    async with Proxy.before(redis_url) as proxy:
        yield proxy


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    """A gateway that takes every message, until it is scripted."""
    async with Gateway() as gateway:
        yield gateway


@pytest.fixture
async def streams(client: aioredis.Redis, redis_url: str) -> AsyncIterator[Streams]:
    """What is in Redis, for putting work in and looking at what came of it."""
    streams = Streams(client, redis_url)
    yield streams
    await streams.aclose()
