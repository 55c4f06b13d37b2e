"""The yardstick: read a group, POST, acknowledge; none of our guarantees. `python bare.py REDIS_URL GATEWAY COUNT`."""

import asyncio
import sys
import time
from typing import Any

import aiohttp
import redis.asyncio as aioredis
import uvloop

IN_FLIGHT = 50


async def main(url: str, gateway: str, count: int) -> None:
    client = aioredis.Redis.from_url(url)
    url_of_call = f"{gateway}/message/sendText/bare"
    slots = asyncio.Semaphore(IN_FLIGHT)
    done = 0

    async with aiohttp.ClientSession() as session:

        async def one(id_: bytes) -> None:
            nonlocal done
            async with slots:
                async with session.post(url_of_call, json={"number": "1", "text": "x"}) as answer:
                    await answer.read()
                await client.xack("bare", "g", id_)
            done += 1

        started = time.monotonic()
        tasks: list[asyncio.Task[None]] = []
        while len(tasks) < count:
            reply: Any = await client.xreadgroup("g", "c", {"bare": ">"}, count=IN_FLIGHT)
            for id_, _fields in reply[0][1] if reply else ():
                tasks.append(asyncio.create_task(one(id_)))
            while len(tasks) - done > 2 * IN_FLIGHT:
                await asyncio.sleep(0.001)
        await asyncio.gather(*tasks)
        print(count / (time.monotonic() - started))


uvloop.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
