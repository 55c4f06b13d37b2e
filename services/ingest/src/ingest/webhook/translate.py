"""What did this webhook tell? One pass over its items, each a fact or ignored for a reason."""

from collections.abc import Callable

import msgspec

from ingest.webhook import changes, clean, connection, messages
from ingest.webhook.errors import BadWebhook, decoded
from ingest.webhook.hook import Hook, open_hook
from ingest.webhook.names import IGNORED, UNKNOWN, Reason
from ingest.webhook.record import Record, Translation
from shared.clock import Clock

ITEMS_MAX = 1000  # a real webhook has one
READERS: dict[str, Callable[[Hook, msgspec.Raw, str], Record | Reason]] = {
    "messages.upsert": messages.received,
    "send.message": messages.echoed,
    "messages.edited": changes.edited,
    "messages.delete": changes.deleted,
    "messages.update": changes.acknowledged,
    "connection.update": connection.updated,
    "status.instance": connection.status,
    "logout.instance": connection.logged_out,
    "remove.instance": connection.removed,
    "instance.delete": connection.removed,
}
_list = msgspec.json.Decoder(list[msgspec.Raw])


def translate(instance: str, body: bytes, *, clock: Clock, reactions: bool = False) -> Translation:
    """The facts in the webhook `body` that was posted for `instance`.

    `reactions` True makes an emoji to a message a message of its own. Raises BadWebhook, saying what is wrong where;
    of a list of items the good ones are taken and the others ignored as malformed.
    """
    hook = open_hook(instance, clean.json_bytes(body), clock, reactions)
    reader = READERS.get(hook.kind)
    if reader is None:
        return _translation(hook, [], [IGNORED.get(hook.kind, "unknown_event")])
    return _translation(hook, *_read_all(hook, reader))


def _read_all(
    hook: Hook, reader: Callable[[Hook, msgspec.Raw, str], Record | Reason]
) -> tuple[list[Record], list[Reason]]:
    records: list[Record] = []
    ignored: list[Reason] = []
    bad: list[BadWebhook] = []
    for place, raw in _items(hook.data):
        try:
            found = reader(hook, raw, place)
        except BadWebhook as error:
            bad.append(error)
            continue
        if isinstance(found, Record):
            records.append(found)
        else:
            ignored.append(found)
    if bad and not records and not ignored:
        raise bad[0]
    return records, ignored + ["malformed"] * len(bad)


def _items(data: msgspec.Raw) -> list[tuple[str, msgspec.Raw]]:
    if memoryview(data)[:1].tobytes() != b"[":
        return [("data", data)]
    items = decoded(_list, data, "data")
    if len(items) > ITEMS_MAX:
        raise BadWebhook(f"data: expected at most {ITEMS_MAX} items, got {len(items)}")
    return [(f"data[{index}]", raw) for index, raw in enumerate(items)]


def _translation(hook: Hook, records: list[Record], ignored: list[Reason]) -> Translation:
    return Translation(
        records=tuple(records),
        ignored=tuple(ignored),
        event_name=hook.kind,
        told=clean.line(hook.event[:64]) if hook.kind == UNKNOWN else hook.kind,
    )
