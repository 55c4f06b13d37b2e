"""How is the simulator put together?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from . import accounts, control, gateway, hooks, page, trouble
from .breaking import abort
from .keys import WORLD
from .recorded import dumps
from .refused import Refused, refused
from .settings import Settings
from .world import World

LARGEST_BODY = 64 * 2**20
OWN = ("/sim/", "/livez")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def build(settings: Settings) -> web.Application:
    app = web.Application(middlewares=[edge], client_max_size=LARGEST_BODY)
    app[WORLD] = World(settings)
    app.router.add_get("/livez", livez)
    for part in (page, trouble, control, accounts, hooks, gateway):
        app.router.add_routes(part.routes())
    app.on_shutdown.append(_let_go)
    app.on_cleanup.append(_close)
    return app


@web.middleware
async def edge(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Offline drops every call but ours; a refusal becomes its recorded JSON; an unknown route answers as Express."""
    if request.app[WORLD].offline and not _ours(request):
        abort(request)
        return web.Response()
    try:
        return await handler(request)
    except Refused as no:
        return web.json_response(no.body, status=no.status, dumps=dumps)
    except (web.HTTPNotFound, web.HTTPMethodNotAllowed):
        if request.path.startswith(OWN):
            raise
        answer = refused(404, [f"Cannot {request.method} {request.path}"])
        return web.json_response(answer.body, status=404, dumps=dumps)


def _ours(request: web.Request) -> bool:
    return request.path.startswith(OWN) or (request.path == "/" and page.wants_page(request))


async def livez(request: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})


async def _let_go(app: web.Application) -> None:
    app[WORLD].closing.set()


async def _close(app: web.Application) -> None:
    await app[WORLD].close()
