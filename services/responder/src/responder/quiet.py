"""How does the sender learn of a clinic's quiet hours? They are written to Redis, and again when files change."""

import asyncio
from collections.abc import Iterator

from redis.exceptions import RedisError

from clinic import Clinic
from clinic.times import clock
from responder.library import Library
from shared.streams import keys
from shared.streams.scripts import Scripts
from shared.telemetry import logs, metrics

LOOK_S = 5.0
LOOKS_UNTIL_ALL = 60  # five minutes: what a Redis without a disk has lost is there again

_log = logs.get(__name__)


class QuietHours:
    """Keeps the quiet hours of all clinics in Redis as their files have them."""

    def __init__(self, scripts: Scripts, library: Library) -> None:
        self._scripts = scripts
        self._library = library
        self._written: dict[str, dict[str, str]] = {}

    async def keep_published(self) -> None:
        """Look again and again."""
        looks = 0
        while True:
            try:
                await self.publish(everything=looks % LOOKS_UNTIL_ALL == 0)
                looks += 1
            except (RedisError, OSError, TimeoutError) as error:
                metrics.REDIS_ERRORS.labels("responder").inc()
                _log.warning("redis_error", error=str(error) or type(error).__name__, doing="writing quiet hours")
            await asyncio.sleep(LOOK_S)

    async def publish(self, *, everything: bool = False) -> None:
        """Write what is new since the last time, and take back what no clinic names any more."""
        wanted = dict(self._wanted())
        changed = {name: hours for name, hours in wanted.items() if everything or self._written.get(name) != hours}
        gone = self._written.keys() - wanted.keys()
        writes = [self._scripts.call("HSET", name, *_flat(hours)) for name, hours in changed.items()]
        await asyncio.gather(*writes, *(self._scripts.call("DEL", name) for name in gone))
        self._written = wanted

    def _wanted(self) -> Iterator[tuple[str, dict[str, str]]]:
        if default := self._library.default():
            yield keys.QUIET, _hours(default)
        for clinic in self._library.clinics():
            for instance in clinic.instances:
                yield keys.quiet(instance), _hours(clinic)


def _hours(clinic: Clinic) -> dict[str, str]:
    """Empty from and until say that there are none: else the default clinic's would hold."""
    span = clinic.policies.quiet_hours
    opens, closes = (clock(span.opens), clock(span.closes)) if span else ("", "")
    return {"zone": clinic.timezone, "from": opens, "until": closes}


def _flat(hours: dict[str, str]) -> list[str]:
    return [part for pair in hours.items() for part in pair]
