"""How is a lane's entry ended? All that follows from it goes into one script call, or none of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from shared.clock import SYSTEM, Clock
from shared.errors import NotOurs, QueueFull
from shared.events import Event, encode
from shared.streams import keys
from shared.streams.delivery import Done, Entry, Hold, Owner
from shared.streams.progress import Progress, dump
from shared.streams.roster import due_hint, wake_ups
from shared.streams.scripts import Scripts
from shared.streams.shedding import Shedder

_FIXED_KEYS = 7


@dataclass(slots=True)
class _Operations:
    keys: list[str] = field(default_factory=list)
    args: list[str | bytes | int] = field(default_factory=list)
    first_due: int | None = None

    def key(self, name: str) -> int:
        """The 1-based index of a key in the script's KEYS."""
        if name not in self.keys:
            self.keys.append(name)
        return _FIXED_KEYS + self.keys.index(name) + 1


class Committer:
    """Ends entries atomically, for one consumer group."""

    def __init__(self, scripts: Scripts, *, log_maxlen: int, bound: int, clock: Clock = SYSTEM) -> None:
        self._scripts = scripts
        self._log_maxlen = log_maxlen
        self._bound = bound
        self._shedder = Shedder(scripts, clock, log_maxlen=log_maxlen)

    async def done(
        self,
        owner: Owner,
        entry: Entry,
        key: str,
        outcome: Done,
        progress: Progress,
        also: Sequence[tuple[Entry, str]] = (),
    ) -> list[str]:
        """Consume the entry, and those in `also` with their progress keys, and write what follows.

        A stream that the work goes to and that is at its bound is relieved of what has expired in it. Raises QueueFull
        when that made no room, NotOurs when another replica has the lane or the entry by now: nothing was written.
        Returns keys of states and members that are of another type: what goes there was left out.
        """
        operations = self._operations(outcome)
        for follower, name in also:
            operations.args += ["also", follower.id, name]
        if outcome.keep:
            operations.args += ["tries", dump(progress)]
        if outcome.dead:
            _dead_letter(operations, entry, outcome.dead, progress)
        try:
            return await self._run(owner, entry, key, b"", operations)
        except QueueFull:
            if not await self._make_room(owner.instance, outcome):
                raise
            return await self._run(owner, entry, key, b"", operations)

    async def _make_room(self, instance: str, outcome: Done) -> bool:
        streams = dict.fromkeys(work.stream for work in outcome.work)
        return any([await self._shedder.shed(instance, stream) for stream in streams])

    async def hold(self, owner: Owner, entry: Entry, key: str, hold: Hold) -> None:
        """Keep the entry pending, with its progress written down. Raises NotOurs."""
        operations = self._operations(Done(facts=hold.facts))
        await self._run(owner, entry, key, dump(hold.progress), operations)

    async def record(self, owner: Owner, fact: Event) -> None:
        """Write a fact for which there is no entry to consume any more."""
        bound = ("MAXLEN", "~", self._log_maxlen) if self._log_maxlen else ()
        await self._scripts.call("XADD", keys.events(owner.instance), *bound, "*", "e", encode(fact))

    def _operations(self, outcome: Done) -> _Operations:
        operations = _Operations()
        for fact in outcome.facts:
            operations.args += ["fact", encode(fact)]
        for work in outcome.work:
            operations.args += ["work", operations.key(work.stream), self._bound, encode(work.event)]
        for mark in outcome.marks:
            operations.args += ["mark", operations.key(mark.key), mark.life_ms, mark.value]
        for state in outcome.states:
            pairs = [part for pair in state.fields.items() for part in pair]
            operations.args += ["state", operations.key(state.key), state.life_ms, len(pairs), *pairs]
        for member in outcome.members:
            operations.args += ["join" if member.present else "leave", operations.key(member.key), member.value]
        for park in outcome.parks:
            operations.args += ["park", park.id, park.due_ms, park.stream, encode(park.event)]
            operations.first_due = min(park.due_ms, operations.first_due or park.due_ms)
        for id_ in outcome.unparks:
            operations.args += ["unpark", id_]
        return operations

    async def _run(self, owner: Owner, entry: Entry, key: str, progress: bytes, operations: _Operations) -> list[str]:
        i = owner.instance
        names = [
            entry.stream, keys.events(i), keys.progress(i), keys.fence(i, owner.lane),
            keys.dead_letters(i), keys.due(i), keys.parked(i), *operations.keys,
        ]  # fmt: skip
        args = [owner.group, owner.consumer, entry.id, owner.fence, self._log_maxlen, key, progress, *operations.args]
        hints = wake_ups(i, operations.keys)
        if operations.first_due is not None:
            hints.append(due_hint(i, operations.first_due))
        reply = await self._scripts.run("commit", names, args, then=hints)
        match bytes(reply).decode().split("\n"):
            case ["ok", *left_out]:
                return left_out
            case ["full"]:
                raise QueueFull(f"a work stream of {i} is at its bound of {self._bound}")
            case why:
                raise NotOurs(why[0])


def _dead_letter(operations: _Operations, entry: Entry, reason: str, progress: Progress) -> None:
    fields: list[str | bytes] = [
        "reason", reason, "stream", entry.stream, "entry", entry.id, "e", entry.data or b"", "progress", dump(progress),
    ]  # fmt: skip
    operations.args += ["dead", len(fields), *fields]
