"""What does a person say in a chat? Their own words, a file, or one of the clinic's templates."""

from typing import Annotated

import msgspec

from admin.http.problems import Problem
from admin.library import Library
from admin.messages.body import MediaBody, MessageBody
from admin.messages.content import content_of
from admin.templates.rendering import Use
from shared.events import TEXT_LIMIT, Content, Text


class ReplyBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Exactly one of `text`, `media` and `template`."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=TEXT_LIMIT)] | None = None
    media: MediaBody | None = None
    template: Use | None = None
    quoted_id: Annotated[
        str,
        msgspec.Meta(
            pattern=r"^[A-Za-z0-9._-]{0,100}$", extra={"takes": "letters, digits, `.`, `_`, `-`, at most 100"}
        ),
    ] = ""
    """WhatsApp's id of the message that this answers."""


async def said(
    body: ReplyBody, instance: str, chat: str, library: Library, *, allow_private: bool
) -> tuple[Content, str]:
    """The content, and the template that it was made from. Raises Problem 400."""
    if sum(part is not None for part in (body.text, body.media, body.template)) != 1:
        raise Problem(400, "give exactly one of `text`, `media` and `template`", parameter="text")
    if body.template is not None:
        clinic = await library.of_instance(instance)
        return Text(text=body.template.rendered(clinic)), body.template.name
    whole = MessageBody(instance=instance, to=chat, text=body.text, media=body.media)
    return content_of(whole, allow_private=allow_private), ""
