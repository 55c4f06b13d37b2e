"""Did WhatsApp get it after all? What the gateway itself said since the try, by content, chat and time."""

from sender.address import same_person
from shared.events import SendRequested, content_digest
from shared.streams import keys
from shared.streams.progress import Try
from shared.streams.scripts import Scripts

SKEW_MS = 5_000  # the gateway's times are whole seconds of its own clock


class Proof:
    """Looks for the echo of a send: the gateway's `send.message` webhook, as ingest recorded it."""

    def __init__(self, scripts: Scripts) -> None:
        self._scripts = scripts

    async def find(self, event: SendRequested, tried: Try) -> str | None:
        """The message id under which WhatsApp has what this try sent, or None while there is no proof of it."""
        since = tried.at - SKEW_MS
        name = keys.echoes(event.instance, content_digest(event.content))
        for member in await self._scripts.call("ZRANGEBYSCORE", name, since, "+inf"):
            message_id, *chats = str(member, "utf-8").split(" ")
            if self._same_chat(event, chats) and not await self._claimed(event, message_id):
                return message_id
        return None

    def _same_chat(self, event: SendRequested, chats: list[str]) -> bool:
        ours = {same_person(event.chat), same_person(event.to.partition("@")[0]), event.to}
        return any(same_person(chat) in ours for chat in chats)

    async def _claimed(self, event: SendRequested, message_id: str) -> bool:
        owner = await self._scripts.call("GET", keys.sent(event.instance, message_id))
        return owner is not None and owner.decode() != event.id
