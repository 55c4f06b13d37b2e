"""What does a handler get, and what may it give back?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from shared.events import AnyEvent, Event
from shared.streams.progress import Progress
from shared.telemetry.tracing import Traced


@dataclass(frozen=True, slots=True)
class Entry:
    """A stream entry as it was read: its bytes may be no event at all."""

    stream: str
    id: str
    data: bytes | None
    claimed: bool = False
    """Taken over from another consumer, or from an earlier lease of our own."""
    trimmed: bool = False
    """It was deleted while it was pending: only its id is left."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event in a handler's hands."""

    entry: Entry
    event: AnyEvent
    progress: Progress
    fence: int
    """The lane's fencing number at the time of reading; every commit checks it."""
    followers: "tuple[Delivery, ...]" = ()
    """What waited behind it in its chat when it was admitted, oldest first."""
    read_at: float = 0.0
    """By the monotonic clock, in seconds."""

    @property
    def key(self) -> str:
        """The name of its progress: the event's id, which survives a move to another stream."""
        return self.event.id


@dataclass(frozen=True, slots=True)
class Work:
    """An event put on a work stream of the same instance."""

    stream: str
    event: Event


@dataclass(frozen=True, slots=True)
class Mark:
    """A string with a time to live that is set beside the commit; without one (0) it is removed."""

    key: str
    value: str
    life_ms: int


@dataclass(frozen=True, slots=True)
class Park:
    """An event put aside until `due_ms`, then put on `stream`."""

    id: str
    due_ms: int
    stream: str
    event: Event


@dataclass(frozen=True, slots=True)
class State:
    """Fields of a hash that are set beside the commit, and its time to live."""

    key: str
    fields: Mapping[str, str | bytes | int]
    life_ms: int


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a set, there (or not there any more) after the commit."""

    key: str
    value: str
    present: bool = True


@dataclass(frozen=True, slots=True)
class Done:
    """The entry is done with; this follows from it."""

    facts: Sequence[Event] = ()
    work: Sequence[Work] = ()
    marks: Sequence[Mark] = ()
    parks: Sequence[Park] = ()
    unparks: Sequence[str] = ()
    """Ids of what was parked and need not come back."""
    states: Sequence[State] = ()
    members: Sequence[Member] = ()
    dead: str = ""
    """Not empty: it also becomes a dead letter, with this reason."""
    progress: Progress | None = None
    """The tries that the dead letter tells of, when the last one ended after the delivery began."""
    keep: bool = False
    """True: it is parked, and its tries so far count when it comes back."""
    turn: bool = False
    """True: its followers are done with too, in the same commit. If more came meanwhile, all of this is dropped
    and the delivery begins anew, with them."""


@dataclass(frozen=True, slots=True)
class Hold:
    """The entry keeps its place, and its chat waits behind it, until `until_ms`; `facts` are written now."""

    progress: Progress
    until_ms: int
    facts: Sequence[Event] = ()
    lane: bool = False
    """True: the whole lane waits, not only the chat."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing was done and nothing is written: ask again after `seconds`."""

    seconds: float
    scope: Literal["chat", "lane"]


class Handler(Protocol):
    """A service's part in the loop. It returns what follows; only the loop publishes and acknowledges."""

    @property
    def counts_tries(self) -> bool:
        """True when `admit` writes each try down itself, before it begins."""
        ...

    @property
    def takes_turns(self) -> bool:
        """True when what waits behind a delivery in its chat is handled with it."""
        ...

    async def admit(self, delivery: Delivery, owner: "Owner") -> Delivery | Wait | Done | Hold:
        """May this one begin now? Called one at a time in a lane, in the order of precedence."""
        ...

    async def handle(self, delivery: Delivery, span: Traced) -> Done | Hold:
        """Do the work. May raise Retry, Reject or NotOurs."""
        ...

    async def exhausted(self, delivery: Delivery, reason: str) -> Done:
        """What to write when it has used up its deliveries, or was rejected."""
        ...


@dataclass(frozen=True, slots=True)
class Owner:
    """Who commits: a consumer of a group, with the fencing number of its lane."""

    instance: str
    group: str
    consumer: str
    fence: int
    lane: str


@dataclass(slots=True)
class Flight:
    """A delivery in a lane, from its reading to its commit."""

    delivery: Delivery
    vip: bool = False
    ready_at_ms: int = 0
    waiting: bool = False
    """It waits for its turn to be complete, not for a time of its own: more in its chat may end the wait."""
    restarts: int = 0
    """How often it began anew because more came meanwhile."""

    @property
    def turn(self) -> tuple[Delivery, ...]:
        """The delivery with its followers."""
        return (self.delivery, *self.delivery.followers)
