"""What does a record of the gateway's message search say was sent?"""

from dataclasses import dataclass
from typing import Any

from shared.events import media_digest, text_digest

_WRAPPERS = ("viewOnceMessage", "viewOnceMessageV2", "ephemeralMessage")
_MEDIA = {"imageMessage": "image", "videoMessage": "video", "documentMessage": "document", "audioMessage": "audio"}


@dataclass(frozen=True, slots=True)
class Found:
    """One of our own messages, as the gateway kept it."""

    message_id: str
    chats: tuple[str, ...]
    digest: str
    at: int
    """Milliseconds since 1970-01-01 UTC."""


def found_in(record: Any) -> Found | None:
    """The message in a search record, or None when it is not shaped as one."""
    try:
        key, message = record["key"], record["message"]
        chats = (key["remoteJid"], key.get("remoteJidAlt") or "")
        at = int(record["messageTimestamp"]) * 1000
        message_id, digest = str(key["id"]), _digest(message)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    named = tuple(str(chat).removesuffix("@s.whatsapp.net") for chat in chats if chat)
    return Found(message_id, named, digest, at) if digest else None


def _digest(message: dict[str, Any]) -> str:
    if isinstance(message.get("conversation"), str):
        return text_digest(message["conversation"])
    for name, mediatype in _MEDIA.items():
        if isinstance(message.get(name), dict):
            return media_digest(mediatype, str(message[name].get("caption") or ""))
    for name in _WRAPPERS:
        if isinstance(message.get(name), dict):
            return _digest(message[name]["message"])
    return _of_a_menu(message)


def _of_a_menu(message: dict[str, Any]) -> str:
    """The digest of what is no text and no file."""
    match message:
        case {"interactiveMessage": {"body": {"text": str(text)}}}:
            return media_digest("buttons", text)
        case {"listMessage": {"title": title, **rest}}:
            return media_digest("list", f"{title} {rest.get('description') or ''}")
        case {"reactionMessage": {"text": str(emoji)}}:
            return media_digest("reaction", emoji)
        case {"locationMessage": {"name": name, "address": address}}:
            return media_digest("location", f"{name}, {address}")
    return ""
