"""What does a fact say, in one English sentence?"""

from collections.abc import Callable
from typing import Any

import msgspec

from admin.views.folding.delivery import said
from admin.views.model import Step
from shared.events import Event

_ENVELOPE = {"id", "instance", "chat", "occurred_at", "recorded_at", "causation_id", "correlation_id", "traceparent"}
_SAID: dict[str, Callable[[Any], str]] = {
    "message.received.v1": lambda e: f"{'Staff' if e.author == 'staff' else 'The patient'} wrote: {_quoted(e)}",
    "message.edited.v1": lambda e: f"The words were changed to “{e.text}”",
    "message.revoked.v1": lambda _: "The message was deleted for everyone",
    "reply.drafted.v1": lambda e: f"{_answerer(e)} found an answer ({e.decision}){_from(e.sources)}",
    "reply.suppressed.v1": lambda e: f"No answer, on purpose: {e.why}",
    "handoff.requested.v1": lambda e: f"A person was called{' urgently' if e.urgent else ''}: {e.why}",
    "optout.recorded.v1": lambda e: "The patient " + (
        "wants no reminders or broadcasts" if e.opted_out else "wants reminders and broadcasts again"
    ),
    "appointment.requested.v1": lambda e: f"{e.name} would like {e.service} on {e.day}, {e.period}",
    "send.requested.v1": lambda e: f"A {e.send_class} message was requested{_by(e)}: {' '.join(said(e.content))}",
    "send.scheduled.v1": lambda e: f"It waits: {e.why}",
    "send.attempted.v1": lambda e: f"The gateway was called, try {e.attempt}",
    "send.accepted.v1": lambda e: "The gateway took it" + (
        "" if e.proof == "answer" else f" (known by its {e.proof})" if e.confirmed else ", without confirming it"
    ),
    "send.delivered.v1": lambda _: "It arrived on the patient's phone",
    "send.read.v1": lambda _: "The patient read it",
    "send.unconfirmed.v1": lambda e: f"No receipt came for {e.after_s} s",
    "send.failed.v1": lambda e: f"Try {e.attempt} failed{' for good' if e.final else ''}: {e.reason}",
    "send.expired.v1": lambda _: "Its time was over before it could be sent",
    "send.outcome_unknown.v1": lambda e: f"Whether it was sent is not known: {e.reason}",
    "send.dead_lettered.v1": lambda e: f"It was set aside after {e.attempts} tries: {e.reason}",
    "send.replayed.v1": lambda e: f"{e.by} put it to work again",
    "send.cancelled.v1": lambda e: f"{getattr(e, 'by', '') or 'Somebody'} cancelled it",
    "entry.dead_lettered.v1": lambda e: f"It could not be handled and was set aside: {e.reason}",
}  # fmt: skip


def step(event: Event) -> Step:
    """One step of a story."""
    kind = str(event.__struct_config__.tag)
    tell = _SAID.get(kind)
    fields = {k: _text(v) for k, v in msgspec.to_builtins(event).items() if k not in _ENVELOPE and k != "type"}
    return Step(at=event.recorded_at, type=kind, id=event.id, said=tell(event) if tell else kind, fields=fields)


def _quoted(event: Any) -> str:
    return f"“{event.text}”" if event.text else f"[{event.kind}]"


def _answerer(event: Any) -> str:
    return "The clinic's own words" if event.answered_by == "embedded" else f"The model {event.answered_by}"


def _from(sources: tuple[str, ...]) -> str:
    return f" in {', '.join(sources)}" if sources else ""


def _by(event: Any) -> str:
    return f" by {event.by}" if event.by else ""


def _text(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
