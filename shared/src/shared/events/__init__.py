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
from shared.events.replies import (
    AppointmentDelivered,
    AppointmentRequested,
    HandoffEnded,
    HandoffRequested,
    MessageHeard,
    OptoutRecorded,
    PresenceRequested,
    ReplyDrafted,
    ReplySuppressed,
)
from shared.events.sends import (
    Button,
    Buttons,
    Content,
    Listing,
    Location,
    Media,
    Reaction,
    Row,
    Section,
    SendAccepted,
    SendAttempted,
    SendCancelled,
    SendDeadLettered,
    SendDelivered,
    SendEchoed,
    SendExpired,
    SendFailed,
    SendOutcomeUnknown,
    SendRead,
    SendRefused,
    SendReplayed,
    SendRequested,
    SendScheduled,
    SendUnconfirmed,
    Text,
    VoiceNote,
    upload_id,
)
from shared.events.splitting import TEXT_LIMIT, split_text
from shared.events.steering import (
    BotPaused,
    BotResumed,
    BroadcastStarted,
    BroadcastStopped,
    ContactChanged,
    HandoffTaken,
    PersonErased,
)

__all__ = [
    "TEXT_LIMIT", "TYPES", "AdminActed", "AnyEvent", "AppointmentDelivered", "AppointmentRequested", "Attachment",
    "BotPaused", "BotResumed", "BroadcastStarted", "BroadcastStopped", "Button", "Buttons", "ConnectionChanged",
    "ContactChanged", "Content", "EntryDeadLettered", "Event", "HandoffEnded", "HandoffRequested", "HandoffTaken",
    "Listing", "Location", "Media", "MessageEdited", "MessageHeard", "MessageReceived", "MessageRevoked",
    "OptoutRecorded", "PersonErased", "PresenceRequested", "Reaction", "ReceiptRecorded", "ReplyDrafted",
    "ReplySuppressed", "Row", "Section", "SendAccepted", "SendAttempted", "SendCancelled", "SendDeadLettered",
    "SendDelivered", "SendEchoed", "SendExpired", "SendFailed", "SendOutcomeUnknown", "SendRead", "SendRefused",
    "SendReplayed", "SendRequested", "SendScheduled", "SendUnconfirmed", "Text", "VoiceNote",
    "content_digest", "decode", "encode", "following", "media_digest", "split_text", "text_digest", "to_json",
    "upload_id",
]  # fmt: skip
