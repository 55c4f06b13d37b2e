"""Is a send attempted only when its instance, its recipient and the day allow it?"""

import asyncio
import datetime as dt
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
import redis.asyncio as aioredis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sender.attempts import Attempts, Begun, NotYet
from sender.new_contacts import WHY_PAUSED, WHY_SPENT
from sender.settings import SenderSettings
from shared.clock import SYSTEM
from shared.errors import NotOurs
from shared.events import SendAttempted, SendRequested
from shared.streams import keys
from shared.streams.broken import BrokenKey
from shared.streams.delivery import Delivery, Entry, Owner, Wait
from shared.streams.lease import acquire
from shared.streams.progress import Progress, parse
from tests.support.replica import Streams, a_send
from tests.support.waiting import until

pytestmark = pytest.mark.every_server
I = "wa1"  # noqa: E741 - as in the keys
SOURCE, GROUP = keys.outbound(I), keys.OUTBOUND_GROUP


def pace(**limits: Any) -> SenderSettings:
    given = {f"wa_{name}": value for name, value in limits.items()}
    return SenderSettings(
        redis_url="redis://x", evolution_server_url="http://x", evolution_api_key="k",
        **{"wa_tokens_per_second": 0.0, **given},
    )  # fmt: skip


class Taker:
    """Attempts sends of one instance."""

    def __init__(self, streams: Streams, owner: Owner) -> None:
        self.streams, self.owner = streams, owner

    async def delivery(self, **about: Any) -> Delivery:
        send = a_send(**about)
        id_ = await self.streams.client.xadd(SOURCE, {"e": b""})
        return Delivery(Entry(SOURCE, id_.decode(), b""), send, Progress(), self.owner.fence)

    async def take(
        self, settings: SenderSettings, delivery: Delivery | None = None, **about: Any
    ) -> Begun | Wait | NotYet:
        delivery = delivery or await self.delivery(**about)
        assert isinstance(delivery.event, SendRequested)
        return await Attempts(self.streams.scripts, settings, SYSTEM, 0).begin(delivery, delivery.event, self.owner)

    async def soon(self, settings: SenderSettings, **about: Any) -> bool:
        """Whether a take succeeds within a tenth of a second: 50 ms of the burst are kept back for jitter."""
        delivery, end = await self.delivery(**about), time.monotonic() + 0.1
        while isinstance(wait := await self.take(settings, delivery), Wait):
            if time.monotonic() + wait.seconds > end:
                return False
            await asyncio.sleep(wait.seconds)
        return True


@pytest.fixture
async def taker(streams: Streams) -> AsyncIterator[Taker]:
    lease = await acquire(streams.scripts, I, "sender", "r1", 600_000)
    assert lease
    return Taker(streams, Owner(I, GROUP, "r1", lease.fence, "sender"))


async def test_an_attempt_is_written_down_before_anybody_calls(taker: Taker) -> None:
    admitted = await taker.take(pace())
    assert isinstance(admitted, Delivery)
    stored = parse(await taker.streams.client.hget(keys.progress(I), admitted.key))
    assert stored == admitted.progress
    assert stored.last
    assert (stored.last.number, stored.last.by, stored.last.is_open) == (1, "r1", True)
    (fact,) = await taker.streams.facts(SendAttempted)
    assert isinstance(fact, SendAttempted)
    assert (fact.send_id, fact.attempt) == (admitted.key, 1)


async def test_a_burst_goes_at_once_and_then_one_for_each_token(taker: Taker) -> None:
    settings = pace(tokens_per_second=1.0, bucket_capacity=5)
    assert all([isinstance(await taker.take(settings), Delivery) for _ in range(4)])
    assert await taker.soon(settings)
    wait = await taker.take(settings)
    assert isinstance(wait, Wait)
    assert wait.scope == "lane"
    assert 0 < wait.seconds <= 1.0
    assert len(await taker.streams.facts(SendAttempted)) == 5


