"""Whatever happens between a fact and its view: do the views come to what the log says, each fact counted once?"""

import asyncio
import contextlib
import itertools
import random
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
import redis.asyncio as aioredis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from admin.views.folding.names import kept
from admin.views.folding.needs import needs
from admin.views.folding.working import Working
from admin.views.projecting import book, loading
from admin.views.projecting.book import LANE, Book
from admin.views.projecting.head import read_head
from admin.views.projecting.loading import Loader
from admin.views.projecting.projector import plain
from shared.clock import ManualClock
from shared.errors import NotOurs
from shared.events import AnyEvent, MessageEdited, MessageReceived, MessageRevoked, SendRequested, following
from shared.streams import keys
from shared.streams.lease import acquire
from shared.streams.scripts import Scripts
from tests.support.log import Stories, write
from tests.support.views import compare

WA1 = "wa1"
CHATS = ("5511900000001", "551100000001", "5511900000002", "77@lid")  # the first two are one person
OFTEN = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _facts(seed: int, count: int, edits: int) -> list[AnyEvent]:
    stories = Stories(WA1, seed, ManualClock())
    facts = list(stories.many(count, CHATS))
    received = [fact for fact in facts if isinstance(fact, MessageReceived)]
    for message in received[:edits]:
        about = {"message_id": message.message_id, "author": "patient"}
        facts.append(following(MessageEdited, message, "edit", stories.clock.now_ms(), text="outra coisa", **about))
        facts.append(following(MessageRevoked, message, "revoke", stories.clock.now_ms(), **about))
    return facts


facts_of = st.builds(
    _facts,
    st.integers(0, 10**6), st.integers(5, 60), st.integers(0, 3),
)  # fmt: skip
steps = st.lists(
    st.one_of(
        st.tuples(st.just("append"), st.integers(1, 15)),
        st.tuples(st.sampled_from(["fold", "fold ahead"]), st.integers(1, 12)),
        st.tuples(st.sampled_from(["lost answer", "dies before the write", "take over", "stale"]), st.integers(1, 12)),
        st.tuples(st.just("garbage"), st.just(1)),
    ),
    max_size=25,
)


class Late(Scripts):
    """Answers that come sooner or later, so that what was brought ahead lands at any moment."""

    def __init__(self, client: aioredis.Redis, draw: random.Random) -> None:
        super().__init__(client)
        self._draw = draw

    async def call(self, *command: Any) -> Any:
        await self._turns()
        answer = await super().call(*command)
        await self._turns()
        return answer

    async def run(self, *asked: Any, **more: Any) -> Any:
        await self._turns()
        return await super().run(*asked, **more)

    async def _turns(self) -> None:
        for _ in range(self._draw.choice((0, 0, 3, 40))):
            await asyncio.sleep(0)


class Run:
    """Projectors that come and go over one log."""

    def __init__(self, client: aioredis.Redis, draw: random.Random) -> None:
        self.client = client
        self.scripts = Late(client, draw)
        self.retired: list[Book] = []
        self.book: Book

    async def take_over(self) -> None:
        """Another replica has the lane from now on."""
        await self.client.delete(keys.lease(WA1, LANE))
        lease = await acquire(self.scripts, WA1, LANE, "p", 60_000)
        assert lease is not None
        if hasattr(self, "book"):
            self.retired.append(self.book)
        head = await read_head(self.scripts, WA1)
        self.book = Book(self.scripts, Loader(self.scripts, WA1, 1), lease.fence, head.position(1), tells=True)

    async def stale(self, most: int) -> None:
        """One that was stopped goes on, and must write nothing."""
        if not self.retired:
            return
        before = await read_head(self.scripts, WA1)
        with contextlib.suppress(NotOurs):
            assert await self.retired[-1].advance(most) == 0
        assert (await read_head(self.scripts, WA1)).fields == before.fields

    async def dies(self, most: int, monkeypatch: pytest.MonkeyPatch, *, after_the_write: bool) -> None:
        """The process dies in the middle of a batch: before its script runs, or before it hears of it."""
        run = self.scripts.run

        async def cut(name: str, *args: Any, **more: Any) -> Any:
            if after_the_write:
                await run(name, *args, **more)
            raise ConnectionError("cut")

        with monkeypatch.context() as patch:
            patch.setattr(self.scripts, "run", cut)
            with contextlib.suppress(ConnectionError):
                assert await self.book.advance(most) == 0
        await self.take_over()


