"""Is this an hour in which the clinic sends nothing unasked, and when is it over?

The responder owns the clinics' files and writes each clinic's quiet hours to Redis; here they are only read.
"""

import datetime as dt
import time
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from shared.clock import Clock
from shared.streams import keys
from shared.streams.scripts import Scripts
from shared.telemetry import logs

FRESH_S = 30.0
LEAST_WAIT_MS = 1_000

_log = logs.get(__name__)


@dataclass(frozen=True, slots=True)
class Span:
    """From one minute of the clinic's day to another; it may go over midnight."""

    zone: ZoneInfo
    opens: int
    closes: int

    def ends_at(self, now_ms: int) -> int | None:
        """When it ends (ms), or None when it is not now."""
        here = dt.datetime.fromtimestamp(now_ms / 1000, self.zone)
        minute = here.hour * 60 + here.minute
        overnight = self.closes < self.opens
        inside = minute >= self.opens or minute < self.closes if overnight else self.opens <= minute < self.closes
        if not inside:
            return None
        midnight = dt.datetime.combine(here.date(), dt.time(), self.zone)
        days = 1 if overnight and minute >= self.opens else 0
        end = midnight + dt.timedelta(days=days, minutes=self.closes)  # by the wall: an aware time keeps its zone
        return max(round(end.timestamp() * 1000), now_ms + LEAST_WAIT_MS)


class QuietHours:
    """The quiet hours of instances, remembered for a while."""

    def __init__(self, scripts: Scripts, clock: Clock) -> None:
        self._scripts = scripts
        self._clock = clock
        self._spans: dict[str, tuple[float, Span | None]] = {}

    async def end_for(self, instance: str) -> int | None:
        """When the quiet hours that hold now are over (ms), or None when there are none now."""
        read_at, span = self._spans.get(instance, (-FRESH_S, None))
        if time.monotonic() - read_at >= FRESH_S:
            span = await self._read(instance)
            self._spans[instance] = (time.monotonic(), span)
        return span.ends_at(self._clock.now_ms()) if span else None

    async def _read(self, instance: str) -> Span | None:
        for name in (keys.quiet(instance), keys.QUIET):
            zone, opens, closes = await self._scripts.call("HMGET", name, "zone", "from", "until")
            if zone is not None:
                return _span(instance, zone.decode(), (opens or b"").decode(), (closes or b"").decode())
        return None


def _span(instance: str, zone: str, opens: str, closes: str) -> Span | None:
    """The span; None when the clinic has none, or when what is written there is no span."""
    if not opens:
        return None
    try:
        return Span(ZoneInfo(zone), _minute(opens), _minute(closes))
    except (ValueError, OSError, KeyError) as error:
        _log.error("quiet_hours_not_understood", instance=instance, error=str(error), effect="nothing is held")
        return None


def _minute(clock: str) -> int:
    hour, _, minute = clock.partition(":")
    return int(hour) * 60 + int(minute)