async def test_a_wait_writes_nothing(taker: Taker) -> None:
    settings = pace(tokens_per_second=0.001, bucket_capacity=1)
    await taker.take(settings)
    delivery = await taker.delivery()
    before = {key: await taker.streams.client.dump(key) for key in await taker.streams.client.keys()}
    assert isinstance(await taker.take(settings, delivery), Wait)
    assert {key: await taker.streams.client.dump(key) for key in await taker.streams.client.keys()} == before


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rate=st.floats(20, 400), capacity=st.integers(1, 12),
    pauses=st.lists(st.sampled_from([0.0, 0.0, 0.0, 0.001, 0.004, 0.02]), min_size=60, max_size=160),
    takers=st.integers(1, 3),
)  # fmt: skip
async def test_no_window_of_time_sees_more_than_the_burst_and_the_rate(
    taker: Taker, rate: float, capacity: int, pauses: list[float], takers: int
) -> None:
    """By Redis's own clock, whoever asks: never more than capacity + rate × t in any t."""
    client = taker.streams.client
    await client.delete(keys.bucket(I), keys.events(I))
    limits = pace(tokens_per_second=rate, bucket_capacity=capacity)

    async def taking() -> None:
        for pause in pauses:
            await taker.take(limits)
            if pause:
                await asyncio.sleep(pause)

    await asyncio.gather(*(taking() for _ in range(takers)))
    entries = await client.xrange(keys.events(I))
    times = [int(id_.partition(b"-")[0]) for id_, _ in entries]  # Redis's clock, at the very script
    for first in range(len(times)):
        for last in range(first, len(times)):
            allowed = capacity + rate * (times[last] - times[first] + 1) / 1000
            assert last - first + 1 <= allowed + 0.01


async def test_what_the_rate_allows_is_used(taker: Taker) -> None:
    limits = pace(tokens_per_second=20.0, bucket_capacity=5)
    started, taken = time.monotonic(), 0
    while time.monotonic() - started < 1.0:
        admitted = await taker.take(limits)
        if isinstance(admitted, Delivery):
            taken += 1
        else:
            await asyncio.sleep(admitted.seconds)
    spent = time.monotonic() - started
    assert taken >= 0.8 * (4 + 20 * spent)


async def test_a_change_of_settings_takes_effect_at_the_next_send(taker: Taker) -> None:
    slow = pace(tokens_per_second=0.01, bucket_capacity=1)
    await taker.take(slow)
    assert isinstance(await taker.take(slow), Wait)
    assert isinstance(await taker.take(pace()), Delivery)  # 0: unlimited
    wait = await taker.take(pace(tokens_per_second=100.0, bucket_capacity=1))
    assert isinstance(wait, Delivery) or wait.seconds <= 0.01
    await taker.streams.client.hset(keys.bucket(I), mapping={"tokens": "5", "at": str(SYSTEM.now_ms())})
    assert isinstance(await taker.take(slow), Delivery)
    assert isinstance(await taker.take(slow), Wait)  # a smaller bucket holds no more than fits it


async def test_an_instances_own_limits_go_before_the_settings(taker: Taker) -> None:
    await taker.streams.client.hset(keys.limits(I), mapping={"tokens_per_second": "0.01", "bucket_capacity": "1"})
    assert isinstance(await taker.take(pace()), Delivery)
    assert isinstance(await taker.take(pace()), Wait)
    await taker.streams.client.delete(keys.limits(I))
    assert isinstance(await taker.take(pace()), Delivery)


async def test_an_instances_own_burst_takes_effect_at_the_next_send(taker: Taker) -> None:
    slow = pace(tokens_per_second=0.001, bucket_capacity=1)
    await taker.streams.client.hset(keys.limits(I), "bucket_capacity", "3")
    assert all([isinstance(await taker.take(slow), Begun) for _ in range(2)])
    await taker.streams.client.hset(keys.limits(I), "bucket_capacity", "1")
    assert isinstance(await taker.take(slow), Wait)


@pytest.mark.parametrize("rate", ["0.5", "0.1", "2.75"])
async def test_a_fractional_rate_of_an_instances_own_is_kept_to_the_letter(taker: Taker, rate: str) -> None:
    await taker.streams.client.hset(keys.limits(I), mapping={"tokens_per_second": rate, "bucket_capacity": "1"})
    assert isinstance(await taker.take(pace()), Begun)
    wait = await taker.take(pace())
    assert isinstance(wait, Wait)
    assert wait.scope == "lane"
    assert 0.5 / float(rate) < wait.seconds <= 1 / float(rate) + 0.001


