"""How is one delivery brought from its admission to its commit, whatever Redis goes through meanwhile?"""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from redis.exceptions import RedisError

from shared.errors import NotOurs, QueueFull
from shared.streams.broken import LEFT_OUT, BrokenKey
from shared.streams.delivery import Delivery, Done, Flight, Hold, Owner, Wait
from shared.streams.intake import Intake
from shared.streams.tools import Tools
from shared.streams.traffic import Traffic
from shared.streams.worker import admit, work
from shared.telemetry import logs, metrics

QUEUE_FULL_WAIT_MS = 1_000
BROKEN_KEY_WAIT_MS = 5_000  # a person mends it
MOST_RESTARTS = 3

_log = logs.get(__name__)


@dataclass(frozen=True)
class Flying:
    """Works one lane's deliveries, each in a task of its own."""

    tools: Tools
    owner: Owner
    traffic: Traffic
    intake: Intake
    pause: Callable[[Exception], Awaitable[None]]
    """Waits a moment after trouble with Redis."""
    lose: Callable[[str], None]
    """The lane is another's."""
    landed: Callable[[], None]
    """Something may begin that might not before."""

    async def fly(self, flight: Flight) -> None:
        """Bring it to its end, or to its next wait."""
        try:
            await self._flown(flight)
        except BrokenKey as broken:  # other chats may have no need of it
            self.tools.complaints.about(broken.key, broken.problem, "what needs it waits")
            self.traffic.hold_for(flight, BROKEN_KEY_WAIT_MS)
        except (RedisError, OSError) as error:
            await self.pause(error)
            self.traffic.put_back(flight)
        except QueueFull as full:
            _log.warning("queue_full", error=str(full))
            self.traffic.hold_for(flight, QUEUE_FULL_WAIT_MS)
        except NotOurs as why:
            self._not_ours(flight, why)

    async def _flown(self, flight: Flight) -> None:
        if self.tools.handler.takes_turns:
            behind = tuple(follower.delivery for follower in self.traffic.queues.behind(flight))
            flight.delivery = replace(flight.delivery, followers=behind)
        outcome = await self._admit(flight)
        if isinstance(outcome, Wait):
            self.traffic.put_off(flight, outcome)
            return
        if isinstance(outcome, Delivery):
            flight.delivery = outcome
            outcome = await work(self.tools, self.owner, flight.delivery)
        if self._overtaken(flight, outcome):
            self.traffic.put_back(flight)
            return
        await self._insist(flight, outcome)

    async def _admit(self, flight: Flight) -> Delivery | Wait | Done | Hold:
        try:
            admitted = await admit(self.tools, self.owner, flight.delivery)
        finally:
            self.traffic.asked()
            self.landed()
        self.traffic.answered(waits=isinstance(admitted, Wait) and admitted.scope == "lane")
        return admitted

    def _overtaken(self, flight: Flight, outcome: Done | Hold) -> bool:
        """More came while a turn was worked on. A chat that never pauses is answered all the same, in the end."""
        if not (isinstance(outcome, Done) and outcome.turn and flight.restarts < MOST_RESTARTS):
            return False
        if len(self.traffic.queues.behind(flight)) == len(flight.delivery.followers):
            return False
        flight.restarts += 1
        metrics.HANDLED.labels(self.tools.service, "overtaken").inc()
        return True

    async def _insist(self, flight: Flight, outcome: Done | Hold) -> None:
        """Settle it, whatever Redis goes through: what was done outside is known to nobody else."""
        while True:
            try:
                return await self._settle(flight, outcome)
            except (RedisError, OSError) as error:
                await self.pause(error)

    async def _settle(self, flight: Flight, outcome: Done | Hold) -> None:
        delivery, committer, service = flight.delivery, self.tools.committer, self.tools.service
        if isinstance(outcome, Hold):
            await committer.hold(self.owner, delivery.entry, delivery.key, outcome)
            self.traffic.keep(flight, outcome)
            metrics.HANDLED.labels(service, "retry").inc()
            return
        turn = delivery.followers if outcome.turn else ()
        also = [(follower.entry, follower.key) for follower in turn]
        progress = outcome.progress or delivery.progress
        for left_out in await committer.done(self.owner, delivery.entry, delivery.key, outcome, progress, also):
            self.tools.complaints.about(left_out, "is of a wrong type", LEFT_OUT)
        self.traffic.done()
        self._finish(flight, turn)
        metrics.HANDLED.labels(service, "done").inc(1 + len(turn))
        metrics.HANDLE_SECONDS.labels(service).observe(time.monotonic() - delivery.read_at)

    def _finish(self, flight: Flight, followers: Sequence[Delivery] = ()) -> None:
        for delivery in (flight.delivery, *followers):
            self.intake.forget(delivery.entry)
        self.traffic.finish(flight, followers)

    def _not_ours(self, flight: Flight, why: NotOurs) -> None:
        metrics.HANDLED.labels(self.tools.service, "not_ours").inc()
        if str(why) == "other":  # a person at a prompt took it: its chat waits for it until it is ours again, or gone
            self.traffic.hold_for(flight, self.tools.settings.stream_claim_idle_ms * 3 // 2)
            return
        if str(why) == "fenced":
            self.lose("another replica took it over")
        self._finish(flight)
