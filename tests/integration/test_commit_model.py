"""Does the commit script do what a few lines of Python say it does, in any order of events?

The model: entries with their holder, a fence, a set of facts. Two replicas commit, hold, take entries and lanes from
each other, and the group is destroyed and made again beneath them.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from shared.errors import NotOurs, QueueFull
from shared.events import SendAccepted, SendRequested, decode, following
from shared.streams import keys
from shared.streams.commit import Committer
from shared.streams.connection import connect
from shared.streams.delivery import Done, Entry, Hold, Owner, Work
from shared.streams.lease import acquire
from shared.streams.progress import Progress, dump
from shared.streams.scripts import Scripts
from tests.support.replica import a_send

pytestmark = pytest.mark.every_server
T = TypeVar("T")
I, GROUP, BOUND = "wa1", keys.OUTBOUND_GROUP, 4  # noqa: E741
SOURCE, TARGET = keys.outbound(I), "wa:{wa1}:next"
REPLICAS = st.sampled_from(["r1", "r2"])


class Commits(RuleBasedStateMachine):
    url = ""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.client = self.do(self._connected())
        self.committer = Committer(Scripts(self.client), log_maxlen=0, bound=BOUND)
        self.fences = {"r1": 0, "r2": 0}
        self.fence = 0
        self.entries: dict[str, SendRequested] = {}
        self.holder: dict[str, str] = {}
        self.group = False
        self.facts: list[str] = []
        self.target = 0
        self.holds: dict[str, bytes] = {}
        self.ended: list[str] = []

    async def _connected(self) -> Any:
        client = connect(self.url)
        await client.flushdb()
        return client

    def do(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(coroutine)

    def teardown(self) -> None:
        self.do(self.client.aclose())
        self.loop.close()

    # ── what happens around a commit ───────────────────────────────────────────────────────────────────────────────
    @initialize()
    def lane(self) -> None:
        self.take_lane("r1")

    @rule(replica=REPLICAS)
    def take_lane(self, replica: str) -> None:
        self.do(self.client.delete(keys.lease(I, "sender")))
        lease = self.do(acquire(Scripts(self.client), I, "sender", replica, 60_000))
        assert lease
        assert lease.fence > self.fence
        self.fence = self.fences[replica] = lease.fence

    @rule()
    def add(self) -> None:
        send = a_send(f"{len(self.entries)}")
        id_ = self.do(self.client.xadd(SOURCE, {"e": b"x"})).decode()
        self.entries[id_] = send

    @rule()
    def make_group(self) -> None:
        if not self.group:
            self.do(self.client.xgroup_create(SOURCE, GROUP, id="0", mkstream=True))
            self.group = True

    @precondition(lambda self: self.group)
    @rule()
    def destroy_group(self) -> None:
        self.do(self.client.xgroup_destroy(SOURCE, GROUP))
        self.group, self.holder = False, {}

    @precondition(lambda self: self.group)
    @rule(replica=REPLICAS)
    def read(self, replica: str) -> None:
        reply = self.do(
            self.client.execute_command("XREADGROUP", "GROUP", GROUP, replica, "COUNT", 1, "STREAMS", SOURCE, ">")
        )
        for _, batch in reply.items() if isinstance(reply, dict) else reply or ():
            for id_, _fields in batch[0] if batch and isinstance(batch[0], list) else batch:
                self.holder[id_.decode()] = replica

    @precondition(lambda self: self.holder)
    @rule(replica=REPLICAS, data=st.data())
    def claim(self, replica: str, data: Any) -> None:
        id_ = data.draw(st.sampled_from(sorted(self.holder)))
        self.do(self.client.xclaim(SOURCE, GROUP, replica, 0, [id_]))
        self.holder[id_] = replica

    @precondition(lambda self: self.target)
    @rule()
    def the_next_service_works(self) -> None:
        for id_, _ in self.do(self.client.xrange(TARGET, count=1)):
            self.do(self.client.xdel(TARGET, id_))
        self.target -= 1

    # ── commits ────────────────────────────────────────────────────────────────────────────────────────────────────
    def _expected(self, replica: str, id_: str, *, works: bool) -> str:
        if self.fences[replica] != self.fence:
            return "fenced"
        if self.holder.get(id_, replica) != replica:
            return "other"
        if id_ in self.ended:
            return "gone"
        return "full" if works and self.target >= BOUND else "ok"

    def _commit(self, replica: str, coroutine: Coroutine[Any, Any, None]) -> str:
        try:
            self.do(coroutine)
        except NotOurs as why:
            return str(why)
        except QueueFull:
            return "full"
        return "ok"

    def _owner(self, replica: str) -> Owner:
        return Owner(I, GROUP, replica, self.fences[replica], "sender")

    @precondition(lambda self: self.entries)
    @rule(replica=REPLICAS, works=st.booleans(), dead=st.booleans(), data=st.data())
    def done(self, replica: str, works: bool, dead: bool, data: Any) -> None:
        id_ = data.draw(st.sampled_from(sorted(self.entries)))
        send = self.entries[id_]
        fact = following(SendAccepted, send, "a", 1, send_id=send.id, attempt=1)
        outcome = Done((fact,), work=(Work(TARGET, send),) if works else (), dead="why" if dead else "")
        expected = self._expected(replica, id_, works=works)
        entry = Entry(SOURCE, id_, b"x")
        said = self._commit(replica, self.committer.done(self._owner(replica), entry, send.id, outcome, Progress()))
        assert said == expected
        if said == "ok":
            self.facts.append(fact.id)
            self.target += works
            self.ended.append(id_)
            self.holder.pop(id_, None)
            self.holds.pop(send.id, None)

    @precondition(lambda self: self.entries)
    @rule(replica=REPLICAS, wait=st.integers(1, 3), data=st.data())
    def hold(self, replica: str, wait: int, data: Any) -> None:
        id_ = data.draw(st.sampled_from(sorted(self.entries)))
        send, progress = self.entries[id_], Progress(retry_at=wait)
        fact = following(SendAccepted, send, f"hold/{wait}", 1, send_id=send.id, attempt=wait)
        expected = self._expected(replica, id_, works=False)
        entry, hold = Entry(SOURCE, id_, b"x"), Hold(progress, wait, (fact,))
        assert self._commit(replica, self.committer.hold(self._owner(replica), entry, send.id, hold)) == expected
        if expected == "ok" and self.holds.get(send.id) != dump(progress):
            self.facts.append(fact.id)
            self.holds[send.id] = dump(progress)

    # ── what is always so ──────────────────────────────────────────────────────────────────────────────────────────
    @invariant()
    def redis_agrees_with_the_model(self) -> None:
        left = [id_.decode() for id_, _ in self.do(self.client.xrange(SOURCE))]
        assert left == [id_ for id_ in self.entries if id_ not in self.ended]
        found = [decode(fields[b"e"]).id for _, fields in self.do(self.client.xrange(keys.events(I)))]
        assert found == self.facts
        assert self.do(self.client.xlen(TARGET)) == self.target
        stored = self.do(self.client.hgetall(keys.progress(I)))
        assert {name.decode(): value for name, value in stored.items()} == self.holds
        if self.group:
            pending = self.do(self.client.xpending_range(SOURCE, GROUP, "-", "+", 1_000))
            assert {p["message_id"].decode(): p["consumer"].decode() for p in pending} == self.holder


def test_the_commit_script_agrees_with_its_model(redis_url: str) -> None:
    Commits.url = redis_url
    run_state_machine_as_test(
        Commits,
        settings=settings(
            max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
