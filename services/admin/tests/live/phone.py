"""What arrives on the phone? A sender whose gateway only writes down what it was handed."""

import asyncio
import random

from sender.attempts import Attempts
from sender.settings import SenderSettings
from shared.clock import SYSTEM
from shared.events import SendRequested
from shared.streams.delivery import Delivery, Done, Hold, Owner, Wait
from shared.streams.scripts import Scripts
from tests.support.replica import Recorder, Replica

SLOW_S = 0.004  # a gateway call: long enough that an operation meets some under way


class Sender(Recorder):
    """Begins its attempts as the product's sender does. `begun` is what the gateway was handed."""

    counts_tries = True
    takes_turns = False

    def __init__(self, scripts: Scripts, name: str, slow_s: float) -> None:
        super().__init__(name)
        self._slow_s = slow_s
        settings = SenderSettings(
            redis_url="redis://unused", evolution_server_url="http://unused", evolution_api_key="unused",
            wa_tokens_per_second=0.0,
        )  # fmt: skip
        self._attempts = Attempts(scripts, settings, SYSTEM, 0)
        self._draw = random.Random(name)
        self.unknown: list[str] = []
        """Sends that were met with an attempt whose end nobody knows."""

    async def admit(self, delivery: Delivery, owner: Owner) -> Delivery | Wait | Done | Hold:
        if delivery.progress.last and delivery.progress.last.is_open:
            self.unknown.append(delivery.event.id)
            return await self.exhausted(delivery, "its outcome is unknown")
        assert isinstance(delivery.event, SendRequested)
        return await self._attempts.begin(delivery, delivery.event, owner)

    async def handle(self, delivery: Delivery, span: object) -> Done | Hold:
        await asyncio.sleep(self._draw.random() * self._slow_s)
        return await super().handle(delivery, span)  # type: ignore[arg-type]


def sender_replica(url: str, scripts: Scripts, name: str, *, slow_s: float = SLOW_S, **settings: int) -> Replica:
    return Replica(url, Sender(scripts, name, slow_s), name=name, **settings)
