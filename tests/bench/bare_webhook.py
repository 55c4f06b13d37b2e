"""The yardstick: decode a webhook, run one script that dedupes and appends, answer. None of our guarantees."""

import os

import redis.asyncio as aioredis
import uvloop
from aiohttp import web

APPEND = """
if not redis.call('SET', KEYS[1], 1, 'NX', 'PX', 86400000) then return 0 end
redis.call('XADD', KEYS[2], '*', 'e', ARGV[1])
return 1
"""


def build() -> web.Application:
    client = aioredis.Redis.from_url(os.environ["REDIS_URL"])
    append = client.register_script(APPEND)

    async def webhook(request: web.Request) -> web.Response:
        body = await request.json()
        fresh = await append([f"seen:{body['data']['key']['id']}", "events"], [await request.read()])
        return web.json_response({"accepted": fresh})

    async def readyz(_request: web.Request) -> web.Response:
        await client.ping()
        return web.json_response({})

    app = web.Application()
    app.router.add_post("/webhooks/evolution/{instance}", webhook)
    app.router.add_get("/readyz", readyz)
    return app


uvloop.install()
web.run_app(build(), host="127.0.0.1", port=int(os.environ["PORT"]), access_log=None, print=None)
