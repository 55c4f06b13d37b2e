"""Is a webhook answered 200 only when it is as safe as was asked for?"""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
import redis.asyncio as aioredis

from demo.process import Process
from demo.stack import ROOT
from ingest import durable
from tests.needs import needs
from tests.support.ingest import TOKEN, a_message, facts
from tests.support.ingest import ingest as ingest_at
from tests.support.servers import RedisServer
from tests.support.waiting import until

Servers = Callable[..., RedisServer]
ACCEPTED = {"accepted": 1, "duplicates": 0, "ignored": 0}
DUPLICATE = {"accepted": 0, "duplicates": 1, "ignored": 0}


@pytest.fixture
def short_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(durable, "WITHIN_MS", 300)


async def test_nothing_is_answered_before_the_disk_has_it(
    redis_server: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twice: what comes while the disk hangs is not covered by what it had before."""
    monkeypatch.setattr(durable, "WITHIN_MS", 60_000)
    server = redis_server(appendonly="yes", appendfsync="everysec")
    async with ingest_at(server.url, WA_WAIT_AOF="1") as service, aioredis.Redis.from_url(server.url) as client:
        for first in (0, 50):
            await client.config_set("appendfsync", "no")
            posts = [asyncio.create_task(service.deliver(a_message(f"3A{first + n:03}"))) for n in range(50)]
            await until(lambda first=first: _recorded(client, first + 50), seconds=40)  # type: ignore[misc]
            assert not any(post.done() for post in posts)
            await client.config_set("appendfsync", "everysec")
            assert all(answer in (ACCEPTED, DUPLICATE) for answer in await asyncio.gather(*posts))
    server.kill()
    server.start()
    async with aioredis.Redis.from_url(server.url) as client:
        assert await _recorded(client, 100)


async def _recorded(client: aioredis.Redis, count: int) -> bool:
    return len(await facts(client)) == count


async def test_callers_that_wait_share_a_round(redis_server: Servers) -> None:
    server = redis_server(appendonly="yes", appendfsync="everysec")
    async with ingest_at(server.url, WA_WAIT_AOF="1") as service, aioredis.Redis.from_url(server.url) as client:
        await client.config_resetstat()
        await asyncio.gather(*(service.post(a_message(f"3A{n:03}")) for n in range(200)))
        asked = (await client.info("commandstats"))["cmdstat_waitaof"]["calls"]
    assert asked < 50


async def test_a_replica_that_is_not_there_is_503_and_the_message_is_taken_once_it_is(
    redis_server: Servers, short_wait: None
) -> None:
    server, replica = redis_server(), redis_server()
    async with ingest_at(server.url, WA_WAIT_REPLICAS="1") as service:
        assert (await service.post(a_message()))[0] == 503
        assert (await service.post(a_message()))[0] == 503  # a duplicate is no safer
        async with aioredis.Redis.from_url(replica.url) as client:
            await client.execute_command("REPLICAOF", server.host, server.port)
        assert await service.deliver(a_message()) == DUPLICATE
        assert await service.deliver(a_message("3A02")) == ACCEPTED
    async with aioredis.Redis.from_url(replica.url) as client:
        assert len(await facts(client)) == 2


async def test_a_disk_that_hangs_is_503(redis_server: Servers, short_wait: None) -> None:
    server = redis_server(appendonly="yes", appendfsync="no")
    async with ingest_at(server.url, WA_WAIT_AOF="1") as service:
        status, problem = await service.post(a_message())
    assert (status, problem["detail"]) == (503, "not stored; send it again later")


@pytest.mark.parametrize("kind", ["valkey", pytest.param("debian", marks=needs("redis-server"))])
async def test_a_redis_that_cannot_say_stops_the_service_at_its_start(kind: str, tmp_path: Path) -> None:
    """One without an append-only file, and one before 7.2 that does not know the question."""
    server = RedisServer(kind).start()
    given = {"REDIS_URL": server.url, "WEBHOOK_TOKEN": TOKEN, "PORT": "0", "WA_WAIT_AOF": "1"}
    process = Process.python("ingest", "ingest", given, tmp_path / "ingest.log", ROOT)
    process.start()
    try:
        await until(lambda: not process.alive, seconds=30)
        assert process.stop() == 2
        assert "WA_WAIT_AOF (Redis 7.2 or later, with appendonly yes): this Redis cannot do it" in process.tail()
    finally:
        process.stop()
        server.close()


async def test_without_redis_it_starts_and_asks_when_there_is_one(redis_server: Servers) -> None:
    server = redis_server(appendonly="yes", appendfsync="always")
    server.kill()
    async with ingest_at(server.url, WA_WAIT_AOF="1") as service:
        assert (await service.post(a_message()))[0] == 503
        server.start()
        assert (await service.deliver(a_message()))["accepted"] == 1
