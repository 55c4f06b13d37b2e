"""What do the calls about chats do: typing, reading, asking who is on WhatsApp?"""

from __future__ import annotations

from . import patient, validation
from .call import Call, Effects, Reply, reply
from .instance import Instance
from .numbers import GROUP, LID, exists, to_jid
from .reach import typing
from .recorded import Json
from .refused import Refused, bad


async def send_presence(call: Call, effects: Effects) -> Reply:
    validation.check("sendPresence", call.body)
    recorded = call.world.recorded
    if not call.instance.ever_connected:
        raise Refused.of(recorded.answer("sendPresence_instance_never_connected"))
    if not call.instance.usable:
        raise Refused.of(recorded.answer("sendPresence_connection_closed_400"))
    jid = to_jid(call.number)
    if not exists(jid):
        raise bad("[object Object]")  # [src]: the refusal is made a string once more
    await typing(call, jid, call.body["presence"], call.body["delay"])
    return reply(201, {"presence": call.body["presence"]})


async def mark_read(call: Call, effects: Effects) -> Reply:
    validation.check("markMessageAsRead", call.body)
    if not call.instance.usable:
        raise bad("Error: Connection Closed")
    for key in call.body["readMessages"]:
        if not str(key["remoteJid"]).endswith(LID):  # skipped silently [src]
            patient.mark(call.world, call.instance, key["id"], "read")
    return reply(201, {"message": "Read messages", "read": "success"})


async def whatsapp_numbers(call: Call, effects: Effects) -> Reply:
    validation.check("whatsappNumbers", call.body)
    instance = call.instance
    if not instance.ever_connected:
        raise Refused.of(call.world.recorded.answer("whatsappNumbers_instance_never_connected"))
    known = [(to_jid(str(number)), str(number)) for number in call.body["numbers"]]
    known.sort(key=lambda pair: (not pair[0].endswith(GROUP), pair[0] not in instance.checked, not exists(pair[0])))
    return reply(200, [_found(instance, jid, number) for jid, number in known])


def _found(instance: Instance, jid: str, number: str) -> Json:
    found: Json = {"jid": jid, "exists": exists(jid), "number": number}
    name = "Sim group" if jid.endswith(GROUP) else instance.contacts.get(jid)
    if found["exists"]:
        instance.checked.add(jid)
        if name:
            found["name"] = name
    return found
