"""What is remembered of a chat between its turns? A hash, written by commits and appends only."""

from collections.abc import Mapping

import msgspec

from clinic import Language
from shared.streams import keys
from shared.streams.delivery import State
from shared.streams.log import CHAT_LIFE_MS

MOST_LINES = 12
MOST_CHARS = 500


class Line(msgspec.Struct, frozen=True, array_like=True):
    """One thing said."""

    author: str
    """patient or clinic"""
    text: str
    at: int


class ChatState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The responder's memory of a chat. Times are milliseconds since 1970-01-01 UTC."""

    language: Language | None = None
    asked: str = ""
    """The question that the last reply asked back about."""
    offered_person: bool = False
    """The last reply offered to call a person."""
    unknowns: int = 0
    """Questions in a row that had no answer."""
    opted_out: bool = False
    spoke_at: int = 0
    recent: tuple[Line, ...] = ()
    staff_at: int = 0
    """When staff last wrote here on their phone (written by ingest)."""
    paused_until: int = 0
    """Until when staff paused the bot here (written by admin)."""

    def said(self, patient: str, clinic: str, now: int) -> "tuple[Line, ...]":
        """What was said lately, with one more exchange."""
        lines = (Line("patient", patient[:MOST_CHARS], now), Line("clinic", clinic[:MOST_CHARS], now))
        return (*self.recent, *lines)[-MOST_LINES:]


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(ChatState)


def load_state(fields: Mapping[bytes, bytes]) -> ChatState:
    """The state in the chat's hash; what cannot be read is forgotten, not stumbled over."""
    try:
        state = _decoder.decode(fields[b"bot"]) if b"bot" in fields else ChatState()
    except msgspec.DecodeError:
        state = ChatState()
    times = {name: _number(fields.get(name.encode())) for name in ("staff_at", "paused_until")}
    return msgspec.structs.replace(state, **times)


def stored(instance: str, chat: str, state: ChatState) -> State:
    """The write that goes with a commit."""
    own = msgspec.structs.replace(state, staff_at=0, paused_until=0)
    return State(keys.chat(instance, chat), {"bot": _encoder.encode(own)}, CHAT_LIFE_MS)


def _number(value: bytes | None) -> int:
    return int(value) if value and value.isdigit() else 0
