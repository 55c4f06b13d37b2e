"""Was it done in the meantime? The log shows it: an acceptance, a delivery, an answer, or the gateway's echo."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import redis.asyncio as aioredis

from admin.deadletters.letters import Letter
from shared.errors import Undecodable
from shared.events import (
    AnyEvent,
    ReplyDrafted,
    ReplySuppressed,
    SendAccepted,
    SendDelivered,
    SendEchoed,
    SendRead,
    SendRequested,
    content_digest,
    decode,
)
from shared.streams import keys

BATCH = 1_000
SKEW_MS = 60_000  # clocks of services and of Redis may differ
_TELLING = (b"send.accepted", b"send.delivered", b"send.read", b"send.echoed", b"reply.drafted", b"reply.suppressed")
_NINTH_DIGIT = re.compile(r"^55(\d{2})9(\d{8})$")


@dataclass(slots=True)
class Meanwhile:
    """What the log shows, up to its entry `upto`."""

    upto: str = "0-0"
    done: set[str] = field(default_factory=set)
    """Ids of events that were sent or answered."""
    accepted: set[str] = field(default_factory=set)
    """WhatsApp's ids of sends that we know to be ours."""
    echoes: list[SendEchoed] = field(default_factory=list)

    def take(self, fact: AnyEvent) -> None:
        """One more fact."""
        match fact:
            case SendAccepted():
                self.done.add(fact.send_id)
                self.accepted.add(fact.message_id)
            case SendDelivered() | SendRead():
                self.done.add(fact.send_id)
            case ReplyDrafted() | ReplySuppressed():
                self.done.update(fact.answers)
            case SendEchoed():
                self.echoes.append(fact)

    def shows(self, letter: Letter) -> bool:
        """Whether this one was done."""
        event = letter.event
        if event is None:
            return False
        return event.id in self.done or (isinstance(event, SendRequested) and self._echoed(event, letter))

    def _echoed(self, send: SendRequested, letter: Letter) -> bool:
        """The gateway told that it sent these words to this chat, and no other send of ours is known to be it."""
        if letter.progress.last is None:  # it was never handed over
            return False
        tried_at = letter.progress.unproven or letter.progress.tries[0].at
        digest, since = content_digest(send.content), tried_at - SKEW_MS
        return any(
            echo.content_digest == digest and _same(echo.chat, send.chat) and echo.recorded_at >= since
            for echo in self.echoes
            if echo.message_id not in self.accepted
        )


async def meanwhile(client: aioredis.Redis, instance: str, letters: Sequence[Letter]) -> Meanwhile:
    """What the log shows since the oldest of them was made."""
    found = Meanwhile()
    times = [letter.event.recorded_at for letter in letters if letter.event]
    start = f"{max(0, min(times, default=0) - SKEW_MS)}-0"
    while times:
        entries: Any = await client.xrange(keys.events(instance), min=start, count=BATCH)
        for id_, fields in entries:
            found.upto = id_.decode()
            data = fields.get(b"e", b"")
            if any(word in data for word in _TELLING) and (fact := _read(data)) is not None:
                found.take(fact)
        if len(entries) < BATCH:
            break
        start = f"({found.upto}"
    return found


def _read(data: bytes) -> AnyEvent | None:
    try:
        return decode(data)
    except Undecodable:
        return None


def _same(chat: str, other: str) -> bool:
    """Whether two names are one person's; the gateway may leave a Brazilian mobile's ninth digit out."""
    return _NINTH_DIGIT.sub(r"55\1\2", chat) == _NINTH_DIGIT.sub(r"55\1\2", other)
