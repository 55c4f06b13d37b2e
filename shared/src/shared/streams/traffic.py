"""What of a lane's work may begin now? Queues by chat, and what the whole lane has to wait for."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from shared.streams import keys
from shared.streams.chats import ChatQueues
from shared.streams.delivery import Delivery, Flight, Hold, Wait
from shared.streams.tools import Tools

ADMIT_WIDTH = 16  # enough to hide a round trip to Redis behind the others

Now = Callable[[], int]


def steady_ms() -> int:
    """Milliseconds that never go back: nobody who sets the machine's clock makes a wait longer."""
    return time.monotonic_ns() // 1_000_000


class Traffic:
    """What was read and is not ended, and who goes next."""

    def __init__(self, tools: Tools, streams: Sequence[str], now: Now = steady_ms) -> None:
        self._tools = tools
        self._streams = streams
        self._now = now
        self.queues = ChatQueues(tools.queue_of)
        self._paused_until_ms = 0
        self._admitting = 0
        self._width = 1
        self._probing = False
        """The whole lane had to wait: until one delivery is done, they go one at a time."""

    @property
    def enough(self) -> list[str]:
        """Streams of which as much is ready as one read brings. Each for itself, so that no backlog of the others
        keeps a VIP unread."""
        count = self._tools.settings.stream_read_count
        return [name for name in self._streams if self.queues.ready_of(vip=keys.is_vip(name)) >= count]

    @property
    def wait_ms(self) -> int | None:
        """In how many milliseconds something may begin that may not begin now; None: nobody knows."""
        now = self._now()
        times = [at for at in (self.queues.next_at_ms(), self._paused_until_ms) if at and at > now]
        return min(times) - now if times else None

    def add(self, flights: Sequence[Flight]) -> None:
        """Put what was read in line."""
        for flight in flights:
            flight.ready_at_ms = self._from_wall(flight.ready_at_ms)
            self.queues.add(flight, self._now())
            if self._tools.handler.takes_turns:
                self.queues.reconsider(flight, self._now())

    def may_begin(self, working: int) -> bool:
        """Whether one more may begin, beside so many that are worked on."""
        busy = working >= self._tools.settings.concurrency or self._admitting >= self._width
        return not (self._paused_until_ms > self._now() or busy or (self._probing and working))

    def begin(self) -> Flight | None:
        """Who begins now, and is being admitted; None: nobody is ready."""
        flight = self.queues.next(self._now())
        if flight is not None:
            self._admitting += 1
            flight.waiting = False
        return flight

    def asked(self) -> None:
        """The handler was asked about one, whatever it said."""
        self._admitting -= 1

    def answered(self, *, waits: bool) -> None:
        """While the handler grants, more are asked side by side; once it says wait, one after the other."""
        self._width = 1 if waits else min(self._width + 1, ADMIT_WIDTH)

    def put_off(self, flight: Flight, wait: Wait) -> None:
        """It has to wait, and perhaps the whole lane."""
        now = self._now()
        until = now + max(1, round(wait.seconds * 1000))
        if wait.scope == "lane":
            self.queues.put_back(flight)
            self._paused_until_ms = until
        else:
            flight.waiting = True
            self.queues.hold(flight, until, now)

    def put_back(self, flight: Flight) -> None:
        """It is the first to go when it can."""
        self.queues.put_back(flight)

    def hold_for(self, flight: Flight, wait_ms: int) -> None:
        """It stays at the head of its chat for so long."""
        now = self._now()
        self.queues.hold(flight, now + wait_ms, now)

    def keep(self, flight: Flight, hold: Hold) -> None:
        """It is held, and perhaps the whole lane with it."""
        flight.delivery = replace(flight.delivery, progress=hold.progress)
        until = self._from_wall(hold.until_ms)
        if hold.lane:
            self._probing = True
            self._paused_until_ms = max(self._paused_until_ms, until)
        self.queues.hold(flight, until, self._now())

    def done(self) -> None:
        """One was done: the lane has nothing to wait for."""
        self._probing = False

    def finish(self, flight: Flight, followers: Sequence[Delivery] = ()) -> None:
        """It is ended, with those behind it that it took along."""
        self.queues.finish(flight, self._now(), len(followers))

    def _from_wall(self, at_ms: int) -> int:
        """When a time of day is reached, by `now`."""
        return self._now() + max(0, at_ms - self._tools.clock.now_ms())
