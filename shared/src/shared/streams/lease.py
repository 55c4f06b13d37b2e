"""Who works a lane now? One replica, until it stops renewing; then the next, with a higher fencing number."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.streams import keys
from shared.streams.delivery import Entry
from shared.streams.scripts import Scripts


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

    async def renew(self, scripts: Scripts, group: str, working_on: Sequence[Entry]) -> bool:
        """Keep it for another life, and keep the entries in work from looking idle. False: somebody else has it."""
        streams = sorted({entry.stream for entry in working_on})
        args: list[str | int] = [self.fence, self.replica, self.life_ms, group, self.replica]
        for entry in working_on:
            args += [streams.index(entry.stream) + 3, entry.id]
        return bool(await scripts.run("renew", [*self._keys, *streams], args))

    async def release(self, scripts: Scripts) -> None:
        """Give it back, so that another can take it at once."""
        await scripts.run("release", self._keys, [self.fence])


async def acquire(scripts: Scripts, instance: str, lane: str, replica: str, life_ms: int) -> Lease | None:
    """The lease of a lane that nobody holds, or None."""
    names = [keys.lease(instance, lane), keys.fence(instance, lane)]
    fence = int(await scripts.run("acquire", names, [replica, life_ms]))
    return Lease(instance, lane, replica, fence, life_ms) if fence else None