async def _play(
    url: str, facts: Sequence[AnyEvent], steps: Any, monkeypatch: pytest.MonkeyPatch, draw: random.Random
) -> list[str]:
    async with plain(url) as client:
        await client.flushdb()
        await client.hset(keys.view_head(WA1), mapping={"version": 1})
        run, left = Run(client, draw), list(facts)
        await run.take_over()
        for step, count in steps:
            match step:
                case "append":
                    await write(client, WA1, left[:count])
                    left = left[count:]
                case "fold":
                    await run.book.advance(count)
                case "fold ahead":
                    await run.book.advance(1 + count % 3, 2 * count)
                case "take over":
                    await run.take_over()
                case "stale":
                    await run.stale(count)
                case "garbage":
                    await client.xadd(keys.events(WA1), {"e": b"\xc1\xff"})
                    await client.xadd(keys.events(WA1), {"e": b"\x81\xa4type\xadfuture.new.v9"})
                case _:
                    await run.dies(count, monkeypatch, after_the_write=step == "lost answer")
        await write(client, WA1, left)
        while await run.book.advance(3, 20):
            pass
        return await compare(url, WA1)


@OFTEN
@given(facts=facts_of, steps=steps, seed=st.integers(0, 10**6), shuffled=st.booleans(), doubled=st.booleans())
def test_a_rebuild_equals_the_live_views(redis_url, monkeypatch, facts, steps, seed, shuffled, doubled) -> None:
    draw = random.Random(seed)
    facts = [*facts, *draw.choices(facts, k=len(facts) // 3)] if doubled else facts
    if shuffled:
        draw.shuffle(facts)
    monkeypatch.setattr(loading, "MOST_KEPT", 4)
    monkeypatch.setattr(book, "FOLDED_AT_ONCE", 2)
    assert asyncio.run(_play(redis_url, facts, steps, monkeypatch, draw)) == []


def _folded(facts: Sequence[AnyEvent]) -> Working:
    working = Working()
    needs(enumerate_entries(facts))
    for entry, fact in enumerate_entries(facts):
        working.fold(entry, fact)
    return working


def _counts(working: Working) -> Counter[str]:
    """The counts, with a stage's durations as one: of several tries the one that is told first is measured."""
    counts: Counter[str] = Counter()
    for (day, name), count in working.tally.items():
        counts[f"{day} {name.partition('/')[0]}"] += count
    return counts


def enumerate_entries(facts: Sequence[AnyEvent]) -> list[tuple[str, AnyEvent]]:
    return [(f"{n}-0", fact) for n, fact in enumerate(facts, start=1)]


@OFTEN
@given(facts=facts_of, seed=st.integers(0, 10**6))
def test_the_order_of_facts_changes_no_count(facts, seed) -> None:
    mixed = list(facts)
    random.Random(seed).shuffle(mixed)
    assert _counts(_folded(mixed)) == _counts(_folded(facts))


@OFTEN
@given(facts=facts_of, seed=st.integers(0, 10**6))
def test_a_fact_that_is_told_twice_counts_once(facts, seed) -> None:
    draw = random.Random(seed)
    doubled = [*facts, *draw.choices(facts, k=len(facts))]
    once, twice = _folded(facts), _folded(doubled)
    for name in ("handoffs",):  # an older call that is told again behind a newer one is taken for a new one
        for working in (once, twice):
            working.tally = Counter({k: v for k, v in working.tally.items() if k[1] != name})
    assert _counts(twice) == _counts(once)
    counts = [{chat: state.messages for chat, state in w.chats.items() if state} for w in (once, twice)]
    assert counts[0] == counts[1]


@OFTEN
@given(facts=facts_of)
def test_no_message_is_lost_from_the_views(facts) -> None:
    working = _folded(facts)
    wanted = Counter(kept(fact.chat) for fact in facts if isinstance(fact, (MessageReceived, SendRequested)))
    assert {chat: state.messages for chat, state in working.chats.items() if state} == dict(wanted)
    listed = [state for state in working.messages.values() if state and state.listed]
    assert len(listed) == wanted.total()
    assert list(itertools.filterfalse(lambda state: state.chat, listed)) == []
