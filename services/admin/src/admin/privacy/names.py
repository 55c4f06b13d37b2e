"""By which names does the data know one person? Their number in its spellings, and the ids WhatsApp hides it behind."""

import re
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field

from shared.events import AnyEvent, MessageReceived
from shared.events.spelling import written_ways

MOST_PASSES = 5
_LENGTH = rb"(?<=[\xd9\xc4][0-9])|(?<=[\xda\xc5][\x00-\x7f][0-9])|(?<=[\xdb\xc6]\x00[\x00-\x7f].[0-9])"
"""MessagePack writes a text's length before it, and one from 48 to 57 looks like a digit. UTF-8 has no such bytes."""


@dataclass(slots=True)
class Person:
    """The names that were found so far, and WhatsApp's ids of their messages, which lead to further ones."""

    chats: set[str]
    message_ids: set[str] = field(default_factory=set)
    needles: list[bytes] = field(default_factory=list)
    """What their names look like in any bytes."""
    _alone: "re.Pattern[bytes]" = field(init=False)

    def __post_init__(self) -> None:
        self._name(self.chats)

    def _name(self, chats: set[str]) -> None:
        self.chats |= chats
        self.needles = sorted({chat.partition("@")[0].encode() for chat in self.chats})
        self._alone = re.compile(b"|".join(map(_alone, self.needles)), re.DOTALL)

    def learn(self, event: AnyEvent) -> None:
        """Take from a fact what else it says about who they are."""
        if self.has(event):
            for name in (event.chat, _lid(event)):
                if name and name not in self.chats:
                    self._name(set(written_ways(name)))
            if message_id := getattr(event, "message_id", ""):
                self.message_ids.add(message_id)

    def has(self, event: AnyEvent) -> bool:
        """Whether a fact is about them: in a chat of theirs, or about a message of theirs that is told by a further id.

        Senders choose their messages' ids, so one that stands under another's number is that other's.
        """
        if event.chat in self.chats or _lid(event) in self.chats:
            return True
        return getattr(event, "message_id", "") in self.message_ids and not self._is_others(event.chat)

    def _is_others(self, chat: str) -> bool:
        return bool(chat) and _is_number(chat) and any(map(_is_number, self.chats))

    def has_message(self, message_id: bytes) -> bool:
        """Whether WhatsApp's id is of a message with them."""
        return message_id.decode(errors="replace") in self.message_ids

    def named_in(self, data: bytes) -> bool:
        """Whether any of their names stands in these bytes, and not as a part of somebody else's longer number."""
        for needle in self.needles:  # a loop: it runs for each entry of a long log
            if needle in data:
                return self._alone.search(data) is not None
        return False


def _is_number(chat: str) -> bool:
    return "@" not in chat


def _lid(event: AnyEvent) -> str:
    return event.lid if isinstance(event, MessageReceived) else ""


def _alone(needle: bytes) -> bytes:
    """The name as a number of its own, or as the whole of a short MessagePack text, whatever byte comes behind it.

    Zeros before it are a way to dial it.
    """
    before, name = rb"(?:(?<![0-9])|" + _LENGTH + rb")0*", re.escape(needle)
    whole = rb"|" + re.escape(bytes([0xA0 | len(needle)])) + name if len(needle) < 32 else b""
    return before + name + rb"(?![0-9])" + whole


async def person_of(
    chat: str, facts: Callable[["Person"], AsyncIterator[AnyEvent]], known: Iterable[str] = ()
) -> Person:
    """The person behind a chat's name, who is also called as is `known`.

    `facts` reads what the log may say of them: again, as long as it names them by what it said later.
    """
    person = Person({*written_ways(chat), *known})
    for _ in range(MOST_PASSES):
        before = len(person.chats), len(person.message_ids)
        async for event in facts(person):
            person.learn(event)
        if (len(person.chats), len(person.message_ids)) == before:
            break
    return person
