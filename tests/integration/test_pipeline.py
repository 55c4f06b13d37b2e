"""Do calls that share a round trip stay each its own?"""

import asyncio

import pytest
import redis.asyncio as aioredis
from redis.exceptions import RedisError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from shared.streams import connection
from shared.streams.connection import MOST_IN_ONE_TRIP, Pipelined, connect
from shared.streams.scripts import NAMES, Scripts, source
from tests.support.proxy import Proxy
from tests.support.waiting import until

pytestmark = pytest.mark.every_server


async def test_calls_keep_their_order_and_each_gets_its_own_reply(redis_url: str) -> None:
    async with connect(redis_url) as client:
        line = Pipelined(client)
        calls = [line.call("APPEND", "k", f"{n:04}") for n in range(3 * MOST_IN_ONE_TRIP)]
        assert await asyncio.gather(*calls) == [4 * (n + 1) for n in range(len(calls))]
        assert await line.call("GET", "k") == "".join(f"{n:04}" for n in range(len(calls))).encode()


async def test_an_error_reaches_its_own_caller_only(redis_url: str) -> None:
    async with connect(redis_url) as client:
        line = Pipelined(client)
        fine, wrong, also_fine = line.call("SET", "s", 1), line.call("XLEN", "s"), line.call("GET", "s")
        assert await fine
        with pytest.raises(ResponseError, match="WRONGTYPE"):
            await wrong
        assert await also_fine == b"1"


@pytest.mark.parametrize("nonsense", ["half a character: \ud800", None, object()])
async def test_what_cannot_be_sent_is_its_callers_error_and_nobody_elses(redis_url: str, nonsense: object) -> None:
    async with connect(redis_url) as client:
        line = Pipelined(client)
        before = line.call("SET", "a", 1)
        with pytest.raises((ValueError, TypeError)):
            await line.call("SET", "b", nonsense)
        after = line.call("SET", "c", 1)
        assert await asyncio.wait_for(asyncio.gather(before, after), 5) == [True, True]


async def test_a_caller_that_gives_up_takes_nobody_with_it(redis_url: str) -> None:
    async with connect(redis_url) as client:
        line = Pipelined(client)
        calls = [line.call("INCR", "n") for _ in range(10)]
        for call in calls[::2]:
            call.cancel()
        assert await asyncio.gather(*calls[1::2]) == [2, 4, 6, 8, 10]


async def test_a_flusher_that_dies_leaves_nobody_waiting(redis_url: str) -> None:
    async with connect(redis_url) as client:
        line = Pipelined(client)
        line.call("PING")
        assert line._flusher is not None
        line._flusher.cancel()
        with pytest.raises(RedisError):
            await asyncio.wait_for(line.call("PING"), 2)
        assert await asyncio.wait_for(line.call("PING"), 2)


async def test_a_cut_wire_is_an_error_to_those_under_way_and_to_nobody_after(proxy: Proxy, redis_url: str) -> None:
    async with connect(proxy.url(redis_url)) as client:
        line = Pipelined(client)
        await line.call("PING")
        proxy.cut_after_request = 1
        lost = [line.call("INCR", "n") for _ in range(3)]
        outcomes = await asyncio.gather(*lost, return_exceptions=True)
        assert all(isinstance(outcome, RedisError) for outcome in outcomes)
        assert await line.call("GET", "n") == b"3"  # they were done all the same, once


async def test_a_deaf_wire_is_an_error_within_the_timeout_for_all_who_wait(proxy: Proxy, redis_url: str) -> None:
    async with connect(proxy.url(redis_url)) as client:
        line = Pipelined(client)
        await line.call("PING")
        proxy.deafen()
        first = line.call("PING")
        await until(lambda: not line._waiting)
        rest = [line.call("PING") for _ in range(4 * MOST_IN_ONE_TRIP)]
        outcomes = await asyncio.wait_for(asyncio.gather(first, *rest, return_exceptions=True), 6)
        assert all(isinstance(outcome, RedisError) for outcome in outcomes)
        proxy.restore()
        assert await until(lambda: _works(line))


async def _works(line: Pipelined) -> bool:
    try:
        return bool(await line.call("PING"))
    except RedisError:
        return False


async def test_a_late_reply_is_never_taken_for_another_calls(proxy: Proxy, redis_url: str) -> None:
    async with connect(proxy.url(redis_url)) as client:
        line = Pipelined(client)
        await line.call("SET", "a", "old")
        proxy.delay_s = 2.5
        with pytest.raises(RedisError):
            await line.call("GET", "a")
        proxy.delay_s = 0
        assert await line.call("SET", "b", "new")
        assert await line.call("GET", "b") == b"new"


async def test_scripts_are_taught_again_to_a_server_that_forgot_them(client: aioredis.Redis, redis_url: str) -> None:
    async with connect(redis_url) as own:
        scripts = Scripts(own)
        assert await scripts.run("release", ["{i}lease", "{i}fence"], [1]) == 0
        await client.script_flush()
        assert await asyncio.gather(*(scripts.run("release", ["{i}lease", "{i}fence"], [1]) for _ in range(5)))


@pytest.mark.parametrize("name", NAMES)
def test_a_script_says_its_keys_arguments_and_reply(name: str) -> None:
    header = "".join(line for line in source(name).splitlines(keepends=True) if line.startswith("--"))
    assert all(word in header for word in ("KEYS", "ARGV", "reply"))


async def test_more_calls_than_connections_wait_for_each_other(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "MOST_CONNECTIONS", 5)
    async with connect(redis_url) as client:
        assert await asyncio.gather(*(client.incr("n") for _ in range(500))) is not None
        assert await client.get("n") == b"500"


async def test_a_call_ends_though_the_broken_connections_cannot_be_closed(
    proxy: Proxy, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Closing over TLS waits for the other side, which may be gone: redis-py raises then."""
    async with connect(proxy.url(redis_url)) as client:

        async def cannot(*_args: object, **_named: object) -> None:
            raise RedisTimeoutError("Timed out closing connection after 1.0")

        monkeypatch.setattr(client.connection_pool, "disconnect", cannot)
        line = Pipelined(client)
        await line.call("PING")
        proxy.refuse()
        with pytest.raises(RedisError):
            await asyncio.wait_for(line.call("PING"), 5)
        monkeypatch.undo()
