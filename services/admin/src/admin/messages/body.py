"""What may a request to send say? Every fault is told by the name of the field that has it.

The bounds of buttons and lists are those that WhatsApp's Cloud API documents for interactive messages.
"""

from typing import Annotated, Literal

import msgspec

from admin.steering.asking import DryRun
from admin.templates.rendering import Use
from shared.events import TEXT_LIMIT

CAPTION_MAX = 1_024
TTL_MAX_S = 30 * 86_400

Line = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
Small = Annotated[str, msgspec.Meta(max_length=60)]
Choice = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class MediaBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A file, by URL, as raw base64, or as `upload:<id>`."""

    mediatype: Literal["image", "document", "video", "audio", "voice_note"]
    source: Annotated[str, msgspec.Meta(min_length=1)]
    """A URL, or raw base64."""
    mimetype: Annotated[str, msgspec.Meta(max_length=100)] = ""
    file_name: Annotated[str, msgspec.Meta(max_length=200)] = ""
    caption: Annotated[str, msgspec.Meta(max_length=CAPTION_MAX)] = ""


class ButtonBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One answer to press."""

    id: Choice
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]


class ButtonsBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A question with up to three answers to press."""

    title: Line
    description: Annotated[str, msgspec.Meta(max_length=CAPTION_MAX)] = ""
    footer: Small = ""
    buttons: Annotated[list[ButtonBody], msgspec.Meta(min_length=1, max_length=3)]


class RowBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One line of a list."""

    id: Choice
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=24)]
    description: Annotated[str, msgspec.Meta(max_length=72)] = ""


class SectionBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Lines of a list under one heading."""

    title: Annotated[str, msgspec.Meta(min_length=1, max_length=24)]
    rows: Annotated[list[RowBody], msgspec.Meta(min_length=1, max_length=10)]


class ListBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A menu that opens at the press of `button`."""

    title: Line
    description: Annotated[str, msgspec.Meta(max_length=CAPTION_MAX)] = ""
    footer: Small = ""
    button: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
    sections: Annotated[list[SectionBody], msgspec.Meta(min_length=1, max_length=10)]


class ReactionBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """An emoji to a message; an empty one takes it back."""

    message_id: Annotated[
        str,
        msgspec.Meta(pattern=r"^[A-Za-z0-9._-]{1,100}$", extra={"takes": "letters, digits, `.`, `_`, `-`, 1 to 100"}),
    ]
    emoji: Annotated[str, msgspec.Meta(max_length=16)]
    own: bool = False


class LocationBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A pin on the map."""

    latitude: Annotated[float, msgspec.Meta(ge=-90, le=90)]
    longitude: Annotated[float, msgspec.Meta(ge=-180, le=180)]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    address: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class MessageBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`POST /admin/messages`. Exactly one of the kinds of content is given."""

    instance: Annotated[str, msgspec.Meta(examples=["demo"])]
    to: Annotated[str, msgspec.Meta(examples=["5511987654321"])]
    """A phone number with its country code or of the clinic's own country, or `<digits>@lid`. `+` leaves no doubt."""
    text: Annotated[str, msgspec.Meta(max_length=TEXT_LIMIT, examples=["Até amanhã!"])] | None = None
    """The words."""
    media: MediaBody | None = None
    buttons: ButtonsBody | None = None
    list: ListBody | None = None
    reaction: ReactionBody | None = None
    location: LocationBody | None = None
    template: Use | None = None
    """One of the clinic's, with its variables."""
    send_class: Literal["staff", "reminder", "broadcast"] = msgspec.field(name="class", default="staff")
    priority: Literal["normal", "vip"] = "normal"
    send_at: int | str | None = None
    """ISO 8601 with its offset, or milliseconds since 1970; at most a year ahead."""
    ttl_s: Annotated[int, msgspec.Meta(ge=1, le=TTL_MAX_S)] | None = None
    """Seconds after `send_at`, or after now, until it is not worth sending."""
    dry_run: DryRun = False
    idempotency_key: str = ""
    """Up to 200 characters; or as header `Idempotency-Key`. The same message with the same key is sent once."""


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """A message that is on its way, or was before."""

    id: str | None
    """Null in a dry run."""
    status: Literal["queued", "scheduled", "repeated", "dry_run"]
    """`repeated`: the key was used before, for this very message."""
    to: str
    """Whom it is to, as the chat is called: 5511987654321."""
    number: str
    """The same as people write it: +55 11 98765-4321."""
    send_at: int | msgspec.UnsetType | None = msgspec.UNSET
    """Null: now. Left out of `repeated`."""
