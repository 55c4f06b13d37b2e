"""What happens when WhatsApp connects, drops, or throws the account out?"""

from __future__ import annotations

import json
import time

from .instance import Instance, iso
from .world import World

LOGGED_OUT = 401
CONFLICT = "Stream Errored (conflict)"


def change(world: World, instance: Instance, state: str, reason: int | None = None) -> None:
    """`close` only comes when the account is thrown out; a passing drop is connecting, then open."""
    if state == "close":
        log_out(world, instance, CONFLICT, reason or LOGGED_OUT)
        return
    instance.state = state
    told = {"instance": instance.name}
    if state == "open":
        instance.ever_connected = True
        told |= {"wuid": instance.own_jid, "profileName": "Sim Bot"}
    world.events.emit(instance, "connection.update", {**told, "state": state, "statusReason": reason or 200})
    _publish(world, instance)


def log_out(world: World, instance: Instance, why: str, reason: int = LOGGED_OUT) -> None:
    instance.state = "close"
    now = iso(time.time())
    status = world.recorded.data("STATUS_INSTANCE__logged_out_401")
    error = json.loads(status["disconnectionObject"])
    error["error"]["output"]["statusCode"] = error["error"]["output"]["payload"]["statusCode"] = reason
    error["error"]["output"]["payload"]["message"], error["date"] = why, now
    status |= {"instance": instance.name, "disconnectionAt": now, "disconnectionReasonCode": reason}
    status["disconnectionObject"] = json.dumps(error, separators=(",", ":"))
    closed = {"instance": instance.name, "state": "close", "statusReason": reason}
    world.events.emit(instance, "status.instance", status)
    world.events.emit(instance, "connection.update", closed)
    world.events.emit(instance, "logout.instance", None)
    _publish(world, instance)


def _publish(world: World, instance: Instance) -> None:
    told = {"type": "connection", "instance": instance.name, "state": instance.state}
    world.live.publish({**told, "dead_socket": instance.dead_socket})
