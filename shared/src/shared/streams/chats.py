"""Who is next? Strict order within a chat, turns among chats, VIPs first without starving the rest."""

import heapq
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from shared.events import AnyEvent
from shared.streams.delivery import Flight

VIP_TURNS = 4  # after four VIP turns in a row one other goes, if one is ready

QueueOf = Callable[[AnyEvent], str]


def by_chat(event: AnyEvent) -> str:
    """Strict order within a chat."""
    return event.chat


@dataclass(slots=True)
class _Chat:
    name: str
    flights: deque[Flight] = field(default_factory=deque)
    busy: bool = False
    queued: bool = False
    held: int = 0
    """The serial of its place among the held; 0: it is none of them."""
    turns: int = 0
    """VIP turns in a row before it was chosen."""


class ChatQueues:
    """What a lane has read and not ended, as one queue a chat. Only heads may go, one at a time in each chat.

    `queue_of` names an event's queue, where it is not its chat's.
    """

    def __init__(self, queue_of: QueueOf = by_chat) -> None:
        self._queue_of = queue_of
        self._chats: dict[str, _Chat] = {}
        self._ready: deque[_Chat] = deque()
        self._ready_vip: deque[_Chat] = deque()
        self._later: list[tuple[int, int, _Chat]] = []
        self._serial = 0
        self._vip_turns = 0

    def __len__(self) -> int:
        return sum(len(chat.flights) for chat in self._chats.values())

    @property
    def ready(self) -> int:
        """Chats whose head may go now."""
        return len(self._ready) + len(self._ready_vip)

    def ready_of(self, *, vip: bool) -> int:
        """Those of them whose head is (or is not) a VIP's."""
        return len(self._ready_vip if vip else self._ready)

    def add(self, flight: Flight, now_ms: int) -> None:
        """Put a delivery at the end of its chat."""
        name = self._name(flight)
        chat = self._chats.setdefault(name, _Chat(name))
        chat.flights.append(flight)
        self._offer(chat, now_ms)

    def next(self, now_ms: int) -> Flight | None:
        """The head that goes next; its chat is busy until `finish` or `hold`."""
        self._wake_held(now_ms)
        turns = self._vip_turns
        chat = self._choose()
        if chat is None:
            return None
        chat.turns = turns
        chat.queued, chat.busy = False, True
        return chat.flights[0]

    def behind(self, flight: Flight) -> list[Flight]:
        """What waits behind the head of a chat, oldest first."""
        return list(self._of(flight).flights)[1:]

    def finish(self, flight: Flight, now_ms: int, followers: int = 0) -> None:
        """The head is ended, and so many behind it: the next of its chat may go."""
        chat = self._of(flight)
        for _ in range(1 + followers):
            chat.flights.popleft()
        chat.busy = False
        if chat.flights:
            self._offer(chat, now_ms)
        else:
            del self._chats[chat.name]

    def hold(self, flight: Flight, until_ms: int, now_ms: int) -> None:
        """The head stays, and its chat behind it, until then."""
        chat = self._of(flight)
        chat.busy = False
        flight.ready_at_ms = until_ms
        self._offer(chat, now_ms)

    def reconsider(self, flight: Flight, now_ms: int) -> None:
        """Something came behind the head of this chat: if it only waits for that, it may go now."""
        chat = self._of(flight)
        head = chat.flights[0]
        if chat.held and head.waiting:
            chat.held, chat.queued = 0, False
            head.ready_at_ms = now_ms
            self._offer(chat, now_ms)

    def put_back(self, flight: Flight) -> None:
        """The head could not begin yet, for a reason that is not its own: it is the first to go when it can."""
        chat = self._of(flight)
        chat.busy, chat.queued = False, True
        owed = (
            self._ready[0].turns if self._ready else 0
        )  # whose turn it was still has it, in whatever order they return
        self._vip_turns = max(self._vip_turns - 1, owed) if flight.vip else max(self._vip_turns, chat.turns)
        (self._ready_vip if flight.vip else self._ready).appendleft(chat)

    def next_at_ms(self) -> int | None:
        """When the first held chat may go, or None."""
        return self._later[0][0] if self._later else None

    def _of(self, flight: Flight) -> _Chat:
        return self._chats[self._name(flight)]

    def _name(self, flight: Flight) -> str:
        delivery = flight.delivery
        return self._queue_of(delivery.event) or delivery.key  # what belongs to no chat waits for nothing

    def _offer(self, chat: _Chat, now_ms: int) -> None:
        if chat.busy or chat.queued:
            return
        chat.queued, chat.turns = True, 0
        head = chat.flights[0]
        if head.ready_at_ms > now_ms:
            self._serial += 1
            chat.held = self._serial
            heapq.heappush(self._later, (head.ready_at_ms, self._serial, chat))
        else:
            (self._ready_vip if head.vip else self._ready).append(chat)

    def _wake_held(self, now_ms: int) -> None:
        while self._later and self._later[0][0] <= now_ms:
            _, serial, chat = heapq.heappop(self._later)
            if chat.held != serial:  # it went before its time
                continue
            chat.held = 0
            (self._ready_vip if chat.flights[0].vip else self._ready).append(chat)

    def _choose(self) -> _Chat | None:
        vip_first = self._ready_vip and (self._vip_turns < VIP_TURNS or not self._ready)
        if vip_first:
            self._vip_turns += 1
            return self._ready_vip.popleft()
        self._vip_turns = 0
        return self._ready.popleft() if self._ready else None
