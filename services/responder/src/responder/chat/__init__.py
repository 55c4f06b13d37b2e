"""What goes on in one chat: its turn, what was said before, and what should be done now."""

from responder.chat.decide import Ask, Decision, HandOff, Ignore, Opt, decide
from responder.chat.state import ChatState, load_state, stored
from responder.chat.turn import Pace, Turn

__all__ = ["Ask", "ChatState", "Decision", "HandOff", "Ignore", "Opt", "Pace", "Turn", "decide", "load_state", "stored"]
