"""What happens at the gateway when somebody uses a phone: writes, edits, takes back, types?"""

from __future__ import annotations

import time
from dataclasses import dataclass

from .instance import Instance
from .numbers import is_person
from .recorded import CLINIC, LID, LID_ALONE, PATIENT, Json, dumps
from .wording import put_text, select, text_of
from .world import World

STAFF = "fromMe_sent_on_phone"
DEFAULT_NAME = "Maria Silva"


@dataclass(slots=True)
class Written:
    number: str
    text: str | None
    name: str
    id: str
    kind: str
    at: float
    selected: str | None


def write(world: World, instance: Instance, told: Json) -> Json:
    """A patient writes (or the staff, on the clinic's own phone). KeyError: no recording of that kind."""
    recording = world.recorded.upsert_name(told.get("kind") or "text")
    if recording is None:
        raise KeyError(told.get("kind"))
    number = str(told["from"])
    message_id = told.get("id") or world.message_id("3A")
    jid, lid = instance.meet(number, told.get("name"))
    name = told.get("name") or instance.contacts.get(jid) or DEFAULT_NAME
    kind, selected = told.get("kind") or "text", told.get("selected")
    written = Written(number, told.get("text"), name, message_id, kind, time.time(), selected)
    known = message_id in instance.messages
    if known and world.settings.version == "2.3.6":
        return {"id": message_id, "at": written.at, "suppressed": True}  # 2.3.7 passes it on again
    record = _record(world, instance, recording, written, jid, lid)
    _tell(world, instance, written, record)
    return {"id": message_id, "at": written.at}


def _record(world: World, instance: Instance, recording: str, told: Written, jid: str, lid: str) -> Json:
    swaps = {
        PATIENT + "@s.whatsapp.net": jid,
        f"{LID}@lid": lid,
        f"{LID_ALONE}@lid": lid,
        CLINIC: instance.number,
    }
    record: Json = world.recorded.data(recording, swaps)
    record["key"]["id"] = told.id
    if not record["key"]["fromMe"]:
        record["pushName"] = told.name
    record["messageTimestamp"] = int(told.at)
    record["instanceId"] = instance.id
    if told.text is not None:
        put_text(record["message"], told.text)
    if told.selected is not None:
        select(record["message"], told.selected)
    return record


def _tell(world: World, instance: Instance, told: Written, record: Json) -> None:
    instance.store(record, world.row_id())
    key, staff = record["key"], record["key"]["fromMe"]
    line = {
        "id": told.id,
        "chat": instance.people[instance.meet(told.number)[0]],
        "name": told.name,
        "by": "staff" if staff else "patient",
        "kind": told.kind,
        "text": text_of(record["message"]),
        "at": told.at,
        "status": "sent",
    }
    instance.chat_lines.append(line)
    if staff:
        instance.phone.add({**line, "jid": key["remoteJid"], "call": None, "call_started_at": None})
    world.live.publish({"type": "message", "instance": instance.name, **line})
    world.events.emit(instance, "messages.upsert", dumps(record), lambda: mark(world, instance, told.id, "delivered"))
    if not staff:
        _contact(world, instance, key["remoteJid"], told.name)


def _contact(world: World, instance: Instance, jid: str, name: str) -> None:
    if jid.endswith("@g.us") or "@broadcast" in jid:
        return
    known = jid in instance.announced
    instance.announced.add(jid)
    data = {"remoteJid": jid, "pushName": name, "instanceId": instance.id}
    world.events.emit(instance, "contacts.update" if known else "contacts.upsert", data)


def mark(world: World, instance: Instance, message_id: str, status: str) -> None:
    """A tick changes on a bubble."""
    for line in reversed(instance.chat_lines):
        if line["id"] == message_id:
            if line["status"] != "read":
                line["status"] = status
                told = {"type": "status", "instance": instance.name, "id": message_id, "status": status}
                world.live.publish(told)
            return


def edit(world: World, instance: Instance, message_id: str, text: str) -> None:
    key = _key(instance, message_id)
    data = {
        "key": key,
        "type": "MESSAGE_EDIT",
        "editedMessage": {"conversation": text},
        "timestampMs": str(int(time.time() * 1000)),
    }
    _rewrite(world, instance, message_id, "edited", text)
    world.events.emit(instance, "messages.edited", data)


def revoke(world: World, instance: Instance, message_id: str) -> None:
    key = _key(instance, message_id)
    data = {**key, "status": "DELETED"} if world.settings.version == "2.3.7" else key
    _rewrite(world, instance, message_id, "revoked", "")
    world.events.emit(instance, "messages.edited", {"key": key, "type": "REVOKE"})
    world.events.emit(instance, "messages.delete", data)


def _key(instance: Instance, message_id: str) -> Json:
    key = instance.messages[message_id].record["key"]
    return {"remoteJid": key["remoteJid"], "fromMe": key["fromMe"], "id": message_id}


def _rewrite(world: World, instance: Instance, message_id: str, what: str, text: str) -> None:
    for line in reversed(instance.chat_lines):
        if line["id"] == message_id:
            line["text"], line[what] = text, True
            break
    world.live.publish({"type": what, "instance": instance.name, "id": message_id, "text": text})


def types(world: World, instance: Instance, number: str, presence: str) -> None:
    jid, _ = instance.meet(number)
    if is_person(jid):
        world.events.emit(instance, "presence.update", {"id": jid, "presences": {jid: {"lastKnownPresence": presence}}})
