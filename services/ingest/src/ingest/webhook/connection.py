"""What does the gateway say about the number's connection?"""

from typing import Any, Literal

import msgspec

from ingest.webhook import clean, wire
from ingest.webhook.errors import decoded
from ingest.webhook.hook import Hook
from ingest.webhook.names import Reason
from ingest.webhook.record import Record
from shared.events import ConnectionChanged

State = Literal["open", "connecting", "close", "logged_out", "removed"]
_STATES: dict[str, State] = {
    "open": "open",
    "connecting": "connecting",
    "close": "close",
    "closed": "close",
    "removed": "removed",
}
_REASON_MAX = 9999
_connection = msgspec.json.Decoder(wire.Connection)


def updated(hook: Hook, raw: msgspec.Raw, place: str) -> Record | Reason:
    """`connection.update`."""
    told = decoded(_connection, raw, place)
    return _changed(hook, _state(told.state), told.status_reason)


def status(hook: Hook, raw: msgspec.Raw, place: str) -> Record | Reason:
    """`status.instance`: the same news in other words."""
    told = decoded(_connection, raw, place)
    return _changed(hook, _state(told.status), told.disconnection_reason_code)


def logged_out(hook: Hook, _raw: msgspec.Raw, _place: str) -> Record | Reason:
    """`logout.instance`: its data is null."""
    return _changed(hook, "logged_out", wire.NOTHING)


def removed(hook: Hook, _raw: msgspec.Raw, _place: str) -> Record | Reason:
    """`remove.instance`, `instance.delete`."""
    return _changed(hook, "removed", wire.NOTHING)


def _changed(hook: Hook, state: State | None, reason: msgspec.Raw) -> Record | Reason:
    if state is None:
        return "unknown_status"
    code = clean.number(reason)
    event = ConnectionChanged(
        id=hook.new_id(),
        instance=hook.instance,
        occurred_at=hook.when(),
        recorded_at=hook.now,
        state=state,
        reason=code if code is not None and 0 <= code <= _REASON_MAX else None,
    )
    return Record(event=event, dedupe=f"connection:{hook.kind}:{state}:{hook.stamp}")


def _state(told: Any) -> State | None:
    return _STATES.get(told) if isinstance(told, str) else None
