"""What goes on in one chat: its turn, what was said before, and what should be done now."""

from responder.chat.conclude import Conclusion, conclude
from responder.chat.decide import Ask, Decision, HandOff, Hear, Ignore, Opt, decide, silenced
from responder.chat.memory import Memory
from responder.chat.state import ChatState, interrupted, load_state, stored
from responder.chat.turn import Pace, Turn

__all__ = [
    "Ask", "ChatState", "Conclusion", "Decision", "HandOff", "Hear", "Ignore", "Memory", "Opt", "Pace", "Turn",
    "conclude", "decide", "interrupted", "load_state", "silenced", "stored",
]  # fmt: skip
