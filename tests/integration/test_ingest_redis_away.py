"""Without Redis nothing is promised: 503, which the gateway tries again, and every message is in the log once after."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import redis.asyncio as aioredis

from shared.streams import keys
from tests.support.ingest import OF_INSTANCE, Ingest, a_message, everything, facts, ingest, ingest_process, work
from tests.support.proxy import Proxy
from tests.support.servers import RedisServer
from tests.support.waiting import until

Servers = Callable[..., RedisServer]
CLIENTS = 16
EACH = 20


async def all_deliver(
    service: Ingest, meanwhile: Callable[[Callable[[], int]], Awaitable[None]]
) -> list[dict[str, int]]:
    """Many gateways post message after message, each until it is taken; `meanwhile` is told how many were."""
    taken: list[dict[str, int]] = []

    async def one(n: int) -> None:
        for m in range(EACH):
            taken.append(await service.deliver(a_message(f"3A{n:02}{m:02}", f"{n} {m}")))

    async with asyncio.TaskGroup() as group:
        for n in range(CLIENTS):
            group.create_task(one(n))
        await meanwhile(lambda: len(taken))
    return taken


async def once_each(client: aioredis.Redis) -> None:
    expected = {f"3A{n:02}{m:02}": 1 for n in range(CLIENTS) for m in range(EACH)}
    assert Counter(event.message_id for event in await facts(client)) == expected  # type: ignore[union-attr]
    assert [event.id for event in await work(client)] == [event.id for event in await facts(client)]


async def refused(service: Ingest, body: Any = None) -> None:
    status, problem = await service.post(body or a_message())
    assert (status, problem["detail"]) == (503, "not stored; send it again later")


# ── Redis is away ──────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_redis_that_refuses_connections_is_503_at_once_and_found_again_by_itself(redis_server: Servers) -> None:
    server = redis_server()
    async with ingest(server.url) as service:
        assert (await service.post(a_message("3A-before")))[0] == 200
        server.kill()
        before = await service.answers("unavailable")
        for _ in range(3):
            await refused(service)
        assert await service.answers("unavailable") == before + 3
        async with service.session.get(f"{service.url}/livez") as alive:
            assert alive.status == 200
        async with service.session.get(f"{service.url}/readyz") as ready:
            assert ready.status == 503
        server.start()
        assert await service.deliver(a_message()) == {"accepted": 1, "duplicates": 0, "ignored": 0}


async def test_ingest_starts_without_redis_and_serves_once_it_is_there(redis_server: Servers, tmp_path: Path) -> None:
    server = redis_server()
    server.kill()
    async with ingest_process(server.url, tmp_path) as (service, _):
        await refused(service)
        server.start()
        assert (await service.deliver(a_message()))["accepted"] == 1


async def test_a_redis_that_hangs_is_503_for_all_that_wait_and_found_again_by_itself(redis_server: Servers) -> None:
    """What waits behind a call that hangs must not wait a timeout of its own: with a thousand that is for ever."""
    server = redis_server()
    bodies = [a_message(f"3A{n:04}") for n in range(1000)]
    async with ingest(server.url) as service:
        assert (await service.post(a_message("3A-before")))[0] == 200
        server.freeze()
        asking = [asyncio.create_task(service.post(body)) for body in bodies]
        statuses = [(await one)[0] for one in asyncio.as_completed(asking, timeout=15)]
        assert statuses == [503] * len(bodies)  # and it still hangs: it was never thawed
        server.thaw()
        for body in bodies:
            await service.deliver(body)
    async with aioredis.Redis.from_url(server.url) as client:
        stored = [event.message_id for event in await facts(client)]  # type: ignore[union-attr]
    assert sorted(stored) == sorted(["3A-before", *(body["data"]["key"]["id"] for body in bodies)])


async def test_a_redis_killed_again_and_again_loses_and_doubles_nothing(redis_server: Servers) -> None:
    server = redis_server(appendonly="yes", appendfsync="always")

    async def kill(taken: Callable[[], int]) -> None:
        for share in (0.1, 0.4, 0.7):
            await until(lambda share=share: taken() > share * CLIENTS * EACH, seconds=60)  # type: ignore[misc]
            server.kill()
            await asyncio.to_thread(server.start)

    async with ingest(server.url) as service:
        answers = await all_deliver(service, kill)
    assert sum(answer["accepted"] + answer["duplicates"] for answer in answers) == CLIENTS * EACH
    async with aioredis.Redis.from_url(server.url) as client:
        await once_each(client)


async def test_a_wire_that_is_cut_before_the_answer_loses_and_doubles_nothing(
    redis_url: str, client: aioredis.Redis, proxy: Proxy
) -> None:
    async def cut(taken: Callable[[], int]) -> None:
        for share in (0.1, 0.3, 0.5, 0.7):
            await until(lambda share=share: taken() > share * CLIENTS * EACH, seconds=60)  # type: ignore[misc]
            proxy.cut_after_request += 1

    async with ingest(proxy.url(redis_url)) as service:
        answers = await all_deliver(service, cut)
    assert proxy.cut_after_request == 0
    assert sum(answer["duplicates"] for answer in answers) > 0  # stored, its answer lost, and posted again
    await once_each(client)


async def test_scripts_that_are_forgotten_go_unnoticed(redis_url: str, client: aioredis.Redis) -> None:
    flushed = 0

    async def flush(taken: Callable[[], int]) -> None:
        nonlocal flushed
        while taken() < CLIENTS * EACH:
            await client.script_flush()
            flushed += 1

    async with ingest(redis_url) as service:
        before = await service.answers("unavailable")
        answers = await all_deliver(service, flush)
        assert await service.answers("unavailable") == before
    assert flushed > 1
    assert sum(answer["accepted"] for answer in answers) == CLIENTS * EACH
    await once_each(client)


# ── Redis is there, and will not ───────────────────────────────────────────────────────────────────────────────────


async def test_a_full_redis_is_503_and_nothing_is_half_written(redis_server: Servers) -> None:
    server = redis_server(maxmemory_policy="noeviction")
    async with aioredis.Redis.from_url(server.url) as client, ingest(server.url) as service:
        assert (await service.post(a_message("3A-before")))[0] == 200
        before = await everything(client)
        await client.config_set("maxmemory", 1)
        await refused(service)
        assert await everything(client) == before
        await client.config_set("maxmemory", 0)
        assert (await service.post(a_message()))[1]["accepted"] == 1


async def test_a_redis_that_fills_up_has_every_message_that_was_taken_whole(redis_server: Servers) -> None:
    server = redis_server(maxmemory_policy="noeviction")
    async with aioredis.Redis.from_url(server.url) as client, ingest(server.url) as service:
        await service.post(a_message("3A-before"))
        used = (await client.info("memory"))["used_memory"]
        await client.config_set("maxmemory", used + 2_000_000)
        answers = await asyncio.gather(*(service.post(a_message(f"3A{n:04}", "x" * 5000)) for n in range(1000)))
        taken = sum(status == 200 for status, _ in answers)
        assert {status for status, _ in answers} == {200, 503}
        await client.config_set("maxmemory", 0)
        seen = [key async for key in client.scan_iter(match=keys.seen("wa1", "*"), count=1000)]
        assert len(seen) == len(await facts(client)) == len(await work(client)) == taken + 1
        again = await asyncio.gather(*(service.post(a_message(f"3A{n:04}", "x" * 5000)) for n in range(1000)))
        assert sum(answer["duplicates"] for _, answer in again) == taken
        assert sum(answer["accepted"] for _, answer in again) == 1000 - taken


@pytest.mark.parametrize("key", [keys.events("wa1"), keys.inbound("wa1")])
async def test_a_stream_of_another_type_is_503_and_named_in_the_log(
    key: str, redis_url: str, client: aioredis.Redis, tmp_path: Path
) -> None:
    """503, not 500 or 400: an operator's slip must not cost a message, and the gateway tries this one again."""
    await client.set(key, "not ours")
    async with ingest_process(redis_url, tmp_path) as (service, process):
        await refused(service)
        assert await client.keys(OF_INSTANCE) == [key.encode()]
        await until(lambda: "webhook_refused" in process.log.read_text())
        assert f"WRONGTYPE {key}" in process.log.read_text()
        await client.delete(key)
        assert (await service.post(a_message()))[1]["accepted"] == 1


