"""What may a request to send say? Every fault is told by the name of the field that has it."""

import re
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from admin.http.problems import Problem

TEXT_MAX = 65_536  # WhatsApp's own bound
CAPTION_MAX = 1_024
TTL_MAX_S = 30 * 86_400

T = TypeVar("T")


class MediaBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A file, by URL or as raw base64."""

    mediatype: Literal["image", "document", "video", "audio", "voice_note"]
    source: Annotated[str, msgspec.Meta(min_length=1)]
    mimetype: Annotated[str, msgspec.Meta(max_length=100)] = ""
    file_name: Annotated[str, msgspec.Meta(max_length=200)] = ""
    caption: Annotated[str, msgspec.Meta(max_length=CAPTION_MAX)] = ""


class MessageBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`POST /admin/messages`."""

    instance: str
    to: str
    text: Annotated[str, msgspec.Meta(max_length=TEXT_MAX)] | None = None
    media: MediaBody | None = None
    template: Any = None
    send_class: Literal["staff", "reminder", "broadcast"] = msgspec.field(name="class", default="staff")
    priority: Literal["normal", "vip"] = "normal"
    send_at: int | str | None = None
    ttl_s: Annotated[int, msgspec.Meta(ge=1, le=TTL_MAX_S)] | None = None
    idempotency_key: str = ""


def parse(data: bytes, kind: type[T]) -> T:
    """The body. Raises Problem 400 that names the field."""
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.ValidationError as error:
        problem, name = _explain(str(error))
        raise Problem(400, problem, parameter=name) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(400, f"the body is not JSON: {error}") from None


def _explain(said: str) -> tuple[str, str]:
    problem, _, path = said.partition(" - at `$")
    named = re.search(r"field `([^`]+)`", problem)
    within = path.strip("`").strip(".")
    name = ".".join(part for part in (within, named[1] if named else "") if part)
    return (f"{name}: " if name else "the body: ") + problem[0].lower() + problem[1:], name
