"""When are two outgoing messages the same words? What an echo of the gateway is matched by."""

import hashlib

from shared.events.sends import Buttons, Content, Listing, Location, Media, Reaction, Text, VoiceNote


def text_digest(text: str) -> str:
    """A short digest of the words, blind to the white space that a gateway trims and the NUL that it never gets."""
    words = " ".join(text.replace("\x00", "").split())
    return hashlib.blake2b(words.encode("utf-8", "replace"), digest_size=12).hexdigest()


def content_digest(content: Content) -> str:
    """The digest that the gateway's echo of `content` will have: its words for a text, else its type and caption."""
    match content:
        case Text(text=text):
            return text_digest(text)
        case Media(mediatype=mediatype, caption=caption):
            return media_digest(mediatype, caption)
        case VoiceNote():
            return media_digest("audio", "")
        case Buttons(title=title, description=description):
            return media_digest("buttons", f"*{title}* {description}")  # how the gateway puts the two together
        case Listing(title=title, description=description):
            return media_digest("list", f"{title} {description}")
        case Reaction(emoji=emoji):
            return media_digest("reaction", emoji)
        case Location(name=name, address=address):
            return media_digest("location", f"{name}, {address}")


def media_digest(mediatype: str, caption: str) -> str:
    """The digest of a file with its caption, or of another kind with its words."""
    return f"{mediatype}:{text_digest(caption)}"
