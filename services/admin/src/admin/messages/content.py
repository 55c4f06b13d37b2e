"""What is to be sent? Exactly one of a text and a file."""

import base64
import binascii
from urllib.parse import urlsplit

from admin.http.problems import Problem
from admin.messages.body import MediaBody, MessageBody
from shared.events import Content, Media, Text, VoiceNote


def content_of(body: MessageBody) -> Content:
    """The content. Raises Problem 400."""
    if body.template is not None:
        raise Problem(400, "templates cannot be sent yet: give a `text` or `media`", parameter="template")
    if (body.text is None) == (body.media is None):
        raise Problem(400, "give exactly one of `text` and `media`", parameter="text")
    return _file(body.media) if body.media else _text(body.text or "")


def _text(text: str) -> Text:
    if not text.replace("\x00", "").strip():
        raise Problem(400, "`text` says nothing", parameter="text")
    return Text(text=text)


def _file(media: MediaBody) -> Content:
    _check_source(media.source)
    if media.mediatype == "voice_note":
        return VoiceNote(source=media.source)
    return Media(
        mediatype=media.mediatype, source=media.source, mimetype=media.mimetype,
        file_name=media.file_name, caption=media.caption,
    )  # fmt: skip


def _check_source(source: str) -> None:
    if source.startswith("data:"):
        raise _source_problem("is a data: URI; give only what follows its comma")
    if "://" in source:
        if not _is_web_address(source):
            raise _source_problem("is no http or https URL")
        return
    try:
        base64.b64decode(source, validate=True)
    except (binascii.Error, ValueError):
        raise _source_problem("is neither a URL nor base64") from None


def _is_web_address(source: str) -> bool:
    try:
        parts = urlsplit(source)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in source
    except ValueError:
        return False


def _source_problem(what: str) -> Problem:
    return Problem(400, f"`media.source` {what}", parameter="media.source")
