"""How does one event name the event that led to it?"""

from typing import Any, TypeVar

from shared import ids
from shared.events.envelope import Event

E = TypeVar("E", bound=Event)


def following(
    kind: type[E], cause: Event, purpose: str, now_ms: int, traceparent: str | None = None, **about: Any
) -> E:
    """An event of `kind` that `cause` led to, about the same chat and in the same story.

    Its id is derived from the cause and `purpose`, so that a step which runs twice makes the same event twice.
    `about` are the fields of the kind's own.
    """
    return kind(
        id=ids.derived(cause.id, purpose),
        instance=cause.instance,
        chat=cause.chat,
        occurred_at=now_ms,
        recorded_at=now_ms,
        causation_id=cause.id,
        correlation_id=cause.correlation_id or cause.id,
        traceparent=traceparent or cause.traceparent,
        **about,
    )
