"""What is asked, by whom, and what is known?"""

import datetime as dt

from msgspec import Struct

from clinic import Clinic
from clinic.knowledge import Knowledge
from responder.chat import ChatState, Turn


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
        return self.state.vip or self.turn.last.chat in self.clinic.vips
