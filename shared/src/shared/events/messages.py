"""What came in: messages, what became of them, receipts, and the state of the connection."""

from typing import Literal

import msgspec

from shared.events.envelope import Event

Author = Literal["patient", "staff"]
Kind = Literal[
    "text", "image", "audio", "video", "document", "sticker", "location", "contact", "reaction",
    "choice", "poll", "unsupported",
]  # fmt: skip
ReceiptStatus = Literal["error", "pending", "server_ack", "delivery_ack", "read", "played", "deleted"]


class Attachment(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A described file: never its bytes, never the key that decrypts it."""

    mimetype: str = ""
    file_name: str = ""
    size: int | None = None
    """Bytes, as the sender's phone said."""
    seconds: int | None = None
    """Duration of audio and video."""
    voice_note: bool = False
    view_once: bool = False


class MessageReceived(Event, frozen=True, kw_only=True, tag="message.received.v1"):
    """A person wrote: the patient, or the clinic's staff on their own phone (`author`)."""

    message_id: str
    """WhatsApp's id of the message: `key.id`."""
    author: Author
    kind: Kind
    text: str = ""
    """The words: the text itself, a medium's caption, a choice's label."""
    choice_id: str = ""
    """The id behind a pressed button or list row."""
    sender_name: str = ""
    reply_to: str = ""
    """Where an answer goes: the jid as the gateway gave it."""
    lid: str = ""
    """`<digits>@lid`, when the gateway told it beside the phone."""
    quoted_id: str = ""
    """The message that this one replies to or reacts to."""
    attachment: Attachment | None = None
    forwarded_from_ad: bool = False


class MessageEdited(Event, frozen=True, kw_only=True, tag="message.edited.v1"):
    """The author changed the words of `message_id`."""

    message_id: str
    author: Author
    text: str = ""


class MessageRevoked(Event, frozen=True, kw_only=True, tag="message.revoked.v1"):
    """The author deleted `message_id` for everyone."""

    message_id: str
    author: Author


class ReceiptRecorded(Event, frozen=True, kw_only=True, tag="receipt.recorded.v1"):
    """The gateway told how far a message came. `message_id` is the key.id that the send call returned."""

    message_id: str
    status: ReceiptStatus
    own: bool = True
    """True for a message that the clinic's number sent."""


class ConnectionChanged(Event, frozen=True, kw_only=True, tag="connection.changed.v1"):
    """The gateway says that the number's connection changed. Its `open` does not prove that sends work."""

    state: Literal["open", "connecting", "close", "logged_out", "removed"]
    reason: int | None = None
    """WhatsApp's status code, e.g. 401 logged out."""
