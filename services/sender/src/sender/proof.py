"""Did WhatsApp get it after all? What the gateway itself said since the try, by content, chat and time."""

from collections.abc import Sequence
from typing import Literal

from sender.evolution import Evolution
from sender.sent import parse_sent
from shared.clock import Clock
from shared.events import SendRequested, content_digest
from shared.events.spelling import same_person
from shared.streams import keys
from shared.streams.scripts import Scripts

SKEW_MS = 5_000  # times are whole seconds; and our own machines' clocks, which ingest's times are told by, may differ

Proven = tuple[str, Literal["echo", "search"]]


class Proof:
    """Looks for the trace of a send: the gateway's `send.message` webhook, or its message search."""

    def __init__(self, scripts: Scripts, gateway: Evolution, clock: Clock) -> None:
        self._scripts = scripts
        self._gateway = gateway
        self._clock = clock

    async def echoed(self, event: SendRequested, tried_at: int) -> Proven | None:
        """The message id under which the gateway told of what a try at that time sent, as ingest recorded it."""
        since = tried_at - SKEW_MS
        name = keys.echoes(event.instance, content_digest(event.content))
        for member in await self._scripts.call("ZRANGEBYSCORE", name, since, "+inf"):
            message_id, *chats = str(member, "utf-8").split(" ")
            if _same_chat(event, chats) and await self._is_free(event, message_id):
                return message_id, "echo"
        return None

    async def searched(self, event: SendRequested, tried_at: int) -> Proven | None:
        """The message id under which the gateway's own database has what a try at that time sent.

        Its times are told by its own clock: the window is as much wider as that was seen to differ from ours.
        """
        ahead, digest = self._gateway.ahead_ms, content_digest(event.content)
        since, until = tried_at - SKEW_MS + min(0, ahead), self._clock.now_ms() + SKEW_MS + max(0, ahead)
        for found in await self._gateway.sent_since(event.instance, since, until):
            same = found.digest == digest and found.at >= since and _same_chat(event, found.chats)
            if same and await self._is_free(event, found.message_id):
                return found.message_id, "search"
        return None

    async def _is_free(self, event: SendRequested, message_id: str) -> bool:
        """No other send of ours is known to be that message."""
        owner = await self._scripts.call("GET", keys.sent(event.instance, message_id))
        return owner is None or parse_sent(owner).send_id == event.id


def _same_chat(event: SendRequested, chats: Sequence[str]) -> bool:
    ours = {same_person(event.chat), same_person(event.to.partition("@")[0]), event.to}
    return any(same_person(chat) in ours for chat in chats)
