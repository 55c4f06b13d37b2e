"""How are accounts made, connected, told where to post, and taken away?"""

from __future__ import annotations

from aiohttp import web

from .auth import global_key, opened
from .connection import change, log_out
from .hooks import NO_LENGTH, answered, point
from .instance import Instance
from .keys import WORLD
from .reading import read_body
from .recorded import Json
from .refused import bad, refused, unauthorized
from .world import World

INTEGRATIONS = ("WHATSAPP-BAILEYS", "WHATSAPP-BUSINESS", "EVOLUTION")


def routes() -> list[web.RouteDef]:
    return [
        web.get("/instance/connectionState/{instance}", connection_state),
        web.get("/instance/fetchInstances", fetch),
        web.get("/instance/connect/{instance}", connect),
        web.post("/instance/create", create),
        web.delete("/instance/logout/{instance}", logout),
        web.delete("/instance/delete/{instance}", delete),
    ]


def _state(instance: Instance) -> Json:
    return {"instance": {"instanceName": instance.name, "state": instance.state}}


async def connection_state(request: web.Request) -> web.Response:
    return answered(200, _state(opened(request)))


async def connect(request: web.Request) -> web.Response:
    instance, world = opened(request), request.app[WORLD]
    if instance.state == "open":
        return answered(200, _state(instance))
    change(world, instance, "connecting")
    return answered(200, world.recorded.answer("instance_connect_qrcode").body)


async def fetch(request: web.Request) -> web.Response:
    """All with the global key, one's own with its token."""
    world, key = request.app[WORLD], request.headers.get("apikey")
    mine = [one for one in world.instances.values() if key in (world.settings.api_key, one.token)]
    if not mine and key != world.settings.api_key:
        raise unauthorized()
    name = request.query.get("instanceName")
    if name is not None:
        mine = [one for one in mine if one.name == name]
        if not mine:
            raise refused(404, [f'Instance "{name}" not found'])
    return answered(200, [_row(world, one) for one in mine])


def _row(world: World, instance: Instance) -> Json:
    row: Json = world.recorded.answer("instance_fetchInstances").body[0]
    times = {"createdAt": instance.created_at, "updatedAt": instance.created_at}
    row["Setting"] |= {"instanceId": instance.id, **times}
    counts = {"Message": len(instance.messages), "Contact": len(instance.contacts), "Chat": len(instance.people)}
    return (
        row
        | times
        | {
            "id": instance.id,
            "name": instance.name,
            "connectionStatus": instance.state,
            "ownerJid": instance.own_jid if instance.ever_connected else None,
            "integration": instance.integration,
            "number": instance.number,
            "token": instance.token,
            "_count": counts,
        }
    )


async def create(request: web.Request) -> web.Response:
    global_key(request)
    world = request.app[WORLD]
    body, _ = await read_body(request)
    name, hook = str(body.get("instanceName", "")), body.get("webhook")
    if name in world.instances:
        raise refused(403, [f'This name "{name}" is already in use.'])
    if body.get("integration") not in INTEGRATIONS:
        raise bad("Invalid integration")
    if hook and not isinstance(hook.get("events"), list):
        raise bad(NO_LENGTH)
    instance = _new(world, name, body)
    world.events.emit(instance, "instance.create", {"instanceName": name, "instanceId": instance.id})
    return answered(201, _created(world, instance, bool(body.get("qrcode"))))


def _new(world: World, name: str, body: Json) -> Instance:
    instance = world.new_instance(name, body.get("token"), integration=body["integration"])
    instance.number = body.get("number") or instance.number
    if body.get("webhook"):
        point(world, instance, body["webhook"])
    if body["integration"] == "EVOLUTION":
        instance.state, instance.ever_connected = "open", True
    return instance


def _created(world: World, instance: Instance, qrcode: bool) -> Json:
    body: Json = world.recorded.answer("instance_create_WHATSAPP-BAILEYS_no_qrcode").body
    hook = instance.webhook
    body["instance"] |= {"instanceName": instance.name, "instanceId": instance.id}
    body["instance"] |= {"integration": instance.integration, "status": instance.state}
    body["hash"] = instance.token
    body["webhook"] = {}
    if hook.row:
        headers = {"webhookHeaders": hook.row["headers"]} if hook.row["headers"] else {}
        told = {"webhookByEvents": hook.by_events, "webhookBase64": hook.row["webhookBase64"]}
        body["webhook"] = {"webhookUrl": hook.row["url"], **headers, **told}
    return body | ({"qrcode": {"count": 0}} if qrcode else {})


async def logout(request: web.Request) -> web.Response:
    instance, world = opened(request), request.app[WORLD]
    log_out(world, instance, f"Log out instance: {instance.name}")
    return answered(200, world.recorded.answer("offline_instance_logout").body)


async def delete(request: web.Request) -> web.Response:
    instance, world = opened(request), request.app[WORLD]
    world.events.emit(instance, "instance.delete", {"instanceName": instance.name, "instanceId": instance.id})
    log_out(world, instance, f"Log out instance: {instance.name}")
    del world.instances[instance.name]
    return answered(200, world.recorded.answer("offline_instance_delete").body)