async def test_a_recipients_rate_of_an_instances_own(taker: Taker) -> None:
    await taker.streams.client.hset(keys.limits(I), "recipient_tokens_per_second", "0.25")
    assert isinstance(await taker.take(pace(), chat="5511988880001"), Begun)
    wait = await taker.take(pace(), chat="5511988880001")
    assert isinstance(wait, Wait)
    assert (wait.scope, 3 < wait.seconds <= 4) == ("chat", True)
    await taker.streams.client.hset(keys.limits(I), "recipient_tokens_per_second", "0")
    assert isinstance(await taker.take(pace(recipient_tokens_per_second=0.01), chat="5511988880001"), Begun)


async def test_a_days_new_contacts_of_an_instances_own(taker: Taker) -> None:
    first, second = ({"chat": f"551198888000{n}", "send_class": "reminder"} for n in (1, 2))
    await taker.streams.client.hset(keys.limits(I), "new_contacts_per_day", "1")
    assert isinstance(await taker.take(pace(), **first), Begun)
    assert isinstance(await taker.take(pace(), **second), NotYet)
    await taker.streams.client.hset(keys.limits(I), "new_contacts_per_day", "0")
    assert isinstance(await taker.take(pace(new_contacts_per_day=1), **second), Begun)


async def test_a_recipients_limit_holds_that_chat_alone_and_spends_no_token(taker: Taker) -> None:
    limits = pace(tokens_per_second=0.01, bucket_capacity=3, recipient_tokens_per_second=0.1)
    assert isinstance(await taker.take(limits, chat="5511988880001"), Delivery)
    wait = await taker.take(limits, chat="5511988880001")
    assert isinstance(wait, Wait)
    assert (wait.scope, 9 < wait.seconds <= 10) == ("chat", True)
    assert isinstance(await taker.take(limits, chat="5511988880002"), Delivery)


async def test_new_contacts_have_a_days_budget_and_known_ones_do_not(taker: Taker) -> None:
    limits = pace(new_contacts_per_day=2)
    await taker.streams.client.sadd(keys.contacts(I), "5511900000000")
    for n in (1, 2, 2, 1):
        begun = await taker.take(limits, chat=f"551190000000{n}", send_class="reminder")
        assert isinstance(begun, Begun)
        assert begun.to_new_contact  # an attempt makes nobody known
    third: dict[str, Any] = {"chat": "5511900000003", "send_class": "reminder"}
    refused = await taker.take(limits, **third)
    assert isinstance(refused, NotYet)
    until = dt.datetime.fromtimestamp(refused.until / 1000, dt.UTC)
    assert (refused.why, until.hour, until.minute) == (WHY_SPENT, 0, 0)
    assert 0 < refused.until - SYSTEM.now_ms() <= 86_405_000
    known = await taker.take(limits, chat="5511900000000", send_class="reminder")
    assert isinstance(known, Begun)
    assert not known.to_new_contact
    assert isinstance(await taker.take(limits, chat="5511900000003"), Begun)  # a reply
    assert isinstance(await taker.take(pace(new_contacts_per_day=3), **third), Begun)


async def test_a_patient_known_without_the_ninth_digit_is_no_new_contact(taker: Taker) -> None:
    await taker.streams.client.sadd(keys.contacts(I), "551188887777")
    begun = await taker.take(pace(new_contacts_per_day=1), chat="5511988887777", send_class="reminder")
    assert isinstance(begun, Begun)
    assert not begun.to_new_contact


@pytest.mark.parametrize("said", ["a time", "1"])
async def test_a_pause_of_new_contacts_holds_them_alone_and_spends_nothing(taker: Taker, said: str) -> None:
    client, until = taker.streams.client, SYSTEM.now_ms() + 60_000
    await client.set(keys.new_contacts_paused(I), until if said == "a time" else said)
    await client.sadd(keys.contacts(I), "5511900000000")
    limits = pace(tokens_per_second=0.001, bucket_capacity=2)
    delivery = await taker.delivery(chat="5511900000001", send_class="staff")
    before = {key: await client.dump(key) for key in await client.keys()}
    refused = await taker.take(limits, delivery)
    assert isinstance(refused, NotYet)
    assert refused.why == WHY_PAUSED
    assert refused.until == until or (said == "1" and refused.until > until)
    assert {key: await client.dump(key) for key in await client.keys()} == before
    assert isinstance(await taker.take(limits, chat="5511900000000", send_class="staff"), Begun)
    await client.delete(keys.new_contacts_paused(I))
    assert isinstance(await taker.take(pace(), delivery), Begun)


