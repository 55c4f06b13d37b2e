"""Is a request's body what the call takes?

Messages as recorded, or [src]: as the schemas of the gateway's source word them. Media is checked after the schema.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from .recorded import Json
from .refused import Refused, bad

# Field -> type; a trailing ! means required. Required fields are named in this order.
Schema = dict[str, str]
NUMBER = {"number!": "string"}
SCHEMAS: dict[str, Schema] = {
    "sendText": {**NUMBER, "text!": "string", "delay": "integer"},
    "sendMedia": {**NUMBER, "mediatype!": "string", "delay": "integer"},
    "sendWhatsAppAudio": {**NUMBER, "delay": "integer"},
    "sendButtons": {**NUMBER, "buttons!": "array", "delay": "integer"},
    "sendList": {**NUMBER, "title!": "string", "footerText!": "string", "buttonText!": "string", "sections!": "array"},
    "sendReaction": {"key!": "object", "reaction!": "string"},
    "sendTemplate": {**NUMBER, "name!": "string", "language!": "string"},
    "sendPresence": {**NUMBER, "presence!": "string", "delay!": "number"},
    "markMessageAsRead": {"readMessages!": "array"},
    "whatsappNumbers": {"numbers!": "array"},
    "webhook": {"webhook!": "object"},
}
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "array": (list,),
    "object": (dict,),
}
_DESCRIBED = {"number": "Invalid format", "delay": "Enter a value in milliseconds"}
MEDIA = ("image", "document", "video", "audio", "ptv")
PRESENCES = ("unavailable", "available", "composing", "recording", "paused")

_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_IP = re.compile(r"\d{1,3}(\.\d{1,3}){3}")


def check(call: str, body: Json) -> None:
    schema = SCHEMAS.get(call, {})
    wrong = _missing(schema, body) or _mistyped(schema, body) or _out_of_range(call, body)
    if wrong:
        raise bad(wrong)


def _missing(schema: Schema, body: Json, at: str = "instance") -> list[str]:
    names = [name[:-1] for name in schema if name.endswith("!")]
    return [f'{at} requires property "{name}"' for name in names if name not in body]


def _mistyped(schema: Schema, body: Json) -> list[str]:
    wrong = []
    for field, kind in schema.items():
        name = field.rstrip("!")
        value = body.get(name)
        if value is not None and not (isinstance(value, _TYPES[kind]) and not isinstance(value, bool)):
            wrong.append(_DESCRIBED.get(name, f"{name} is not of a type(s) {kind}"))
    return wrong


def _out_of_range(call: str, body: Json) -> list[str]:
    if call == "sendPresence" and body["presence"] not in PRESENCES:
        return [f"presence is not one of enum values: {','.join(PRESENCES)}"]
    if call == "sendMedia" and body["mediatype"] not in MEDIA[:-1]:
        return [f"mediatype is not one of enum values: {','.join(MEDIA[:-1])}"]
    if call == "markMessageAsRead":
        needed = {"id!": "string", "fromMe!": "string", "remoteJid!": "string"}
        items = enumerate(body["readMessages"])
        return [wrong for at, item in items for wrong in _missing(needed, item, f"readMessages[{at}]")]
    return []


def check_media(body: Json, uploaded: bool) -> None:
    media = body.get("media")
    if uploaded:
        return
    if is_base64(media) and body["mediatype"] == "document" and not body.get("fileName"):
        raise bad("For base64 the file name must be informed.")
    if not (is_url(media) or is_base64(media)):
        raise bad("Owned media must be a url or base64")


def check_audio(body: Json, uploaded: bool) -> None:
    if not uploaded and not (is_url(body.get("audio")) or is_base64(body.get("audio"))):
        raise bad("Owned media must be a url, base64, or valid file with buffer")


def is_base64(value: Any) -> bool:
    return isinstance(value, str) and bool(value) and _BASE64.fullmatch(value) is not None


def is_url(value: Any) -> bool:
    """As the gateway's checker: a host needs a dot and a top-level domain, or is an IP address."""
    if not isinstance(value, str) or not value.startswith(("http://", "https://")):
        return False
    host = urlsplit(value).hostname or ""
    return bool(_IP.fullmatch(host)) or bool(re.fullmatch(r"([\w-]+\.)+[a-zA-Z]{2,}", host))


def wrong_event(events: list[Any], known: list[str]) -> Refused | None:
    wrong = [at for at, event in enumerate(events) if event not in known]
    if not wrong:
        return None
    return bad([f"webhook.events[{at}] is not one of enum values: {','.join(known)}" for at in wrong])
