"""What must be known before a batch is folded?"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from admin.views.folding import stories
from admin.views.folding.names import kept
from admin.views.folding.rules import CHANGED, EARLY, OF_SEND, about
from shared import events as e


@dataclass(slots=True)
class Needs:
    """What must be loaded before a batch is folded."""

    messages: set[str] = field(default_factory=set)
    chats: set[str] = field(default_factory=set)
    stories: set[str] = field(default_factory=set)
    aliases: set[str] = field(default_factory=set)


def needs(batch: Iterable[tuple[str, Any]]) -> Needs:
    """What a batch of (entry id, fact) is about."""
    found = Needs()
    ids, chats, told = found.messages, found.chats, found.stories
    for _, event in batch:
        kind = type(event)
        if event.chat:
            chats.add(kept(event.chat))
        if kind in stories.TOLD:
            told.add(event.correlation_id or event.id)
        if kind in OF_SEND:
            ids.add(event.send_id)
        elif kind is e.MessageReceived:
            ids.add(event.id)
            ids.add(EARLY + event.message_id)
        elif kind is e.SendRequested:
            ids.add(event.id)
            ids.add(event.causation_id or event.id)
        elif kind in CHANGED:
            found.aliases.add(event.message_id)
            ids.add(EARLY + event.message_id)
        else:
            ids.update(about(event))
    return found
