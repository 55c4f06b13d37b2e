"""What does the gateway answer about its instances? What a real one did, over real HTTP."""

import copy
from typing import Any

from aiohttp import web

from tests.support.gateway import Answer, captured

KEY = "evo-key"
CREATED = captured("baileys-sim/instance_create_WHATSAPP-BAILEYS_no_qrcode")
USUAL = {
    "GET /": captured("http/root_GET"),
    "GET /instance/fetchInstances": captured("http/instance_fetchInstances"),
    "GET /instance/connect/{name}": captured("baileys-sim/instance_connect_qrcode"),
    "GET /webhook/find/{name}": captured("http/webhook_find"),
    "POST /instance/create": CREATED,
    "POST /webhook/set/{name}": captured("http/webhook_set_ok"),
}


class Recorded:
    """A gateway that answers with recordings; `says` changes one of them."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Any]] = []
        self.says: dict[str, Answer] = copy.deepcopy(USUAL)

    def app(self) -> web.Application:
        app = web.Application()
        for route in USUAL:
            method, _, path = route.partition(" ")
            app.router.add_route(method, path, self._answering(route))
        return app

    def _answering(self, route: str) -> Any:
        async def answer(request: web.Request) -> web.Response:
            body = await request.json() if request.can_read_body else None
            self.calls.append((f"{request.method} {request.raw_path}", body))
            assert request.headers["apikey"] == KEY
            said = self.says[route]
            return web.json_response(said.body, status=said.status)

        return answer
