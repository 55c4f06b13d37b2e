"""How does an event become bytes and come back? MessagePack on the wire, JSON for people."""

import datetime as dt
from typing import Any, get_args

import msgspec

from shared import ids
from shared.errors import Undecodable
from shared.events.envelope import Event
from shared.events.messages import ConnectionChanged, MessageEdited, MessageReceived, MessageRevoked, ReceiptRecorded
from shared.events.operations import AdminActed, EntryDeadLettered
from shared.events.replies import (
    AppointmentDelivered,
    AppointmentRequested,
    HandoffEnded,
    HandoffRequested,
    MessageHeard,
    OptoutRecorded,
    PresenceRequested,
    ReplyDrafted,
    ReplySuppressed,
)
from shared.events.sends import (
    SendAccepted,
    SendAttempted,
    SendCancelled,
    SendDeadLettered,
    SendDelivered,
    SendEchoed,
    SendExpired,
    SendFailed,
    SendOutcomeUnknown,
    SendRead,
    SendRefused,
    SendReplayed,
    SendRequested,
    SendScheduled,
    SendUnconfirmed,
)
from shared.events.steering import (
    BotPaused,
    BotResumed,
    BroadcastStarted,
    BroadcastStopped,
    ContactChanged,
    HandoffTaken,
    PersonErased,
)

AnyEvent = (
    MessageReceived | MessageEdited | MessageRevoked | ReceiptRecorded | ConnectionChanged
    | ReplyDrafted | ReplySuppressed | HandoffRequested | HandoffEnded | OptoutRecorded
    | AppointmentRequested | AppointmentDelivered | MessageHeard | PresenceRequested
    | SendRequested | SendScheduled | SendAttempted | SendAccepted | SendDelivered | SendRead | SendFailed
    | SendUnconfirmed
    | SendExpired | SendCancelled | SendRefused | SendOutcomeUnknown | SendDeadLettered | SendReplayed | SendEchoed
    | AdminActed | EntryDeadLettered
    | HandoffTaken | BotPaused | BotResumed | ContactChanged | PersonErased | BroadcastStarted | BroadcastStopped
)  # fmt: skip
TYPES: dict[str, type[Event]] = {str(t.__struct_config__.tag): t for t in get_args(AnyEvent)}
"""Every event type by its wire name."""

_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[AnyEvent] = msgspec.msgpack.Decoder(AnyEvent)


def encode(event: Event) -> bytes:
    """The event's bytes on the wire."""
    return _encoder.encode(event)


def decode(data: bytes) -> AnyEvent:
    """The event in `data`.

    Raises Undecodable, saying whether the bytes are no MessagePack, the type or its version is unknown here,
    or a field is wrong.
    """
    try:
        event = _decoder.decode(data)
        ids.time_ms(event.id)  # what follows from an event derives its id from this one
    except msgspec.ValidationError as error:
        raise Undecodable(_explain(data, error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Undecodable(f"bytes are not MessagePack: {error}") from error
    except ValueError as error:
        raise Undecodable(f"event id {event.id[:60]!r} is no UUID") from error
    return event


def to_json(event: Event) -> dict[str, Any]:
    """The event for people: the same fields, times as ISO 8601 in UTC."""
    fields: dict[str, Any] = msgspec.to_builtins(event)
    for name in ("occurred_at", "recorded_at", "expires_at", "not_before", "asked_at", "retry_at", "until"):
        if isinstance(fields.get(name), int):
            fields[name] = _iso(fields[name])
    return fields


def _iso(at_ms: int) -> str:
    try:
        return dt.datetime.fromtimestamp(at_ms / 1000, dt.UTC).isoformat(timespec="milliseconds")
    except (OverflowError, ValueError, OSError):
        return f"{at_ms} ms"


def _explain(data: bytes, error: Exception) -> str:
    try:
        found = msgspec.msgpack.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as broken:
        return f"bytes are not MessagePack: {broken}"
    tag = found.get("type") if isinstance(found, dict) else None
    if isinstance(tag, str) and tag not in TYPES:
        known = sorted(name for name in TYPES if name.rpartition(".")[0] == tag.rpartition(".")[0])
        return f"unknown event type {tag!r}" + (f"; this version knows {', '.join(known)}" if known else "")
    return f"event {tag!r} is malformed: {error}"
