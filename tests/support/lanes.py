"""What can happen to replicas that share a lane, and what must be so after each step?

The model: each chat's entries in the order in which they came. A kind of lanes says who handles them, and what it means
that an entry is ended.
"""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

from redis.exceptions import ResponseError

from shared.clock import ManualClock
from shared.events import AnyEvent, SendRequested, decode, encode
from shared.streams import keys
from shared.streams.connection import connect
from shared.streams.delivery import Handler
from tests.support.played import How, Nerves, Played, When
from tests.support.replica import INSTANCE, a_send, outbound_streams

T = TypeVar("T")
Step = tuple[str, dict[str, Any]]
STREAMS = outbound_streams(INSTANCE)
NAMES = ("r1", "r2", "r3")
HOLDER = "whoever has the lane"
CHATS = {"5511900000001": True, "5511900000002": False, "5511900000003": False, "5511900000004": False}
"""Whether each is a VIP."""
LEASE_S = 6


class Lanes:
    """Three replicas and all that happens to them."""

    def __init__(self, url: str) -> None:
        self.loop = asyncio.new_event_loop()
        self.clock, self.nerves = ManualClock(), Nerves()
        self.came: dict[str, list[SendRequested]] = {chat: [] for chat in CHATS}
        self.ended: dict[str, list[str]] = {chat: [] for chat in CHATS}
        self.wrong: list[str] = []
        self.fence = 0

        async def made() -> Any:
            client = connect(url)
            await client.flushdb()
            return client

        self.client = self.do(made())
        self.replicas = {name: Played(self.client, name, self.clock, self.nerves) for name in NAMES}
        self.open("r1")

    # ── what a kind of lanes says ──────────────────────────────────────────────────────────────────────────────────
    def handler(self, replica: Played) -> Handler:
        """Who handles what this replica is given."""
        raise NotImplementedError

    def ends(self, fact: AnyEvent) -> bool:
        """Whether this fact says that its cause is ended."""
        raise NotImplementedError

    def let_go(self) -> None:
        """Whatever waits for the test goes on, and well."""
        raise NotImplementedError

    # ── what the world does ────────────────────────────────────────────────────────────────────────────────────────
    def arrive(self, sends: list[tuple[str, str]], lost: int | None) -> None:
        """`lost`: the answer that hands them out gets lost, at the first or the second stream."""
        if lost is not None:
            self.replica(HOLDER).scripts.trips["read", "after"] = lost, "lost"
        for chat, text in sends:
            send = a_send(text, chat, clock=self.clock)
            self.came[chat].append(send)
            stream = (keys.outbound_vip if CHATS[chat] else keys.outbound)(INSTANCE)
            self.do(self.client.xadd(stream, {"e": encode(send)}))
        self.poke_all()

    def time_passes(self, seconds: float) -> None:
        """The lease of one that died runs out, and another takes over; what is held is tried again."""
        self.clock.advance(seconds)
        if not self.replica(HOLDER).has_lane:
            self.do(self.client.delete(keys.lease(INSTANCE, "sender")))
            for name in NAMES:
                self.open(name)
        self.poke_all()

    def an_operator_begins_the_group_again(self, setid: bool, stream: str) -> None:
        if setid:
            self.do(self.client.xgroup_setid(stream, keys.OUTBOUND_GROUP, "0"))
        else:
            self.do(self.client.xgroup_destroy(stream, keys.OUTBOUND_GROUP))
            self.do(self.client.xgroup_create(stream, keys.OUTBOUND_GROUP, "0", mkstream=True))
        self.poke_all()

    # ── what replicas go through ───────────────────────────────────────────────────────────────────────────────────
    def replica(self, name: str) -> Played:
        holders = [replica for replica in self.replicas.values() if replica.fence == self.fence]
        return holders[0] if name == HOLDER else self.replicas[name]

    def open(self, name: str) -> None:
        replica = self.replica(name)
        if not replica.has_lane and replica.scripts.awake.is_set():
            for stream in STREAMS:
                self.do(_make_group(self.client, stream))
            if self.do(replica.open(INSTANCE, STREAMS, self.handler)):
                assert replica.fence > self.fence
                self.fence = replica.fence
            self.settle()

    def the_lease_runs_out_and_is_taken(self, name: str) -> None:
        self.clock.advance(LEASE_S)
        self.do(self.client.delete(keys.lease(INSTANCE, "sender")))
        self.open(name)

    def die(self, name: str) -> None:
        self.do(self.replica(name).die())
        self.settle()

    def bury(self) -> None:
        """Those that died in the middle of a call."""
        for replica in self.replicas.values():
            if replica.scripts.dead:
                self.do(replica.die())

    def sleep(self, name: str) -> None:
        self.replica(name).scripts.awake.clear()

    def wake_all(self) -> None:
        """Sleepers go on; all look for what is new."""
        for replica in self.replicas.values():
            replica.scripts.awake.set()
        self.poke_all()

    def stop(self, name: str) -> None:
        self.replica(name).stop()
        self.settle()

    def a_call_will_fail(self, name: str, script: str, when: When, how: How, skip: int) -> None:
        self.replica(name).scripts.trips[script, when] = skip, how

    def poke_all(self) -> None:
        for replica in self.replicas.values():
            replica.poke()
        self.settle()

    # ── what is always so ──────────────────────────────────────────────────────────────────────────────────────────
    def play(self, steps: Sequence[Step]) -> None:
        """Take the steps, and look after each; then let all be well again, and see that nothing stays behind."""
        try:
            for name, about in steps:
                getattr(self, name)(**about)
                self.bury()
                self.check()
            self._all_is_well_again()
        finally:
            self._close()

    def check(self) -> None:
        """Each chat is ended in its order, and the rest is still there."""
        self.ended = self.do(self.log())
        for chat, came in self.came.items():
            ended = self.ended[chat]
            assert ended == [send.id for send in came[: len(ended)]], chat
        assert not self.wrong
        left = [send.id for chat, came in self.came.items() for send in came[len(self.ended[chat]) :]]
        assert sorted(self._in_streams()) == sorted(left)

    async def log(self) -> dict[str, list[str]]:
        """What was ended, by chat, in the log's order."""
        facts = [decode(fields[b"e"]) for _, fields in await self.client.xrange(keys.events(INSTANCE))]
        assert len({fact.id for fact in facts}) == len(facts), "a fact stands in the log twice"
        ends = [fact for fact in facts if self.ends(fact)]
        return {chat: [str(end.causation_id) for end in ends if end.chat == chat] for chat in CHATS}

    def everything(self) -> Any:
        """All of Redis but who was handed what."""
        names = [keys.events(INSTANCE), keys.dead_letters(INSTANCE), *STREAMS]
        return [self.do(self.client.xrange(name)) for name in names], self.do(
            self.client.hgetall(keys.progress(INSTANCE))
        )

    def _in_streams(self) -> list[str]:
        entries = [entry for stream in STREAMS for entry in self.do(self.client.xrange(stream))]
        return [decode(fields[b"e"]).id for _, fields in entries]

    def _all_is_well_again(self) -> None:
        for replica in self.replicas.values():
            replica.scripts.trips.clear()
        self.wake_all()
        self.bury()
        for _ in range(200):
            if not self._in_streams():
                break
            self.let_go()
            self.time_passes(100)
        self.check()
        assert self.ended == {chat: [send.id for send in came] for chat, came in self.came.items()}
        assert not self.do(self.client.hgetall(keys.progress(INSTANCE)))
        for stream in STREAMS:
            assert self.do(self.client.xpending(stream, keys.OUTBOUND_GROUP))["pending"] == 0

    # ── the loop ───────────────────────────────────────────────────────────────────────────────────────────────────
    def do(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(coroutine)

    def settle(self) -> None:
        self.do(self.nerves.settle())

    def _close(self) -> None:
        for replica in self.replicas.values():
            self.do(replica.die())
        self.do(self.client.aclose())
        self.loop.close()


async def _make_group(client: Any, stream: str) -> None:
    try:
        await client.xgroup_create(stream, keys.OUTBOUND_GROUP, "0", mkstream=True)
    except ResponseError as error:
        assert "BUSYGROUP" in str(error)  # noqa: PT017
