"""How does a test or the chat page play the patient, and see what arrived?"""

from __future__ import annotations

from typing import Any

from aiohttp import web

from . import patient
from .instance import Instance
from .keys import WORLD
from .numbers import to_jid
from .strings import instance_of, ok, told, wrong

WAIT_AT_MOST = 60_000  # ms


def routes() -> list[web.RouteDef]:
    return [
        web.post("/sim/{instance}/messages", write),
        web.post("/sim/{instance}/messages/{id}/edit", edit),
        web.delete("/sim/{instance}/messages/{id}", revoke),
        web.post("/sim/{instance}/presence", presence),
        web.get("/sim/{instance}/phone", phone),
        web.delete("/sim/{instance}/phone", clear_phone),
        web.get("/sim/{instance}/calls", calls),
        web.delete("/sim/{instance}/calls", clear_calls),
        web.get("/sim/{instance}/chats", chats),
    ]


async def write(request: web.Request) -> web.Response:
    instance, body, world = instance_of(request), await told(request), request.app[WORLD]
    if not body.get("from"):
        raise wrong("'from' is required: the patient's number")
    try:
        return ok(patient.write(world, instance, body), 201)
    except KeyError as kind:
        raise wrong(f"no kind {kind}: use one of {', '.join(world.recorded.kinds())}") from kind


async def edit(request: web.Request) -> web.Response:
    instance, body = instance_of(request), await told(request)
    patient.edit(request.app[WORLD], instance, _known(request, instance), str(body.get("text", "")))
    return ok({"id": request.match_info["id"]})


async def revoke(request: web.Request) -> web.Response:
    instance = instance_of(request)
    patient.revoke(request.app[WORLD], instance, _known(request, instance))
    return ok({"id": request.match_info["id"]})


def _known(request: web.Request, instance: Instance) -> str:
    message_id = request.match_info["id"]
    if message_id not in instance.messages:
        raise wrong(f"no message {message_id!r}", 404)
    return message_id


async def presence(request: web.Request) -> web.Response:
    instance, body = instance_of(request), await told(request)
    patient.types(request.app[WORLD], instance, str(body.get("from", "")), str(body.get("presence", "composing")))
    return ok({})


async def phone(request: web.Request) -> web.Response:
    instance, chat = instance_of(request), request.query.get("chat")
    jid = to_jid(chat) if chat else None

    def wanted(entry: dict[str, Any]) -> bool:
        return jid is None or entry["jid"] == jid or to_jid(entry["chat"]) == jid

    wait = min(float(request.query.get("wait_ms", 0)), WAIT_AT_MOST) / 1000
    found = await instance.phone.wait_since(int(request.query.get("since", 0)), wanted, wait)
    return ok({"messages": found, "seq": instance.phone.seq})


async def clear_phone(request: web.Request) -> web.Response:
    instance_of(request).phone.clear()
    return ok({})


async def calls(request: web.Request) -> web.Response:
    world, name, query = request.app[WORLD], request.match_info["instance"], request.query
    jid = to_jid(query["number"]) if "number" in query else None

    def wanted(entry: dict[str, Any]) -> bool:
        fits = entry["instance"] == name and entry["call"] == query.get("call", entry["call"])
        return fits and (jid is None or to_jid(entry["number"]) == jid)

    wait = min(float(query.get("wait_ms", 0)), WAIT_AT_MOST) / 1000
    found = await world.calls.wait_since(int(query.get("since", 0)), wanted, wait)
    return ok({"calls": found, "seq": world.calls.seq})


async def clear_calls(request: web.Request) -> web.Response:
    request.app[WORLD].calls.clear()
    return ok({})


async def chats(request: web.Request) -> web.Response:
    return ok({"messages": list(instance_of(request).chat_lines)})
