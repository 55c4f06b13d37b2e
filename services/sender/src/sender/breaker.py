"""Is it worth calling the gateway at all? After failures in a row that say it is down, it is only asked for a sign.

A circuit breaker (M. Nygard, "Release It!", 2007): closed while calls are answered, open after `THRESHOLD` failures in
a row. While it is open no message is risked: a harmless question probes the gateway, with backoff, until it answers.
Whoever has business there does the probing, also who only wants to know what became of a call. One breaker stands
before one gateway, for all its instances.
"""

import random
import time
from collections.abc import Awaitable, Callable

from shared.streams.backoff import full_jitter
from shared.telemetry import logs, metrics

THRESHOLD = 3
BASE_S = 0.5
CAP_S = 10.0

_log = logs.get(__name__)


class Breaker:
    """Counts failures in a row of one gateway; `probe` asks it for a sign of life."""

    def __init__(
        self, probe: Callable[[], Awaitable[bool]], *, now: Callable[[], float] = time.monotonic,
        draw: random.Random | None = None,
    ) -> None:  # fmt: skip
        self._probe = probe
        self._now = now
        self._draw = draw or random.Random()  # noqa: S311 - jitter
        self._failures = 0
        self._probes = 0
        self._next_at = 0.0
        self._probing = False
        self._sign = False
        """The last probe was answered, and no message has gone on the strength of it."""
        metrics.GATEWAY_UP.set(1)

    @property
    def is_open(self) -> bool:
        """Whether messages should stay where they are."""
        return self._failures >= THRESHOLD

    async def wait_s(self) -> float:
        """How long not to call; 0: call now. Who asks when the time is up does the probing.

        After a sign of life one message goes first: the others wait for what becomes of it.
        """
        if not self.is_open:
            return 0.0
        await self._probe_if_due()
        if self._sign:
            self._sign = False
            self._put_off()
            return 0.0
        return max(self._next_at - self._now(), BASE_S)

    async def is_away(self) -> bool:
        """Whether there is nobody to ask what became of a call. Who asks when the time is up does the probing."""
        if self.is_open:
            await self._probe_if_due()
        return self.is_open and not self._sign

    async def _probe_if_due(self) -> None:
        if self._probing or self._now() < self._next_at:
            return
        self._probing = True
        try:
            self._sign = await self._probe()
        finally:
            self._probing = False
        self._put_off()

    def answered(self) -> None:
        """The gateway answered; whatever it said, it is there."""
        if self.is_open:
            _log.info("gateway_is_back")
        self._failures = self._probes = 0
        self._sign = False
        metrics.GATEWAY_UP.set(1)

    def failed(self) -> None:
        """The gateway could not be reached, or did not answer."""
        self._failures += 1
        self._sign = False
        if self._failures == THRESHOLD:
            _log.warning("gateway_is_down", failures_in_a_row=THRESHOLD)
            metrics.GATEWAY_UP.set(0)
        if self.is_open:
            self._put_off()

    def _put_off(self) -> None:
        self._probes += 1
        wait = max(BASE_S, full_jitter(self._probes, self._draw, base_s=BASE_S, cap_s=CAP_S))
        self._next_at = self._now() + wait
