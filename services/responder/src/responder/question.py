"""What is asked, by whom, and what is known?"""

import datetime as dt

from msgspec import Struct

from clinic import Clinic
from clinic.knowledge import Knowledge
from responder.chat import ChatState, Turn
from shared.events.spelling import same_person


class Question(Struct, frozen=True, eq=False):
    """One question of one chat."""

    text: str
    turn: Turn
    state: ChatState
    clinic: Clinic
    knowledge: Knowledge
    now: dt.datetime
    """Aware, in the clinic's timezone."""

    @property
    def vip(self) -> bool:
        """Is this patient served first? The clinic's file says so, or staff did."""
        return served_first(self.turn.last.chat, self.state, self.clinic)


def served_first(chat: str, state: ChatState, clinic: Clinic) -> bool:
    """Whether a chat is a VIP's, in whichever spelling the clinic's file has the number."""
    return state.vip or same_person(chat) in map(same_person, clinic.vips)
