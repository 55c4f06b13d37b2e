"""How does a test or the chat page make trouble?"""

from __future__ import annotations

from dataclasses import fields, replace

from aiohttp import web

from . import connection
from .delivery import Tuning
from .keys import WORLD
from .strings import instance_of, ok, told, wrong


def routes() -> list[web.RouteDef]:
    return [
        web.get("/sim/state", state),
        web.post("/sim/reset", reset),
        web.post("/sim/offline", offline),
        web.delete("/sim/offline", online),
        web.get("/sim/faults", faults),
        web.post("/sim/faults", add_fault),
        web.delete("/sim/faults", clear_faults),
        web.delete("/sim/faults/{id}", remove_fault),
        web.get("/sim/webhooks", webhooks),
        web.post("/sim/webhooks", tune_webhooks),
        web.post("/sim/{instance}/connection", connect),
    ]


async def faults(request: web.Request) -> web.Response:
    return ok({"faults": request.app[WORLD].faults.views()})


async def add_fault(request: web.Request) -> web.Response:
    try:
        fault = request.app[WORLD].faults.add(await told(request))
    except ValueError as why:
        raise wrong(str(why)) from why
    return ok({"id": fault.id}, 201)


async def remove_fault(request: web.Request) -> web.Response:
    wanted = request.match_info["id"]
    if not wanted.isdigit() or not request.app[WORLD].faults.remove(int(wanted)):
        raise wrong(f"no fault {wanted}", 404)
    return ok({})


async def clear_faults(request: web.Request) -> web.Response:
    request.app[WORLD].faults.clear()
    return ok({})


async def webhooks(request: web.Request) -> web.Response:
    return ok(request.app[WORLD].delivery.state())


async def tune_webhooks(request: web.Request) -> web.Response:
    delivery, body = request.app[WORLD].delivery, await told(request)
    names = {field.name for field in fields(Tuning)}
    if set(body) - names:
        raise wrong(f"unknown: {sorted(set(body) - names)}; there are {', '.join(sorted(names))}")
    delivery.tuning = replace(delivery.tuning, **body)
    delivery.pause(request.app[WORLD].offline)
    return ok(delivery.state())


async def connect(request: web.Request) -> web.Response:
    instance, body = instance_of(request), await told(request)
    instance.dead_socket = bool(body.get("dead_socket", False))
    wanted = body.get("state", instance.state)
    if wanted not in ("open", "close", "connecting"):
        raise wrong(f"no state {wanted!r}: use open, close or connecting")
    if wanted != instance.state:
        connection.change(request.app[WORLD], instance, wanted, body.get("reason"))
    return ok({"state": instance.state, "dead_socket": instance.dead_socket})


async def offline(request: web.Request) -> web.Response:
    seconds = (await told(request)).get("seconds")
    request.app[WORLD].go_offline(float(seconds) if seconds is not None else None)
    return ok({"offline": True})


async def online(request: web.Request) -> web.Response:
    request.app[WORLD].come_back()
    return ok({"offline": False})


async def reset(request: web.Request) -> web.Response:
    request.app[WORLD].reset()
    return ok({})


async def state(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    shown = [
        {"name": one.name, "state": one.state, "dead_socket": one.dead_socket, "number": one.number}
        for one in world.instances.values()
    ]
    return ok({"version": world.settings.version, "offline": world.offline, "instances": shown})
