"""Do the tests' own means do what they say?"""

import aiohttp
import pytest
import redis.asyncio as aioredis
from redis.exceptions import ConnectionError as RedisConnectionError

from tests.support.gateway import RESET, Gateway, captured
from tests.support.proxy import Proxy


@pytest.mark.every_server
async def test_every_test_starts_with_an_empty_redis(client: aioredis.Redis, redis_url: str, redis_kind: str) -> None:
    assert await client.dbsize() == 0
    await client.set("left", "behind")
    assert redis_kind in ("valkey", "debian", "url")


async def test_a_cut_wire_is_an_error(client: aioredis.Redis, proxy: Proxy, redis_url: str) -> None:
    from shared.streams.connection import connect

    async with connect(proxy.url(redis_url)) as wired:
        assert await wired.ping()
        assert proxy.cut() == 1
        with pytest.raises((RedisConnectionError, OSError)):
            await wired.ping()
        assert await wired.ping()


async def test_the_gateway_answers_as_recorded(gateway: Gateway) -> None:
    gateway.script(captured("baileys-sim/sendText_rate_overlimit_400"), RESET)
    async with aiohttp.ClientSession(headers={"apikey": "k"}) as session:
        async with session.post(f"{gateway.url}/message/sendText/wa1", json={"number": "1", "text": "a"}) as answer:
            assert (answer.status, (await answer.json())["response"]["message"]) == (400, ["Error: rate-overlimit"])
        with pytest.raises(aiohttp.ClientError):
            await session.post(f"{gateway.url}/message/sendText/wa1", json={"number": "1", "text": "b"})
        async with session.post(f"{gateway.url}/message/sendText/wa1", json={"number": "1", "text": "c"}) as answer:
            assert answer.status == 201
    assert [call.text for call in gateway.calls] == ["a", "b", "c"]
    assert gateway.phone == [("1", "c")]
