"""What follows when WhatsApp takes a message?"""

from __future__ import annotations

import time
from functools import partial

from .call import Call, Effects, Reply
from .instance import Stored
from .messages import Sending
from .numbers import GROUP, LID, goes_nowhere, user_of
from .recorded import Json, dumps
from .refused import database_failed


def commit(call: Call, sending: Sending, effects: Effects) -> Reply:
    """Hand it to WhatsApp, then to the database, then tell; a NUL fails in the database."""
    world, instance = call.world, call.instance
    if effects.arrives and not goes_nowhere(sending.jid):
        arrive(call, sending)
    if "\0" in sending.text:
        raise database_failed()
    text = dumps(sending.record)
    stored = instance.store(sending.record, world.row_id()) if effects.stored else None
    if effects.echo:
        world.events.emit(instance, "send.message", text)
    if stored and world.settings.acks and not goes_nowhere(sending.jid):
        acknowledge(call, stored, effects.acks)
    return Reply(201, text)


def arrive(call: Call, sending: Sending) -> None:
    instance, key = call.instance, sending.record["key"]
    line: Json = {
        "id": key["id"],
        "chat": instance.phone_of(sending.jid) if sending.jid in instance.people else _as_written(call.number),
        "jid": sending.jid,
        "by": "gateway",
        "kind": sending.kind,
        "text": sending.text,
        "at": time.time(),
        "call": call.name,
        "call_started_at": call.started_at,
    }
    if sending.buttons:
        line["buttons"] = sending.buttons
    instance.chat_lines.append({**line, "status": "sent"})
    instance.phone.add(line)
    if call.world.live.watched:
        call.world.live.publish({"type": "message", "instance": instance.name, **line})


def _as_written(number: str) -> str:
    """A number nobody has written from yet: its digits, or a group's or LID's whole address."""
    if number.endswith((GROUP, LID)):
        return number
    return "".join(c for c in user_of(number) if c.isdigit())


def acknowledge(call: Call, stored: Stored, statuses: tuple[str, ...]) -> None:
    wait = call.world.settings.ack_delay_ms
    for step, status in enumerate(statuses, 1):
        call.world.later(wait * step, partial(_ack, call, stored, status))


def _ack(call: Call, stored: Stored, status: str) -> None:
    instance, key = call.instance, stored.record["key"]
    stored.updates.append(status)
    data = {"keyId": key["id"], "remoteJid": key["remoteJid"], "fromMe": True}
    if status != "ERROR":
        data["participant"] = None
    data |= {"status": status, "instanceId": instance.id, "messageId": stored.row_id}
    call.world.events.emit(instance, "messages.update", data)
