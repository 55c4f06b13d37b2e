"""What is remembered of a chat between its turns? A hash, written by commits and appends only."""

from collections.abc import Mapping

import msgspec

from clinic import Language
from responder.answerer import Talk
from responder.chat.summary import Line, extracted
from responder.model.calls import AppointmentRequested
from shared.streams import keys
from shared.streams.delivery import Mark, State
from shared.streams.log import CHAT_LIFE_MS, INTERRUPTED_LIFE_MS

MOST_LINES = 12
MOST_OLDER = 24
MOST_CHARS = 500
ABOUT_LIFE_MS = 30 * 60_000  # `how long does it take` after a longer silence may mean something else
REQUEST_LIFE_MS = 4 * 3_600_000  # a day or a name may be told after work; what comes later is a message of its own
READ_BACK_LIFE_MS = 12 * 3_600_000  # a yes in the evening answers the morning's question; the next day it is read again


class ChatState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The responder's memory of a chat. Times are milliseconds since 1970-01-01 UTC."""

    language: Language | None = None
    asked: str = ""
    """The question that the last reply asked back about."""
    model_asks: bool = False
    """The last reply was the model's and asked something."""
    read_back: AppointmentRequested | None = None
    """The appointment request that the last reply read back and asked a yes for."""
    offered_person: bool = False
    """The last reply offered to call a person."""
    unknowns: int = 0
    """Questions in a row that had no answer."""
    opted_out: bool = False
    about: tuple[str, ...] = ()
    """Ids of the services that were spoken of last."""
    prepared: bool = False
    """The last reply told how to prepare for them."""
    requested: tuple[str, ...] = ()
    """What the patient wrote of the appointment that they asked for."""
    told: str = ""
    """The kind of the last reply."""
    spoke_at: int = 0
    recent: tuple[Line, ...] = ()
    older: tuple[Line, ...] = ()
    """What was said before that and is in no summary yet."""
    summary: str = ""
    """What was said before that."""
    staff_at: int = 0
    """When staff last wrote here (a key of its own, which ingest and admin write)."""
    interrupted_at: int = 0
    """When something was last said here that is not in `recent` (a key of its own, which ingest and sender write)."""
    paused_until: int = 0
    """Until when staff paused the bot here (written by admin)."""
    all_paused_until: int = 0
    """Until when staff paused it on the whole instance (written by admin)."""
    vip: bool = False
    """Staff marked this patient as one to be served first (a key of its own, which admin writes)."""

    @property
    def talk(self) -> Talk:
        """What an answer may lean on."""
        return Talk(self.about, self.prepared, bool(self.requested), self.told)

    def lately(self, now_ms: int) -> "ChatState":
        """Without what was spoken of too long ago to be meant now."""
        silent_ms = now_ms - self.spoke_at
        state = self if silent_ms < ABOUT_LIFE_MS else msgspec.structs.replace(self, about=(), prepared=False, told="")
        return state if silent_ms < REQUEST_LIFE_MS else msgspec.structs.replace(state, requested=())

    def awaits_yes(self, now_ms: int) -> AppointmentRequested | None:
        """The request that a yes would confirm now: read back by the last thing that was said here, not long ago."""
        undisturbed = max(self.staff_at, self.interrupted_at) < self.spoke_at
        return self.read_back if undisturbed and now_ms - self.spoke_at < READ_BACK_LIFE_MS else None

    def said(self, patient: str, clinic: str, now: int) -> "ChatState":
        """With one more exchange. What grows old waits for a summary by the model; too much of it is extracted."""
        exchange = (Line("patient", patient[:MOST_CHARS], now), Line("clinic", clinic[:MOST_CHARS], now))
        lines = (*self.recent, *exchange)
        older, recent = (*self.older, *lines[:-MOST_LINES]), lines[-MOST_LINES:]
        if len(older) <= MOST_OLDER:
            return msgspec.structs.replace(self, recent=recent, older=older)
        return msgspec.structs.replace(self, recent=recent, older=(), summary=extracted(self.summary, older))


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(ChatState)


NOT_OURS = {  # others write these
    "staff_at": 0, "interrupted_at": 0, "paused_until": 0, "all_paused_until": 0, "vip": False,
}  # fmt: skip


def load_state(
    chat: Mapping[bytes, bytes], bot: Mapping[bytes, bytes], held: Mapping[bytes, bytes]
) -> ChatState:  # fmt: skip
    """The state in three hashes: the chat's, the bot's, and staff's hold on it. What cannot be read is forgotten.

    `staff_at` and `vip` have keys of their own by now; what stands in the chat's hash is from before.
    """
    try:
        state = _decoder.decode(chat[b"bot"]) if b"bot" in chat else ChatState()
    except msgspec.DecodeError:
        state = ChatState()
    return msgspec.structs.replace(
        state,
        staff_at=number(chat.get(b"staff_at")),
        paused_until=number(held.get(b"paused_until")),
        all_paused_until=number(bot.get(b"paused_until")),
        vip=chat.get(b"vip") == b"1",
    )


def stored(instance: str, chat: str, state: ChatState) -> State:
    """The write that goes with a commit."""
    own = msgspec.structs.replace(state, **NOT_OURS)
    return State(keys.chat(instance, chat), {"bot": _encoder.encode(own)}, CHAT_LIFE_MS)


def interrupted(instance: str, chat: str, now_ms: int) -> Mark:
    """What goes with words that are said, or left unanswered, beside the chat's memory."""
    return Mark(keys.interrupted(instance, chat), str(now_ms), INTERRUPTED_LIFE_MS)


def number(value: bytes | None) -> int:
    """A time in milliseconds; what is none is 0."""
    return int(value) if value and value.isdigit() else 0
