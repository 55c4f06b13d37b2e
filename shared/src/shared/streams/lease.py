"""Who works a lane now? One replica, until it stops renewing; then the next, with a higher fencing number."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from shared.streams import keys
from shared.streams.delivery import Entry
from shared.streams.scripts import Scripts


class Renewal(IntEnum):
    """What came of asking for another life. Falsy: the lane is somebody else's."""

    LOST = 0
    KEPT = 1
    WANTED = 2
    """Kept, and an operator wants it to go to a certain replica: end what was begun, and let go."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A lane of one instance, held by one replica."""

    instance: str
    lane: str
    replica: str
    fence: int
    life_ms: int

    @property
    def _keys(self) -> list[str]:
        return [keys.lease(self.instance, self.lane), keys.fence(self.instance, self.lane)]

    async def renew(self, scripts: Scripts, group: str, working_on: Sequence[Entry]) -> Renewal:
        """Keep it for another life, and keep the entries in work from looking idle."""
        streams = sorted({entry.stream for entry in working_on})
        args: list[str | int] = [self.fence, self.replica, self.life_ms, group, self.replica]
        for entry in working_on:
            args += [streams.index(entry.stream) + 4, entry.id]
        names = [*self._keys, keys.assign(self.instance, self.lane), *streams]
        return Renewal(int(await scripts.run("renew", names, args)))

    async def release(self, scripts: Scripts) -> None:
        """Give it back, so that another can take it at once."""
        await scripts.run("release", self._keys, [self.fence])


async def acquire(scripts: Scripts, instance: str, lane: str, replica: str, life_ms: int) -> Lease | None:
    """The lease of a lane that nobody holds and nobody else is to have, or None."""
    names = [keys.lease(instance, lane), keys.fence(instance, lane), keys.assign(instance, lane)]
    fence = int(await scripts.run("acquire", names, [replica, life_ms]))
    return Lease(instance, lane, replica, fence, life_ms) if fence else None
