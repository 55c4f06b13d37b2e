"""What does the gateway make of a message it is told to send?

`Sending` is what goes to the phone; its record is the 201's body and the data of `send.message`. The shapes come from
the recordings; those of documents, videos and lists from their inbound recordings or from the source [src].
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from .instance import Instance
from .numbers import GROUP
from .recorded import Json, dumps
from .world import World

EPHEMERAL_BEFORE = 172_800  # ephemeralSettingTimestamp as recorded: two days earlier


@dataclass(slots=True)
class Sending:
    jid: str
    kind: str
    text: str
    record: Json
    buttons: list[Json] | None = None


def context(jid: str) -> Json | None:
    if jid.endswith(GROUP):
        return None
    stamp = {"low": int(time.time()) - EPHEMERAL_BEFORE, "high": 0, "unsigned": False}
    return {
        "mentionedJid": [],
        "groupMentions": [],
        "ephemeralSettingTimestamp": stamp,
        "disappearingMode": {"initiator": 0},
    }


def record(world: World, instance: Instance, jid: str, message: Json, kind: str, about: Json | None) -> Json:
    made: Json = {
        "key": {"remoteJid": jid, "fromMe": True, "id": world.message_id("3EB0")},
        "pushName": "Você",
        "status": "PENDING",
        "message": message,
    }
    if about is not None:
        made["contextInfo"] = about
    made["messageType"] = kind
    made["messageTimestamp"] = int(time.time())
    made["instanceId"] = instance.id
    made["source"] = "web"
    return made


def text(world: World, instance: Instance, jid: str, body: Json) -> Sending:
    about = context(jid)
    quoted = body.get("quoted")
    if quoted and about is not None:
        original = instance.messages.get(quoted.get("key", {}).get("id", ""))
        shown = original.record["message"] if original else quoted.get("message")
        about |= {"participant": "", "stanzaId": quoted["key"]["id"], "quotedMessage": shown}
    made = record(world, instance, jid, {"conversation": body["text"]}, "conversation", about)
    return Sending(jid, "text", body["text"], made)


def media(world: World, instance: Instance, jid: str, body: Json) -> Sending:
    kind = f"{body['mediatype']}Message"
    part = _media_part(world, kind)
    for field in ("mimetype", "caption", "fileName"):
        if body.get(field) is not None and (field != "fileName" or kind == "documentMessage"):
            part[field] = body[field]
    about = context(jid)
    part["contextInfo"] = about
    made = record(world, instance, jid, {kind: part}, kind, about)
    return Sending(jid, body["mediatype"], body.get("caption") or body.get("fileName") or "", made)


def _media_part(world: World, kind: str) -> Json:
    """A recorded example of this sort of attachment; captions and names are the sender's."""
    recorded = {
        "imageMessage": "SEND_MESSAGE__image",
        "videoMessage": "MESSAGES_UPSERT__video_with_caption",
        "documentMessage": "MESSAGES_UPSERT__documentWithCaption",
    }
    if kind in recorded:
        part: Json = world.recorded.data(recorded[kind])["message"][kind]
    else:
        part = world.recorded.answer("sendWhatsAppAudio_base64_encoding_false").body["message"][kind]
        part["ptt"] = False
    part.pop("caption", None)
    return part


def audio(world: World, instance: Instance, jid: str, heard: bool) -> Sending:
    name = "sendWhatsAppAudio_base64_encoding_false" if heard else "sendWhatsAppAudio_not_audio_201_empty_audio"
    part = world.recorded.answer(name).body["message"]["audioMessage"]
    about = context(jid)
    part["contextInfo"] = about
    return Sending(jid, "audio", "", record(world, instance, jid, {"audioMessage": part}, "audioMessage", about))


def buttons(world: World, instance: Instance, jid: str, body: Json) -> Sending:
    message = world.recorded.answer("sendButtons_201").body["message"]
    if "viewOnceMessage" not in message:
        raise KeyError("the recording of sendButtons has changed")
    inner = message["viewOnceMessage"]["message"]["interactiveMessage"]
    shown = f"*{body.get('title', '')}*\n\n{body.get('description', '')}\n"
    inner["body"]["text"], inner["footer"]["text"] = shown, body.get("footer", "")
    flow = inner["nativeFlowMessage"]
    flow["buttons"] = [_button(button) for button in body["buttons"]]
    flow["messageParamsJson"] = f'{{"from":"api","templateId":"{world.uuid()}"}}'
    made = record(world, instance, jid, message, "viewOnceMessage", None)
    made["key"] = {"id": made["key"]["id"], "remoteJid": jid, "participant": jid, "fromMe": True}
    made["source"] = "unknown"
    choices = [{"id": button.get("id"), "text": button.get("displayText")} for button in body["buttons"]]
    return Sending(jid, "buttons", shown.strip(), made, choices)


def _button(button: Json) -> Json:
    params = {"display_text": button.get("displayText"), "id": button.get("id")}
    return {"name": "quick_reply", "buttonParamsJson": dumps(params)}


def listing(world: World, instance: Instance, jid: str, body: Json) -> Sending:
    """[src]: refused by the one channel that was recorded."""
    fields = ("title", "description", "buttonText", "footerText", "sections")
    part = {field: body[field] for field in fields if field in body} | {"listType": 2}
    made = record(world, instance, jid, {"listMessage": part}, "listMessage", context(jid))
    rows = [row.get("title", "") for section in body["sections"] for row in section.get("rows", [])]
    shown = [body["title"], body.get("description", ""), *(f"• {row}" for row in rows)]
    return Sending(jid, "list", "\n".join(filter(None, shown)), made)


def reaction(world: World, instance: Instance, jid: str, body: Json) -> Sending:
    part = {"text": body["reaction"], "key": body["key"], "senderTimestampMs": int(time.time() * 1000)}
    made = record(world, instance, jid, {"reactionMessage": part}, "reactionMessage", None)
    return Sending(jid, "reaction", body["reaction"], made)
