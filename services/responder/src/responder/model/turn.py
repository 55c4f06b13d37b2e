"""What is the model given for one turn of a chat, and what comes back?"""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from clinic import Clinic, Language
from clinic.knowledge import Hit, Knowledge
from responder.model.calls import AppointmentRequested, ToolCall
from responder.model.facts import Fact


class Turn(Struct, frozen=True, kw_only=True, eq=False):
    """Everything about one turn, of one chat and of no other."""

    instance: str
    chat: str
    texts: tuple[str, ...]
    """What the patient wrote in this turn, in order."""
    clinic: Clinic
    knowledge: Knowledge
    language: Language
    now: datetime
    """Aware; the day of the budget is this day in the clinic's timezone."""
    deadline: float
    """By `time.monotonic()`: nothing is waited for after it."""
    hits: tuple[Hit, ...] = ()
    """What the knowledge search found for the question."""
    conversation: tuple[tuple[str, str], ...] = ()
    """(author, text), oldest first, without `texts`; author is patient, clinic (the bot) or staff."""
    summary: str = ""
    read_back: AppointmentRequested | None = None
    """The request that the last line of the conversation read back, if a yes may still answer it."""
    facts: tuple[Fact, ...] = ()
    """`facts_of(clinic, language, now)`, from a cache; empty: worked out here."""
    vip: bool = False


class Usage(Struct, frozen=True):
    """What was used. `estimated`: the endpoint did not say, so it is our own count, rather too high."""

    prompt: int = 0
    completion: int = 0
    cost_usd: float = 0.0
    model: str = ""
    calls: int = 0
    estimated: bool = False

    @property
    def tokens(self) -> int:
        return self.prompt + self.completion


class Answered(Struct, frozen=True, kw_only=True):
    """A reply that passed every check."""

    text: str
    language: Language
    sources: tuple[str, ...]
    tool_calls: tuple[ToolCall, ...] = ()
    """What the model asked for that has an effect, in order: the caller makes the events, for the turn's own chat."""
    read_back: AppointmentRequested | None = None
    """The request that the reply reads back, for the patient's yes: the next turn is to be given it."""
    usage: Usage = Usage()
    handoff: bool = False
    urgent: bool = False
    why: str = ""
    """Why a person is called in; empty without one."""


class Failed(Struct, frozen=True, kw_only=True):
    """No reply that may be sent: the embedded answerer answers. Nothing that the model asked for is carried out."""

    reason: str
    """A short name out of `REASONS`."""
    detail: str = ""
    usage: Usage = Usage()
    handoff: bool = False
    """A person should be called all the same: the model had called one, or the patient had confirmed a request."""
    urgent: bool = False
    """The model had called that person urgently."""


REASONS: Sequence[str] = (
    "off", "budget", "busy", "deadline", "first_token", "rate_limited", "unavailable", "disconnected", "refused",
    "malformed", "too_many_rounds", "rejected",
)  # fmt: skip
"""Every `Failed.reason`: also the values of the metrics' label `outcome`, beside `answered`."""
