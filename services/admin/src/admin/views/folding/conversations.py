"""Who answers a chat, and who waits in it?"""

from msgspec.structs import replace

from admin.views.folding import words
from admin.views.folding.state import ChatState, MessageState
from shared.events import (
    BotPaused,
    BotResumed,
    ContactChanged,
    HandoffEnded,
    HandoffRequested,
    HandoffTaken,
    OptoutRecorded,
    ReplyDrafted,
    ReplySuppressed,
)

_A_PERSONS = ("paused", "staff", "taken")
"""Reasons for silence of the bot that leave the patient waiting for a person."""


def called(state: ChatState, name: str) -> ChatState:
    """The gateway spells it so, and that is how it is acted on."""
    spelt = "" if name == state.chat else name
    return state if spelt == state.called else replace(state, called=spelt)


def heard(state: ChatState, before: MessageState, after: MessageState) -> ChatState:
    """A message of the chat came, or something became of it."""
    if after.listed and not before.listed:
        state = _counted(state, after)
    return words.said(state, after)


def _counted(state: ChatState, message: MessageState) -> ChatState:
    name = message.by if message.author == "patient" and message.by and not message.own else state.own_name
    heard_at = max(state.heard_at, message.at)
    return _waiting(replace(state, messages=state.messages + 1, own_name=name, heard_at=heard_at), message)


def _waiting(state: ChatState, message: MessageState) -> ChatState:
    """A patient waits from the first message that nobody answered; what staff write also ends a call for a person."""
    if message.author == "patient":
        return replace(state, waiting_since=state.waiting_since or message.received_at)
    if message.author == "clinic":
        return state
    if message.author == "staff" and state.wanted_at:
        state = replace(state, wanted_at=0, wanted_why="", urgent=False)
    return replace(state, waiting_since=0) if state.waiting_since else state


def drafted(state: ChatState, event: ReplyDrafted) -> ChatState:
    """The language that the chat is answered in."""
    return state if event.language == state.language else replace(state, language=event.language)


def suppressed(state: ChatState, event: ReplySuppressed) -> ChatState:
    """Nobody has to answer, unless the bot is silent because a person answers here."""
    return state if event.why in _A_PERSONS or not state.waiting_since else replace(state, waiting_since=0)


def wanted(state: ChatState, event: HandoffRequested) -> ChatState:
    """A person should come; the first call counts, an urgent one shows."""
    return replace(
        state, wanted_at=state.wanted_at or event.recorded_at, wanted_why=event.why, handoff=event.id,
        urgent=state.urgent or event.urgent,
    )  # fmt: skip


def taken(state: ChatState, event: HandoffTaken) -> ChatState:
    """A person answers."""
    return replace(state, taken_by=event.by or "staff")


def given_back(state: ChatState, _event: HandoffEnded) -> ChatState:
    """The bot answers again."""
    return replace(state, taken_by="", wanted_at=0, wanted_why="", urgent=False, paused=False, paused_until=0)


def paused(state: ChatState, event: BotPaused) -> ChatState:
    """The bot is quiet here."""
    return replace(state, paused=True, paused_until=event.until or 0)


def resumed(state: ChatState, _event: BotResumed) -> ChatState:
    """The bot answers here again."""
    return replace(state, paused=False, paused_until=0, taken_by="")


def changed(state: ChatState, event: ContactChanged) -> ChatState:
    """Somebody wrote something down."""
    return replace(
        state,
        given_name=state.given_name if event.name is None else event.name,
        notes=state.notes if event.notes is None else event.notes,
        vip=state.vip if event.vip is None else event.vip,
    )


def opted(state: ChatState, event: OptoutRecorded) -> ChatState:
    """The patient's word on messages that nobody asked for."""
    return replace(state, opted_out=event.opted_out)
