"""The smallest gateway: answers every call 201 with a fresh message id. `python gateway.py PORT`."""

import itertools
import sys

from aiohttp import web

NUMBERS = itertools.count(1)


async def accept(request: web.BaseRequest) -> web.Response:
    await request.read()
    body = b'{"key":{"remoteJid":"5511988887777@s.whatsapp.net","fromMe":true,"id":"3EB0%d"},"status":"PENDING"}'
    return web.Response(status=201, body=body % next(NUMBERS), content_type="application/json")


async def main(port: int) -> None:
    runner = web.ServerRunner(web.Server(accept))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    import asyncio

    import uvloop

    uvloop.run(main(int(sys.argv[1])))
