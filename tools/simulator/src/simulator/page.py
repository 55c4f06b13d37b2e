"""What does a person see in a browser?

`/` answers a browser with the chat page and everyone else as the gateway does. Live news come as server-sent events.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from importlib import resources

from aiohttp import web

from .keys import WORLD
from .recorded import dumps

TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
FILES = ("index.html", "chat.css", "api.js", "chat.js", "panel.js", "icon.svg")
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
KEEP_ALIVE = 15  # seconds


def routes() -> list[web.RouteDef]:
    return [
        web.get("/", root),
        web.get("/sim/page/{file}", asset),
        web.get("/sim/live", live),
    ]


def wants_page(request: web.Request) -> bool:
    return "text/html" in request.headers.get("Accept", "")


async def root(request: web.Request) -> web.Response:
    if wants_page(request):
        return _file("index.html")
    world = request.app[WORLD]
    body = world.recorded.answer("root_GET").body
    body |= {"version": world.settings.version, "manager": f"{world.settings.server_url}/manager"}
    return web.json_response(body, dumps=dumps)


async def asset(request: web.Request) -> web.Response:
    name = request.match_info["file"]
    if name not in FILES:
        raise web.HTTPNotFound
    return _file(name)


def _file(name: str) -> web.Response:
    text = resources.files(__package__).joinpath("page", name).read_text("utf-8")
    headers = {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-cache"}
    return web.Response(text=text, content_type=TYPES[name.rpartition(".")[2]], headers=headers)


async def live(request: web.Request) -> web.StreamResponse:
    world = request.app[WORLD]
    headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
    response = web.StreamResponse(headers=headers)
    await response.prepare(request)
    queue, closing = world.live.join(), world.closing
    try:
        with suppress(ConnectionError):
            while not closing.is_set():
                await response.write(await _next(queue))
    finally:
        world.live.leave(queue)
    return response


async def _next(queue: asyncio.Queue[dict[str, object]]) -> bytes:
    try:
        event = await asyncio.wait_for(queue.get(), KEEP_ALIVE)
    except TimeoutError:
        return b": still here\n\n"
    return f"data: {dumps(event)}\n\n".encode()
