"""Where are an account's events to be posted?"""

from __future__ import annotations

import time
from typing import Any

from aiohttp import web

from .auth import opened
from .instance import Instance, Webhook, iso
from .keys import WORLD
from .reading import read_body
from .recorded import Json, dumps
from .refused import refused
from .validation import check, wrong_event
from .world import World

NO_LENGTH = "Cannot read properties of undefined (reading 'length')"


def routes() -> list[web.RouteDef]:
    return [
        web.post("/webhook/set/{instance}", set_webhook),
        web.get("/webhook/find/{instance}", find_webhook),
    ]


def answered(status: int, body: Any) -> web.Response:
    return web.json_response(body, status=status, dumps=dumps)


async def set_webhook(request: web.Request) -> web.Response:
    instance, world = opened(request), request.app[WORLD]
    body, _ = await read_body(request)
    check("webhook", body)
    hook = body["webhook"]
    known: list[str] = world.recorded.answer("webhook_find").body["events"]
    wrong = wrong_event(hook.get("events") or [], known)
    if wrong:
        raise wrong
    if not isinstance(hook.get("events"), list):
        raise refused(500, NO_LENGTH)
    return answered(201, point(world, instance, hook))


def point(world: World, instance: Instance, hook: Json) -> Json:
    row: Json = world.recorded.answer("webhook_set_ok").body
    row |= {"id": world.row_id(), "url": hook["url"], "headers": hook.get("headers") or {}}
    row |= {"events": hook["events"] or row["events"], "enabled": bool(hook.get("enabled", True))}
    row |= {"webhookByEvents": bool(hook.get("byEvents")), "webhookBase64": bool(hook.get("base64"))}
    row |= {"createdAt": instance.created_at, "updatedAt": iso(time.time()), "instanceId": instance.id}
    instance.webhook = Webhook(
        (str(hook["url"]).rstrip("/"),),
        row["headers"],
        row["webhookByEvents"],
        frozenset(row["events"]),
        row["enabled"],
        row,
    )
    return row


async def find_webhook(request: web.Request) -> web.Response:
    return answered(200, opened(request).webhook.row)
