"""Should this turn be answered, and if so with what? Pure: the turn, the chat's state and the time are all it knows."""

from dataclasses import dataclass
from typing import Literal

from responder.chat.opting import agrees, opting
from responder.chat.state import ChatState
from responder.chat.turn import Turn, spoken

SILENT_KINDS = frozenset({"reaction", "sticker", "poll"})
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


@dataclass(frozen=True)
class Ask:
    """Look for the answer to this."""

    question: str


Decision = Ignore | HandOff | Opt | Ask


def decide(turn: Turn, state: ChatState, now_ms: int, *, staff_pause_ms: int) -> Decision:
    """What to do about a turn. `staff_pause_ms` is how long a person's own message keeps the bot quiet."""
    if all(message.kind in SILENT_KINDS for message in turn.messages):
        return Ignore(turn.last.kind)
    if state.paused_until > now_ms:
        return Ignore("paused")
    if state.staff_at and now_ms - state.staff_at < staff_pause_ms:
        return Ignore("staff")
    if not spoken(turn.messages):
        return HandOff("media")
    if way := opting(turn.text):
        return Opt(way)
    fresh = now_ms - state.spoke_at < ASKED_LIFE_MS
    if fresh and state.offered_person and agrees(turn.text):
        return HandOff("accepted")
    if fresh and state.asked and len(turn.text.split()) <= SHORT_ANSWER_WORDS:
        return Ask(f"{state.asked}\n{turn.text}")
    return Ask(turn.text)
