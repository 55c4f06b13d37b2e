"""Everything that is so at this moment: the accounts, the faults, the deliveries, and who watches."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable
from random import Random
from typing import Any

from .delivery import Delivery
from .events import Events
from .faults import Faults
from .instance import Instance, Webhook
from .live import Live
from .phone import Journal
from .recorded import Recorded
from .settings import Settings


class World:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.random = Random(settings.seed)
        self.recorded = Recorded(settings.version)
        self.live = Live()
        self.faults = Faults(self.random, self.recorded)
        self.delivery = Delivery(self.random, settings.retry_scale)
        self.events = Events(self.delivery, settings.server_url)
        self.instances: dict[str, Instance] = {}
        self.calls = Journal()
        self.closing = asyncio.Event()
        self.offline = False
        self._back: asyncio.TimerHandle | None = None
        self._timers: set[asyncio.TimerHandle] = set()
        self.populate()

    def populate(self) -> None:
        for name in self.settings.instances:
            instance = self.new_instance(name)
            instance.state, instance.ever_connected = "open", True

    def new_instance(self, name: str, token: str | None = None, **more: Any) -> Instance:
        settings = self.settings
        webhook = Webhook(
            tuple(f"{base}/{name}" for base in settings.webhook_urls),
            settings.webhook_headers(),
            settings.webhook_by_events,
        )
        unique = self.uuid()
        instance = Instance(name, unique, token or self.uuid().upper(), webhook=webhook, **more)
        self.instances[name] = instance
        return instance

    def uuid(self) -> str:
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def message_id(self, prefix: str) -> str:
        """Unique across restarts, whatever the seed: 11 hex digits of time, 7 of chance."""
        return f"{prefix}{time.time_ns() // 1_000_000:011X}{self.random.getrandbits(28):07X}"

    def row_id(self) -> str:
        return f"cm{self.random.getrandbits(112):023x}"[:25]

    def later(self, milliseconds: float, act: Callable[[], None]) -> None:
        """Do it soon, unless a reset comes first."""

        def due() -> None:
            self._timers.discard(timer)
            act()

        timer = asyncio.get_running_loop().call_later(milliseconds / 1000, due)
        self._timers.add(timer)

    def go_offline(self, seconds: float | None) -> None:
        self.come_back()
        self.offline = True
        self.delivery.pause(True)
        if seconds is not None:
            self._back = asyncio.get_running_loop().call_later(seconds, self.come_back)

    def come_back(self) -> None:
        if self._back:
            self._back.cancel()
            self._back = None
        self.offline = False
        self.delivery.pause(False)

    def reset(self) -> None:
        """As freshly started; ids go on, so that nothing downstream takes a new message for an old one."""
        self.come_back()
        self._cancel_timers()
        self.delivery.forget()
        self.delivery.tuning, self.delivery.counts = type(self.delivery.tuning)(), type(self.delivery.counts)()
        self.faults.clear()
        for instance in self.instances.values():
            instance.phone.clear()
        self.instances.clear()
        self.calls.clear()
        self.populate()
        self.closing.set()  # let go of whoever is kept hanging
        self.closing = asyncio.Event()
        self.live.publish({"type": "reset"})

    def _cancel_timers(self) -> None:
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()

    async def close(self) -> None:
        self._cancel_timers()
        await self.delivery.close()
