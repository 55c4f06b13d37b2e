"""What do messages say once their author has changed or deleted them?"""

from collections.abc import Sequence

import msgspec

from shared.events import AnyEvent, MessageEdited, MessageReceived, MessageRevoked


def amended(events: Sequence[AnyEvent]) -> tuple[list[MessageReceived], list[MessageReceived]]:
    """The messages among `events` as they read now, and those that were deleted.

    Edits come in any order; the latest counts. One without words (the gateway tells some so) changes nothing.
    """
    edits = sorted(_edits(events), key=lambda edit: (edit.occurred_at, edit.id))
    words = {edit.message_id: edit.text for edit in edits}
    gone = {event.message_id for event in events if isinstance(event, MessageRevoked) and event.author == "patient"}
    messages = [event for event in events if isinstance(event, MessageReceived)]
    kept = [_with(one, words.get(one.message_id)) for one in messages if one.message_id not in gone]
    return kept, [one for one in messages if one.message_id in gone]


def _edits(events: Sequence[AnyEvent]) -> list[MessageEdited]:
    return [
        event
        for event in events
        if isinstance(event, MessageEdited) and event.author == "patient" and event.text.strip()
    ]


def _with(message: MessageReceived, text: str | None) -> MessageReceived:
    return message if text is None else msgspec.structs.replace(message, text=text)
