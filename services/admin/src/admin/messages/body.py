"""What may a request to send say? Every fault is told by the name of the field that has it."""

from typing import Annotated, Any, Literal

import msgspec

TEXT_MAX = 65_536  # WhatsApp's own bound
CAPTION_MAX = 1_024
TTL_MAX_S = 30 * 86_400


class MediaBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A file, by URL or as raw base64."""

    mediatype: Literal["image", "document", "video", "audio", "voice_note"]
    source: Annotated[str, msgspec.Meta(min_length=1)]
    """A URL, or raw base64."""
    mimetype: Annotated[str, msgspec.Meta(max_length=100)] = ""
    file_name: Annotated[str, msgspec.Meta(max_length=200)] = ""
    caption: Annotated[str, msgspec.Meta(max_length=CAPTION_MAX)] = ""


class MessageBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`POST /admin/messages`."""

    instance: Annotated[str, msgspec.Meta(examples=["demo"])]
    to: Annotated[str, msgspec.Meta(examples=["5511987654321"])]
    """A phone number with its country code, or `<digits>@lid`."""
    text: Annotated[str, msgspec.Meta(max_length=TEXT_MAX, examples=["Até amanhã!"])] | None = None
    """The words; exactly one of `text` and `media`."""
    media: MediaBody | None = None
    template: Any = None
    send_class: Literal["staff", "reminder", "broadcast"] = msgspec.field(name="class", default="staff")
    priority: Literal["normal", "vip"] = "normal"
    send_at: int | str | None = None
    """ISO 8601 with its offset, or milliseconds since 1970; at most a year ahead."""
    ttl_s: Annotated[int, msgspec.Meta(ge=1, le=TTL_MAX_S)] | None = None
    """Seconds after `send_at`, or after now, until it is not worth sending."""
    idempotency_key: str = ""
    """Up to 200 characters; or as header `Idempotency-Key`. The same message with the same key is sent once."""


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """A message that is on its way, or was before."""

    id: str
    status: Literal["queued", "scheduled", "repeated"]
    """`repeated`: the key was used before, for this very message."""
    send_at: int | msgspec.UnsetType | None = msgspec.UNSET
    """Null: now. Left out of `repeated`."""
