"""What happened? Every fact that the services tell each other, versioned, with its bytes on the wire."""

from shared.events.codec import TYPES, AnyEvent, decode, encode, to_json
from shared.events.digest import content_digest, media_digest, text_digest
from shared.events.envelope import Event
from shared.events.following import following
from shared.events.messages import (
    Attachment,
    ConnectionChanged,
    MessageEdited,
    MessageReceived,
    MessageRevoked,
    ReceiptRecorded,
)
from shared.events.operations import AdminActed, EntryDeadLettered
from shared.events.replies import HandoffEnded, HandoffRequested, OptoutRecorded, ReplyDrafted, ReplySuppressed
from shared.events.sends import (
    Content,
    Media,
    SendAccepted,
    SendAttempted,
    SendDeadLettered,
    SendDelivered,
    SendEchoed,
    SendExpired,
    SendFailed,
    SendOutcomeUnknown,
    SendRead,
    SendReplayed,
    SendRequested,
    SendScheduled,
    Text,
    VoiceNote,
)

__all__ = [
    "TYPES", "AdminActed", "AnyEvent", "Attachment", "ConnectionChanged", "Content", "EntryDeadLettered", "Event",
    "HandoffEnded", "HandoffRequested", "Media", "MessageEdited", "MessageReceived", "MessageRevoked",
    "OptoutRecorded", "ReceiptRecorded", "ReplyDrafted", "ReplySuppressed", "SendAccepted", "SendAttempted",
    "SendDeadLettered", "SendDelivered", "SendEchoed", "SendExpired", "SendFailed", "SendOutcomeUnknown", "SendRead",
    "SendReplayed", "SendRequested", "SendScheduled", "Text", "VoiceNote",
    "content_digest", "decode", "encode", "following", "media_digest", "text_digest", "to_json",
]  # fmt: skip
