"""What happens when the model calls a tool?

The arguments are checked against the tool's schema, and anything wrong is told to the model as an error. A tool sees
the turn that it runs in and nothing else. What has an effect is only noted: the caller of `Model.answer` makes the
events, and only if the reply may be sent.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from clinic import Service
from responder.answerer import formats
from responder.model import calls
from responder.model.collected import Asked
from responder.model.facts import service_line
from responder.model.reading_back import agreed, read_back
from responder.model.requests import Refused, a_name, must_be_open, services_named
from responder.model.turn import Turn
from shared.telemetry import metrics

MAX_ARGUMENTS = 2_000  # bytes of one call's arguments
MAX_CALLS = 8  # of one turn; a person can be called all the same
MAX_FOUND = 4
_NAMES = {tool.tool: tool for tool in calls.TOOLS}


class Toolbox:
    """The tools of one turn, with what they found and what is to be done."""

    def __init__(self, turn: Turn, first_source: int = 1) -> None:
        self._turn = turn
        self._next = first_source
        self._used = 0
        self.sources: dict[str, str] = {}
        self.results: list[str] = []
        self.found: list[str] = []
        self.effects: list[calls.ToolCall] = []
        self._unconfirmed: calls.AppointmentRequested | None = None

    @property
    def unconfirmed(self) -> calls.AppointmentRequested | None:
        """The request that is to be read back to the patient; none when something else happens in this turn."""
        return None if self.effects else self._unconfirmed

    @property
    def person(self) -> calls.PersonCalled | None:
        """The call for a person, if there was one."""
        return next((one for one in self.effects if isinstance(one, calls.PersonCalled)), None)

    def run(self, asked: Asked) -> str:
        """Carry out one call; the answer is for the model, an error included."""
        known = asked.name if asked.name in _NAMES else "unknown"
        try:
            said = self._do(self._read(asked))
        except Refused as refusal:
            metrics.MODEL_TOOLS.labels(known, "refused").inc()
            return f"ERROR: {refusal}"
        metrics.MODEL_TOOLS.labels(known, "ok").inc()
        if known != calls.RequestAppointment.tool:  # what it says holds the patient's own words
            self.results.append(said)
        return said

    def _read(self, asked: Asked) -> calls.Tool:
        self._used += 1
        if self._used > MAX_CALLS and asked.name != calls.CallAPerson.tool:
            raise Refused("no more tool calls in this turn; answer the patient now")
        if (tool := _NAMES.get(asked.name)) is None:
            raise Refused(f"there is no such tool; there are {', '.join(_NAMES)}")
        if len(asked.arguments) > MAX_ARGUMENTS:
            raise Refused("the arguments are too long")
        try:
            return msgspec.json.decode(asked.arguments.strip() or "{}", type=tool)
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            raise Refused(f"the arguments do not fit: {str(error)[:200]}") from error

    def _do(self, call: calls.Tool) -> str:
        return _DONE[type(call)](self, call)

    def _look_up(self, call: calls.LookUpService) -> str:
        found = services_named(self._turn, call.name)
        if not found:
            raise Refused("the clinic has no such service")
        return "\n".join(
            self._cite(self._turn.clinic.source(f"services.{one.id}"), self._told(one)) for one in found[:MAX_FOUND]
        )

    def _told(self, one: Service) -> str:
        language, said = self._turn.language, [service_line(self._turn.clinic, one, self._turn.language)]
        said += [f"preparation: {one.preparation.say(language)}"] if one.preparation else []
        said += [one.note.say(language)] if one.note else []
        return "; ".join(said)

    def _search(self, call: calls.FreeFacts) -> str:
        hits = self._turn.knowledge.search(call.question, self._turn.language, limit=MAX_FOUND)
        if not hits:
            raise Refused("the clinic's texts do not say anything about this")
        self.found += [hit.text for hit in hits]
        return "\n".join(self._cite(hit.source, hit.text) for hit in hits)

    def _appointment(self, call: calls.RequestAppointment) -> str:
        found = services_named(self._turn, call.service)
        if len(found) != 1:
            names = ", ".join(one.name.say(self._turn.language) for one in found[:MAX_FOUND])
            raise Refused(f"which service is meant? {names}" if found else "the clinic has no such service")
        must_be_open(self._turn, call.day)
        language = self._turn.language
        request = calls.AppointmentRequested(
            service_id=found[0].id, service=found[0].name.say(language), day=call.day, period=call.period,
            name=a_name(call.name),
        )  # fmt: skip
        what = f"{request.service}, {formats.day(call.day, language)}"
        self.results.append(what)  # without the name, which is no word of the clinic's
        if not (call.confirmed and agreed(self._turn, request)):
            self._unconfirmed = request
            raise Refused(f"not confirmed yet: answer with exactly this sentence: {read_back(request, language)}")
        self._note(request)
        told = f"{what}, {request.name}"
        return f"Handed to the front desk, which confirms it in this chat: {told}. Tell the patient exactly that."

    def _reminder(self, call: calls.CancelOrMoveReminder) -> str:
        if call.day is not None:
            must_be_open(self._turn, call.day)
        self._note(calls.ReminderChange(action=call.action, day=call.day, period=call.period))
        when = f" to {formats.day(call.day, self._turn.language)}" if call.day else ""
        return f"Handed to the front desk: {call.action}{when}. It is not done until they confirm it in this chat."

    def _person(self, call: calls.CallAPerson) -> str:
        called = calls.PersonCalled(why=call.why, urgent=call.urgent)
        if call.urgent and (before := self.person) is not None and not before.urgent:
            self.effects[self.effects.index(before)] = called  # the most urgent one counts
        else:
            self._note(called)
        return "Somebody of the front desk will come into this chat. Tell the patient."

    def _note(self, effect: calls.ToolCall) -> None:
        """One effect of a kind in a turn; the first counts."""
        if any(isinstance(one, type(effect)) for one in self.effects):
            raise Refused("this was handed over already, in this turn")
        self.effects.append(effect)

    def _cite(self, source: str, text: str) -> str:
        id_ = f"T{self._next}"
        self._next += 1
        self.sources[id_] = source
        return f"{id_} {' '.join(text.split())}"


_DONE: dict[type[calls.Tool], Callable[[Toolbox, Any], str]] = {
    calls.LookUpService: Toolbox._look_up,
    calls.FreeFacts: Toolbox._search,
    calls.RequestAppointment: Toolbox._appointment,
    calls.CancelOrMoveReminder: Toolbox._reminder,
    calls.CallAPerson: Toolbox._person,
}