async def test_a_redis_that_only_reads_is_503(redis_server: Servers) -> None:
    """A failover leaves clients on a replica for a while."""
    primary, replica = redis_server(), redis_server()
    async with aioredis.Redis.from_url(replica.url) as client, ingest(replica.url) as service:
        assert (await service.post(a_message("3A-before")))[0] == 200
        await client.replicaof("127.0.0.1", str(primary.port))
        await until(lambda: _is_replica(client))
        await refused(service)
        await client.replicaof("NO", "ONE")
        assert (await service.post(a_message()))[1]["accepted"] == 1


async def _is_replica(client: aioredis.Redis) -> bool:
    return (await client.info("replication"))["role"] == "slave"


async def test_a_queue_at_its_bound_is_503_until_there_is_room(redis_url: str, client: aioredis.Redis) -> None:
    async with ingest(redis_url, WA_STREAM_MAXLEN="3") as service:
        for n in range(3):
            assert (await service.post(a_message(f"3A{n}")))[0] == 200
        before = await everything(client, OF_INSTANCE)
        await refused(service, a_message("3A3"))
        assert await everything(client, OF_INSTANCE) == before
        assert (await service.post(a_message("3A0")))[1]["duplicates"] == 1
        staff = a_message("3A-staff")
        staff["data"]["key"]["fromMe"] = True
        assert (await service.post(staff))[1]["accepted"] == 1  # no work for anybody, so there is room
        ((oldest, _),) = await client.xrange(keys.inbound("wa1"), count=1)
        await client.xdel(keys.inbound("wa1"), oldest)
        assert (await service.post(a_message("3A3")))[1]["accepted"] == 1
    assert [event.message_id for event in await work(client)] == ["3A1", "3A2", "3A3"]  # type: ignore[union-attr]


