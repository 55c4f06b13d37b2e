"""What went out: what was asked for, each try, and how far it came."""

from typing import Literal

import msgspec

from shared.events.envelope import Event

UPLOAD = "upload:"
"""What the source of a stored upload begins with; its id follows. Base64 has no colon."""

SendClass = Literal["reply", "staff", "reminder", "broadcast"]


class Text(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True, tag="text", tag_field="kind"):
    """Plain words."""

    text: str
    link_preview: bool = True


class Media(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True, tag="media", tag_field="kind"):
    """A file. `source` is a URL, raw base64 (the gateway refuses `data:` URIs), or `upload:<id>` of a stored one."""

    mediatype: Literal["image", "document", "video", "audio"]
    source: str
    mimetype: str = ""
    file_name: str = ""
    caption: str = ""


class VoiceNote(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True, tag="voice_note", tag_field="kind"
):
    """Audio that plays as a recorded voice note."""

    source: str


def upload_id(content: object) -> str:
    """The id of the stored upload that `content` is; empty when it is none."""
    source = content.source if isinstance(content, Media | VoiceNote) else ""
    return source.removeprefix(UPLOAD) if source.startswith(UPLOAD) else ""


class Button(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One answer to choose; `id` comes back as the message's `choice_id`."""

    id: str
    text: str


class Buttons(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True, tag="buttons", tag_field="kind"):
    """A question with up to three answers to press."""

    title: str
    description: str = ""
    footer: str = ""
    buttons: tuple[Button, ...]


class Row(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """One line of a list; `id` comes back as the message's `choice_id`."""

    id: str
    title: str
    description: str = ""


class Section(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Lines of a list under one heading."""

    title: str
    rows: tuple[Row, ...]


class Listing(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True, tag="list", tag_field="kind"):
    """A menu that opens at the press of `button`."""

    title: str
    description: str = ""
    footer: str = ""
    button: str
    sections: tuple[Section, ...]


class Reaction(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True, tag="reaction", tag_field="kind"
):
    """An emoji to a message of the chat; an empty one takes it back."""

    message_id: str
    emoji: str
    own: bool = False
    """True when it is to a message that the clinic's number sent."""


class Location(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag="location", tag_field="kind"):
    """A pin on the map. The gateway wants a name and an address with it."""

    latitude: float
    longitude: float
    name: str
    address: str


Content = Text | Media | VoiceNote | Buttons | Listing | Reaction | Location


class SendRequested(Event, frozen=True, kw_only=True, tag="send.requested.v1"):
    """Something is to be sent to `chat`. The event's own id names the send in every later fact (`send_id`)."""

    to: str
    """The number or jid that the gateway is given."""
    content: Content
    send_class: SendClass
    vip: bool = False
    expires_at: int | None = None
    """After this it is recorded as expired and not sent. None: the sender's setting for its class decides."""
    not_before: int | None = None
    asked_at: int | None = None
    """When the message that it answers was recorded: what the reply's latency is measured from."""
    quoted_id: str = ""
    idempotency_key: str = ""
    by: str = ""
    """Who asked for it, when a person did."""
    template: str = ""
    """The clinic's template that the words were made from."""
    broadcast_id: str = ""
    """The broadcast that it is part of."""


class SendScheduled(Event, frozen=True, kw_only=True, tag="send.scheduled.v1"):
    """It waits until `until`."""

    send_id: str
    until: int
    why: str


class SendAttempted(Event, frozen=True, kw_only=True, tag="send.attempted.v1"):
    """The gateway is about to be called. Written before the call, so that a crash leaves a trace of it."""

    send_id: str
    attempt: int
    """1 for the first."""


class SendAccepted(Event, frozen=True, kw_only=True, tag="send.accepted.v1"):
    """The gateway took it. That is not delivery."""

    send_id: str
    attempt: int
    message_id: str = ""
    """WhatsApp's key.id; empty when the gateway took it without saying so (`confirmed` False)."""
    confirmed: bool = True
    proof: str = "answer"
    """How we know: the gateway's answer, its echo, its search, or the database error that follows a hand-over."""


class SendDelivered(Event, frozen=True, kw_only=True, tag="send.delivered.v1"):
    """It arrived on the patient's phone."""

    send_id: str
    message_id: str


class SendRead(Event, frozen=True, kw_only=True, tag="send.read.v1"):
    """The patient read it."""

    send_id: str
    message_id: str


class SendUnconfirmed(Event, frozen=True, kw_only=True, tag="send.unconfirmed.v1"):
    """It was accepted, and no receipt told of it for so long. A receipt may still come; it is never sent again."""

    send_id: str
    message_id: str
    after_s: int


class SendFailed(Event, frozen=True, kw_only=True, tag="send.failed.v1"):
    """A try failed. `final` says whether it was the last.

    Category `after_accept` is told by a receipt: the gateway had taken it.
    """

    send_id: str
    attempt: int
    category: str
    reason: str
    final: bool
    retry_at: int | None = None


class SendExpired(Event, frozen=True, kw_only=True, tag="send.expired.v1"):
    """Its time to live ran out before it could be sent."""

    send_id: str
    expired_at: int


class SendCancelled(Event, frozen=True, kw_only=True, tag="send.cancelled.v1"):
    """Somebody took it back before any try to send it was under way."""

    send_id: str
    by: str
    reason: str = ""


class SendRefused(Event, frozen=True, kw_only=True, tag="send.refused.v1"):
    """It was not taken, because too much waits already; whoever asked was told so. There is no `send.requested`."""

    send_id: str
    """The id that it would have had."""
    send_class: SendClass
    reason: str


class SendOutcomeUnknown(Event, frozen=True, kw_only=True, tag="send.outcome_unknown.v1"):
    """The call ended without telling whether WhatsApp has the message."""

    send_id: str
    attempt: int
    reason: str


class SendDeadLettered(Event, frozen=True, kw_only=True, tag="send.dead_lettered.v1"):
    """It was set aside for a person to look at."""

    send_id: str
    reason: str
    attempts: int


class SendReplayed(Event, frozen=True, kw_only=True, tag="send.replayed.v1"):
    """A dead letter was put to work again."""

    send_id: str
    by: str


class SendEchoed(Event, frozen=True, kw_only=True, tag="send.echoed.v1"):
    """The gateway's `send.message` webhook: it handed this message to WhatsApp. Proof for an unknown outcome."""

    message_id: str
    content_digest: str
    """`content_digest` of what was sent, see `shared.events.digest`."""
