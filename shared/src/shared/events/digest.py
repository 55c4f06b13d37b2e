"""When are two outgoing messages the same words? What an echo of the gateway is matched by."""

import hashlib

from shared.events.sends import Content, Media, Text, VoiceNote


def text_digest(text: str) -> str:
    """A short digest of the words, blind to the white space that a gateway trims."""
    return hashlib.blake2b(" ".join(text.split()).encode("utf-8", "replace"), digest_size=12).hexdigest()


def content_digest(content: Content) -> str:
    """The digest that the gateway's echo of `content` will have: its words for a text, else its type and caption."""
    match content:
        case Text(text=text):
            return text_digest(text)
        case Media(mediatype=mediatype, caption=caption):
            return media_digest(mediatype, caption)
        case VoiceNote():
            return media_digest("audio", "")


def media_digest(mediatype: str, caption: str) -> str:
    """The digest of a file with its caption."""
    return f"{mediatype}:{text_digest(caption)}"
