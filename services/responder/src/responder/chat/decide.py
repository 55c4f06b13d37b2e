"""Should this turn be answered, and if so with what? Pure: the turn, the chat's state and the time are all it knows."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from responder.answerer import alarming
from responder.chat.opting import agrees, opting_among
from responder.chat.state import ChatState
from responder.chat.turn import Turn, spoken
from shared.events import MessageReceived

SILENT_KINDS = frozenset({"reaction", "sticker", "poll"})
FILES = frozenset({"audio", "image", "video", "document"})
ASKED_LIFE_MS = 15 * 60_000  # an answer to our question comes within minutes, or is a question of its own
SHORT_ANSWER_WORDS = 6


@dataclass(frozen=True)
class Ignore:
    """No answer, on purpose."""

    why: str


@dataclass(frozen=True)
class HandOff:
    """A person should take this."""

    why: Literal["media", "accepted"]


@dataclass(frozen=True)
class Opt:
    """The patient's word on proactive messages."""

    way: Literal["out", "in"]
    beside: bool = False
    """There was something else too: a person is to look at it."""


@dataclass(frozen=True)
class Hear:
    """Put these into words first, then decide again."""

    messages: tuple[MessageReceived, ...]


@dataclass(frozen=True)
class Ask:
    """Look for the answer to this."""

    question: str
    unread: bool = False
    """There was also a file that could not be read: a person is to look at it."""


Decision = Ignore | HandOff | Opt | Hear | Ask


def decide(
    turn: Turn, state: ChatState, now_ms: int, *, staff_pause_ms: int, readable: Collection[str] = ()
) -> Decision:
    """What to do about a turn.

    `staff_pause_ms` is how long a person's own message keeps the bot quiet; `readable` are the kinds of files that can
    be put into words and were not yet.
    """
    if all(message.kind in SILENT_KINDS for message in turn.messages):
        return Ignore(turn.last.kind)
    if why := silenced(state, now_ms, staff_pause_ms=staff_pause_ms):
        return Ignore(why)
    files = tuple(one for one in turn.messages if one.kind in readable)
    if files and not alarming(turn.text):  # help is not to wait for a voice note
        return Hear(files)
    if not spoken(turn.messages):
        return HandOff("media")
    way, beside = opting_among([message.text for message in turn.messages if message.text.strip()])
    if way and not alarming(turn.text):
        return Opt(way, beside)
    fresh = now_ms - state.spoke_at < ASKED_LIFE_MS
    if fresh and state.offered_person and agrees(turn.text):
        return HandOff("accepted")
    unread = any(message.kind in FILES and not message.text.strip() for message in turn.messages)
    if fresh and state.asked and len(turn.text.split()) <= SHORT_ANSWER_WORDS:
        return Ask(f"{state.asked}\n{turn.text}", unread)
    return Ask(turn.text, unread)


def silenced(state: ChatState, now_ms: int, *, staff_pause_ms: int) -> str:
    """Why the bot is quiet in this chat now; empty when it is not."""
    if state.all_paused_until > now_ms:
        return "instance_paused"
    if state.paused_until > now_ms:
        return "paused"
    return "staff" if state.staff_at and now_ms - state.staff_at < staff_pause_ms else ""
