"""How does the control API read and answer?"""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from .instance import Instance
from .keys import WORLD
from .recorded import Json, dumps


def ok(body: Any, status: int = 200) -> web.Response:
    return web.json_response(body, status=status, dumps=dumps)


def wrong(why: str, status: int = 400) -> web.HTTPException:
    kind = {400: web.HTTPBadRequest, 404: web.HTTPNotFound}[status]
    return kind(text=dumps({"error": why}), content_type="application/json")


def instance_of(request: web.Request) -> Instance:
    name = request.match_info["instance"]
    found = request.app[WORLD].instances.get(name)
    if found is None:
        raise wrong(f"no instance {name!r}", 404)
    return found


async def told(request: web.Request) -> Json:
    raw = await request.read()
    try:
        body = json.loads(raw) if raw else {}
    except ValueError as broken:
        raise wrong(f"not JSON: {broken}") from broken
    if not isinstance(body, dict):
        raise wrong("send a JSON object")
    return body
