"""How does a call come in at the gateway, and what can go wrong on its way?"""

from __future__ import annotations

import time
from typing import Any

from aiohttp import web

from .auth import opened
from .call import ALL, Act, Call
from .calls import ACTS
from .keys import WORLD
from .reading import read_body
from .recorded import Json
from .refused import Refused
from .struck import answered, struck


def routes() -> list[web.RouteDef]:
    return [web.post(f"/{group}/{name}/{{instance}}", _handler(name, act)) for name, (group, act) in ACTS.items()]


def _handler(name: str, act: Act) -> Any:
    async def handle(request: web.Request) -> web.StreamResponse:
        instance = opened(request)
        started = time.time()
        body, uploaded = await read_body(request)
        call = Call(request.app[WORLD], instance, name, body, started, uploaded)
        return await _journalled(request, call, act)

    return handle


async def _journalled(request: web.Request, call: Call, act: Act) -> web.StreamResponse:
    """Every call is written down when it comes, and its answer when it is given."""
    fault = call.world.faults.strike(call.name, call.instance.name, call.number)
    entry: Json = {
        "at": call.started_at,
        "call": call.name,
        "instance": call.instance.name,
        "number": call.number,
        "text": call.body.get("text") or call.body.get("caption"),
        "status": None,
        "fault": fault.fault if fault else None,
        "stored": fault.stored if fault else True,
    }
    call.world.calls.add(entry)
    try:
        answer = await (struck(request, call, act, fault) if fault else answered(act(call, ALL)))
    except Refused as no:
        entry["status"] = no.status
        raise
    entry["status"] = answer.status if answer.status else fault and fault.fault
    return answer if answer.status else web.Response()