async def test_a_bound_is_kept_by_many_at_once(redis_url: str, client: aioredis.Redis) -> None:
    async with ingest(redis_url, WA_STREAM_MAXLEN="10") as one, ingest(redis_url, WA_STREAM_MAXLEN="10") as other:
        posts = [(one, other)[n % 2].post(a_message(f"3A{n:02}")) for n in range(40)]
        statuses = Counter(status for status, _ in await asyncio.gather(*posts))
    assert statuses == {200: 10, 503: 30}
    assert len(await facts(client)) == len(await work(client)) == 10


async def test_the_same_webhook_ten_times_at_once_on_two_replicas_is_one_message(
    redis_url: str, client: aioredis.Redis
) -> None:
    async with ingest(redis_url) as one, ingest(redis_url) as other:
        for n in range(20):
            posts = [(one, other)[m % 2].post(a_message(f"3A{n}")) for m in range(10)]
            answers = [answer for _, answer in await asyncio.gather(*posts)]
            assert Counter(answer["accepted"] for answer in answers) == {1: 1, 0: 9}
            assert sum(answer["duplicates"] for answer in answers) == 9
    assert len(await facts(client)) == len(await work(client)) == 20


async def test_a_database_that_was_emptied_takes_up_again(redis_url: str, client: aioredis.Redis) -> None:
    async with ingest(redis_url) as service:
        for _ in range(2):
            assert (await service.post(a_message()))[1]["accepted"] == 1
            assert await client.sismember(keys.INSTANCES, "wa1")
            await client.flushall()
