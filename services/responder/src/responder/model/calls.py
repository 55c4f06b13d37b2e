"""What can the model ask to be done?

Each tool is a struct: its fields are the arguments, its docstring is what the model reads. No tool has a field that
names a chat, a patient's number or an instance: a call acts for the chat whose turn it is, and for no other.
"""

from datetime import date
from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import Meta, Struct

Words = Annotated[str, Meta(min_length=1, max_length=200)]
Name = Annotated[str, Meta(min_length=2, max_length=80)]
Period = Literal["morning", "afternoon", "evening", "any"]


class Tool(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One call with its arguments."""

    tool: ClassVar[str]


class LookUpService(Tool, frozen=True, kw_only=True):
    """Price, duration, preparation and insurances of the clinic's services that fit a name."""

    tool: ClassVar[str] = "look_up_service"
    name: Annotated[Words, Meta(description="The service in the patient's words")]


class FreeFacts(Tool, frozen=True, kw_only=True):
    """Search the clinic's own texts for anything that FACTS and the notes do not answer."""

    tool: ClassVar[str] = "free_facts"
    question: Annotated[Words, Meta(description="A few words, in the patient's language")]


class RequestAppointment(Tool, frozen=True, kw_only=True):
    """Hand an appointment request to the front desk, which books it. Read the details back and let the patient
    say yes before you call this with confirmed true."""

    tool: ClassVar[str] = "request_appointment"
    service: Annotated[Words, Meta(description="One of the clinic's services, by name")]
    day: Annotated[date, Meta(description="YYYY-MM-DD")]
    period: Period
    name: Annotated[Name, Meta(description="The name of the person who comes, as the patient wrote it")]
    confirmed: Annotated[bool, Meta(description="The patient said yes to exactly these details")]


class CancelOrMoveReminder(Tool, frozen=True, kw_only=True):
    """Ask the front desk to cancel or move the appointment that this patient was reminded of."""

    tool: ClassVar[str] = "cancel_or_move_reminder"
    action: Literal["cancel", "move"]
    day: Annotated[date | None, Meta(description="The new day as YYYY-MM-DD, when it is to be moved")] = None
    period: Period = "any"


class CallAPerson(Tool, frozen=True, kw_only=True):
    """Call someone of the front desk into this chat: the patient asks for one, complains, or you do not know."""

    tool: ClassVar[str] = "call_a_person"
    why: Annotated[Words, Meta(description="In a few words, for the staff")]
    urgent: bool = False


class AppointmentRequested(Struct, frozen=True, kw_only=True):
    """A request that the patient confirmed, with the service looked up."""

    service_id: str
    service: str
    day: date
    period: Period
    name: str


class ReminderChange(Struct, frozen=True, kw_only=True):
    """The appointment that the patient was reminded of is to be cancelled or moved."""

    action: Literal["cancel", "move"]
    day: date | None = None
    period: Period = "any"


class PersonCalled(Struct, frozen=True, kw_only=True):
    """The model called somebody in."""

    why: str
    urgent: bool = False


ToolCall = AppointmentRequested | ReminderChange | PersonCalled
TOOLS: tuple[type[Tool], ...] = (LookUpService, FreeFacts, RequestAppointment, CancelOrMoveReminder, CallAPerson)
_TITLES = frozenset({"title", "description"})


def described() -> list[dict[str, Any]]:
    """The tools as the endpoint wants them."""
    return [_described(tool) for tool in TOOLS]


def _described(tool: type[Tool]) -> dict[str, Any]:
    schema = msgspec.json.schema(tool)
    parameters = {name: value for name, value in schema["$defs"][tool.__name__].items() if name not in _TITLES}
    about = " ".join((tool.__doc__ or "").split())
    return {"type": "function", "function": {"name": tool.tool, "description": about, "parameters": parameters}}
