"""What became of a message? Edits, revokes and receipts are facts about the original."""

import hashlib

import msgspec

from ingest.webhook import clean, content, wire
from ingest.webhook.chat import Chat
from ingest.webhook.content import Said
from ingest.webhook.errors import decoded
from ingest.webhook.hook import Hook, message_id
from ingest.webhook.names import Reason
from ingest.webhook.record import Record
from shared.events import MessageEdited, MessageRevoked, ReceiptRecorded
from shared.events.messages import ReceiptStatus

_STATUS: dict[str, ReceiptStatus] = {
    "ERROR": "error",
    "PENDING": "pending",
    "SERVER_ACK": "server_ack",
    "DELIVERY_ACK": "delivery_ack",
    "READ": "read",
    "PLAYED": "played",
    "DELETED": "deleted",
}
_edit = msgspec.json.Decoder(wire.Edit)
_deletion = msgspec.json.Decoder(wire.Deletion)
_update = msgspec.json.Decoder(wire.Update)


def edited(hook: Hook, raw: msgspec.Raw, place: str) -> Record | Reason:
    """`messages.edited`: new words, or a revoke."""
    told = decoded(_edit, raw, place)
    at_ms = clean.number(told.timestamp_ms)
    if told.type == "REVOKE":
        return _revoked(hook, told.key, f"{place}.key.id", at_ms)
    if told.type != "MESSAGE_EDIT":
        return "protocol"
    about = _about(hook, told.key, f"{place}.key.id")
    if isinstance(about, str):
        return about
    chat, id_ = about
    text = _words(told.edited_message)
    event = MessageEdited(
        id=hook.new_id(),
        instance=hook.instance,
        occurred_at=hook.when(at_ms),
        recorded_at=hook.now,
        chat=chat.id,
        message_id=id_,
        author="staff" if told.key.from_me else "patient",
        text=text,
    )
    return Record(event=event, dedupe=f"edit:{id_}:{_version(at_ms, text)}")


def deleted(hook: Hook, raw: msgspec.Raw, place: str) -> Record | Reason:
    """`messages.delete`: a revoke, which `messages.edited` may tell as well."""
    told = decoded(_deletion, raw, place)
    return _revoked(hook, told.key or told, f"{place}.key.id" if told.key else f"{place}.id", None)


def acknowledged(hook: Hook, raw: msgspec.Raw, place: str) -> Record | Reason:
    """`messages.update`: how far a message came."""
    told = decoded(_update, raw, place)
    key = wire.Key(remote_jid=told.remote_jid, from_me=told.from_me, participant=told.participant)
    status = _STATUS.get(told.status.upper()) if isinstance(told.status, str) else None
    about = _about(hook, msgspec.structs.replace(key, id=told.key_id), f"{place}.keyId")
    if isinstance(about, str):
        return about
    if status is None:
        return "unknown_status"
    chat, id_ = about
    event = ReceiptRecorded(
        id=hook.new_id(),
        instance=hook.instance,
        occurred_at=hook.when(),
        recorded_at=hook.now,
        chat=chat.id,
        message_id=id_,
        status=status,
        own=told.from_me is not False,
    )
    return Record(event=event, dedupe=f"receipt:{id_}:{status}")


def _revoked(hook: Hook, key: wire.Key, place: str, at_ms: int | None) -> Record | Reason:
    about = _about(hook, key, place)
    if isinstance(about, str):
        return about
    chat, id_ = about
    event = MessageRevoked(
        id=hook.new_id(),
        instance=hook.instance,
        occurred_at=hook.when(at_ms),
        recorded_at=hook.now,
        chat=chat.id,
        message_id=id_,
        author="staff" if key.from_me else "patient",
    )
    return Record(event=event, dedupe=f"revoke:{id_}")


def _about(hook: Hook, key: wire.Key, place: str) -> tuple[Chat, str] | Reason:
    chat = hook.chat(key)
    if isinstance(chat, str):
        return chat
    id_ = message_id(key.id, place)
    return (chat, id_) if id_ else "no_message_id"


def _words(message: wire.Message | None) -> str:
    said = content.read(message) if message else None
    return said.text if isinstance(said, Said) else ""


def _version(at_ms: int | None, text: str) -> str:
    """Tells two edits of one message apart, and none from its own redelivery."""
    return str(at_ms) if at_ms else hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