async def test_an_attempt_asked_for_twice_is_one_attempt_and_one_token(taker: Taker) -> None:
    """The first answer got lost on the wire."""
    cut, original = 1, taker.streams.scripts.run

    async def losing(name: str, *args: Any, **about: Any) -> Any:
        nonlocal cut
        reply = await original(name, *args, **about)
        if cut:
            cut -= 1
            raise aioredis.ConnectionError("the answer got lost")
        return reply

    taker.streams.scripts.run = losing  # type: ignore[method-assign]
    limits = pace(tokens_per_second=2.0, bucket_capacity=2)
    assert isinstance(await taker.take(limits), Delivery)
    assert await taker.soon(limits)
    assert isinstance(await taker.take(limits), Wait)
    assert len(await taker.streams.facts(SendAttempted)) == 2


async def test_an_attempt_without_the_lane_or_the_entry_is_refused(taker: Taker) -> None:
    delivery = await taker.delivery()
    client = taker.streams.client
    await client.xgroup_create(SOURCE, GROUP, id="0")
    await client.execute_command("XREADGROUP", "GROUP", GROUP, "r2", "STREAMS", SOURCE, ">")
    with pytest.raises(NotOurs, match="other"):
        await taker.take(pace(), delivery)
    await client.xclaim(SOURCE, GROUP, "r1", 0, [delivery.entry.id])
    await client.xdel(SOURCE, delivery.entry.id)
    await client.xack(SOURCE, GROUP, delivery.entry.id)
    with pytest.raises(NotOurs, match="gone"):
        await taker.take(pace(), delivery)
    await client.set(keys.fence(I, "sender"), taker.owner.fence + 1)
    with pytest.raises(NotOurs, match="fenced"):
        await taker.take(pace())
    assert not await taker.streams.facts(SendAttempted)


@pytest.mark.parametrize(
    "wrong",
    [keys.events(I), keys.progress(I), keys.bucket(I), keys.recipient_bucket(I, "5511988887777")],
)
async def test_a_key_of_the_wrong_type_stops_an_attempt_before_its_first_write(taker: Taker, wrong: str) -> None:
    delivery, client = await taker.delivery(), taker.streams.client
    await client.geoadd(wrong, (1, 1, "x"))
    before = {key: await client.dump(key) for key in await client.keys()}
    attempts = Attempts(taker.streams.scripts, pace(tokens_per_second=1.0, recipient_tokens_per_second=1.0), SYSTEM, 0)
    assert isinstance(delivery.event, SendRequested)
    with pytest.raises(BrokenKey, match=f"WRONGTYPE {wrong} is a zset, expected a "):
        await attempts.begin(delivery, delivery.event, taker.owner)
    assert {key: await client.dump(key) for key in await client.keys()} == before


async def test_a_clock_of_redis_that_went_back_costs_nobody_the_time_that_it_lost(taker: Taker) -> None:
    """A failover to a server whose clock is an hour behind: the pace goes on from there, without a burst."""
    limits = pace(tokens_per_second=5.0, bucket_capacity=1, recipient_tokens_per_second=5.0)
    ahead = str(SYSTEM.now_ms() + 3_600_000)
    for bucket in (keys.bucket(I), keys.recipient_bucket(I, a_send().chat)):
        await taker.streams.client.hset(bucket, mapping={"tokens": "0", "at": ahead})
    assert isinstance(await taker.take(limits), Wait)
    delivery = await taker.delivery()

    async def taken() -> bool:
        return isinstance(await taker.take(limits, delivery), Begun)

    await until(taken, seconds=3)
    assert isinstance(await taker.take(limits), Wait)


async def test_a_rate_that_is_lowered_gives_no_second_burst(taker: Taker) -> None:
    """The bucket is remembered for as long as a slower rate than that of its last token would take to fill it."""
    client = taker.streams.client
    assert isinstance(await taker.take(pace(tokens_per_second=100.0, bucket_capacity=10)), Begun)
    await client.hset(keys.limits(I), mapping={"tokens_per_second": "0.001", "bucket_capacity": "10"})
    assert await client.pttl(keys.bucket(I)) > 10 / 0.001 * 1000
