"""Is it worth calling the gateway at all? After failures in a row that say it is down, it is only asked for a sign.

A circuit breaker (M. Nygard, "Release It!", 2007): closed while calls are answered, open after `THRESHOLD` failures in
a row. While it is open no message is risked: a harmless question probes the gateway, with backoff, until it answers.
One breaker stands before one gateway, for all its instances.
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
        left = self._next_at - self._now()
        if left > 0 or self._probing:
            return max(left, BASE_S)
        self._probing = True
        try:
            alive = await self._probe()
        finally:
            self._probing = False
        wait = self._put_off()
        return 0.0 if alive else wait

    def answered(self) -> None:
        """The gateway answered; whatever it said, it is there."""
        if self.is_open:
            _log.info("gateway_is_back")
        self._failures = self._probes = 0
        metrics.GATEWAY_UP.set(1)

    def failed(self) -> None:
        """The gateway could not be reached, or did not answer."""
        self._failures += 1
        if self._failures == THRESHOLD:
            _log.warning("gateway_is_down", failures_in_a_row=THRESHOLD)
            metrics.GATEWAY_UP.set(0)
        if self.is_open:
            self._put_off()

    def _put_off(self) -> float:
        self._probes += 1
        wait = max(BASE_S, full_jitter(self._probes, self._draw, base_s=BASE_S, cap_s=CAP_S))
        self._next_at = self._now() + wait
        return wait
