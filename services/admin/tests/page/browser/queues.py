"""What waits in a clinic's queues, and who works them? For the tests of the page that steers them."""

from dataclasses import dataclass
from typing import Any

from playwright.async_api import Page, expect

from shared import ids
from shared.events import AdminActed, MessageReceived, SendAccepted, SendRequested, encode, following
from shared.streams import keys
from tests.support.replica import Replica, Streams, a_send

from ...live.phone import sender_replica
from .conftest import Clinic
from .morning import INSTANCE, MARIA

PAGE = f"/instances/{INSTANCE}/queues"
STREAM, INBOUND = keys.outbound(INSTANCE), keys.inbound(INSTANCE)
CLAIM_IDLE_MS = 600


@dataclass
class Queues:
    """A clinic whose queues are looked into."""

    clinic: Clinic
    streams: Streams
    url: str

    def sender(self, name: str, **settings: int) -> Replica:
        """A sender: its gateway only writes down what it was handed."""
        return sender_replica(self.url, self.streams.scripts, name, **settings)

    async def wait(self, *texts: str, stream: str = STREAM) -> list[SendRequested]:
        """These replies wait to be sent."""
        sends = [a_send(text, f"55119888800{n:02}", instance=INSTANCE, id=ids.new()) for n, text in enumerate(texts)]
        await self.streams.put(*sends, stream=stream)
        return sends

    async def ask(self, *texts: str) -> None:
        """These messages of patients wait to be answered."""
        for n, text in enumerate(texts):
            send = a_send(text, f"55119777700{n:02}", instance=INSTANCE, id=ids.new())
            await self.streams.put(
                MessageReceived(
                    id=send.id, instance=INSTANCE, chat=send.chat, occurred_at=send.occurred_at,
                    recorded_at=send.recorded_at, message_id=send.id, author="patient", kind="text", text=text,
                ),
                stream=INBOUND,
            )  # fmt: skip

    async def take(self, count: int, consumer: str = "gone") -> None:
        """A worker takes so many of them, and does nothing."""
        client = self.clinic.redis
        if not await client.exists(STREAM) or not await client.xinfo_groups(STREAM):
            await client.xgroup_create(STREAM, keys.OUTBOUND_GROUP, id="0", mkstream=True)
        await client.xreadgroup(keys.OUTBOUND_GROUP, consumer, {STREAM: ">"}, count=count)

    async def was_sent(self, send: SendRequested) -> None:
        """The log shows it as sent, although it is in the queue: somebody put a backup back."""
        accepted = following(SendAccepted, send, "accepted", 2, send_id=send.id, message_id="3EB0", attempt=1)
        await self.clinic.redis.xadd(keys.events(INSTANCE), {"e": encode(accepted)})

    async def acted(self) -> list[AdminActed]:
        """What the log tells of operations on the streams."""
        found = await self.streams.facts(AdminActed)
        return [fact for fact in found if isinstance(fact, AdminActed) and "streams" in fact.detail]

    async def state(self) -> dict[str, Any]:
        """What an operation could change."""
        client = self.clinic.redis
        names = [STREAM, INBOUND, keys.outbound_vip(INSTANCE), keys.dead_letters(INSTANCE)]
        return {name: await client.dump(name) for name in [*names, keys.assign(INSTANCE, "sender")]}


async def seen(page: Page, operation: str, heading: str) -> None:
    """Go where a person goes: from the number to its queues to the operation."""
    await page.get_by_role("link", name="Numbers").first.click()
    await page.get_by_role("main").get_by_role("link", name=INSTANCE, exact=True).click()
    await page.get_by_role("link", name="Queues", exact=True).click()
    await page.get_by_role("link", name=operation).click()
    await expect(page.get_by_role("heading", name=heading, level=1)).to_be_visible()


__all__ = ["CLAIM_IDLE_MS", "INBOUND", "MARIA", "PAGE", "STREAM", "Queues", "seen"]
