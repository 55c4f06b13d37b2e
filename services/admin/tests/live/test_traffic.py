"""Is any message lost or sent twice, whatever is done to the streams while they are worked?

Two replicas of the sender work, a clinic with several chats keeps sending, and an operator uses one operation again
and again. In the end every message was handed to the gateway exactly once, or was set aside exactly once.
"""

import asyncio
import itertools
from collections import Counter

import pytest

from shared import ids
from shared.events import AdminActed, SendDeadLettered, SendRequested, decode
from tests.support.replica import Streams, a_send, running
from tests.support.waiting import until

from .phone import sender_replica

CHATS = 25  # more than a lane reads ahead, so that some entries have not been delivered yet
ROUNDS = 12
SENDS_A_ROUND = 40
PACE = 25  # messages that end between two operations
LEASE_MS = 3_000  # long enough for a busy machine: a lane that changes hands unasked would spoil the count
HANDOVER_LEASE_MS = 1_500  # a lane goes over within two thirds of it …
HANDOVER_SLOW_S = 0.1  # … in which some twenty messages of this slowness end


def _sends(round_: int) -> list[SendRequested]:
    numbers = range(round_ * SENDS_A_ROUND, (round_ + 1) * SENDS_A_ROUND)
    return [a_send(f"{n:05}", chat=f"55119888877{n % CHATS:02}", vip=n % 5 == 0, id=ids.new()) for n in numbers]


async def _traffic(streams: Streams, admin, redis_url: str, method: str, urls: list[str]):
    """Send and operate at the same time. Answers what was sent, by id, and the senders."""
    about = {"lease_ms": HANDOVER_LEASE_MS, "slow_s": HANDOVER_SLOW_S} if len(urls) > 1 else {"lease_ms": LEASE_MS}
    replicas = [sender_replica(redis_url, streams.scripts, f"r{n}", concurrency=4, **about) for n in (1, 2)]
    sent: dict[str, SendRequested] = {}

    async def keep_sending() -> None:
        for round_ in range(ROUNDS):
            await until(lambda: _shallow(streams))
            sends = _sends(round_)
            sent.update({send.id: send for send in sends})
            await streams.put(*sends)

    async def keep_operating() -> None:
        for number in itertools.count():
            answer = await admin.request(method, urls[number % len(urls)])
            assert answer.status == 200, await answer.text()
            await _handed_over(streams, (await answer.json()).get("lane"))
            await _progress(streams)
            if len(sent) == ROUNDS * SENDS_A_ROUND and await streams.idle():
                return

    async with running(*replicas):
        await until(lambda: _alive(admin, 2))
        await asyncio.gather(keep_sending(), keep_operating())
    senders = [replica.handler for replica in replicas]
    assert [sender.unknown for sender in senders] == [[], []]
    return sent, senders


async def _alive(admin, count: int) -> bool:
    answer = await admin.get("/admin/streams/health")
    return (await answer.json())["consumers_count"] == count


async def _shallow(streams: Streams) -> bool:
    return await streams.depth() < 3 * SENDS_A_ROUND


async def _ended(streams: Streams) -> int:
    return len(await streams.accepted()) + len(await streams.dead())


async def _handed_over(streams: Streams, lane: dict | None) -> None:
    """Until the chosen replica has the lane, if one was chosen and there is work for it."""

    async def there() -> bool:
        return (await streams.lease()).endswith(f":{lane['goes_to']}") or await streams.idle()

    if lane and lane["goes_to"]:
        await until(there)


async def _progress(streams: Streams) -> None:
    """Until some more have ended, or all."""
    goal = await _ended(streams) + PACE

    async def enough() -> bool:
        return await _ended(streams) >= goal or await streams.idle()

    await until(enough, seconds=30)


def _once(found: list[str]) -> set[str]:
    assert [item for item, count in Counter(found).items() if count > 1] == []
    return set(found)


@pytest.mark.parametrize(
    ("method", "urls"),
    [
        ("POST", ["/admin/streams/reset-to-begin?instance=wa1"]),
        ("DELETE", ["/admin/streams/destroy-recreate?instance=wa1&confirm=wa1"]),
        ("POST", [f"/admin/streams/claim-pending-to-worker?instance=wa1&worker=r{n}" for n in (1, 2)]),
    ],
    ids=["reset-to-begin", "destroy-recreate", "claim-pending-to-worker"],
)
async def test_every_message_is_sent_once_whatever_is_done(streams, admin, redis_url, method, urls) -> None:
    sent, senders = await _traffic(streams, admin, redis_url, method, urls)
    handed_over = _once([text for sender in senders for text in sender.begun])
    assert handed_over == {send.content.text for send in sent.values()}
    assert _once(await streams.accepted()) == set(sent)
    assert await streams.dead() == []
    await _check_order(streams, sent)
    assert len(await streams.facts(AdminActed)) > ROUNDS / 2
    assert len(urls) == 1 or all(sender.begun for sender in senders)


async def test_what_is_skipped_is_set_aside_and_the_rest_is_sent(streams, admin, redis_url) -> None:
    url = "/admin/streams/reset-to-latest?instance=wa1&confirm=wa1"
    sent, senders = await _traffic(streams, admin, redis_url, "POST", [url])
    accepted, dead = _once(await streams.accepted()), await streams.dead()
    assert accepted
    assert dead
    letters = _once([decode(letter["e"]).id for letter in dead])
    assert accepted | letters == set(sent)
    assert accepted & letters == set()
    handed_over = _once([text for sender in senders for text in sender.begun])
    assert handed_over == {sent[id_].content.text for id_ in accepted}
    assert letters == {fact.send_id for fact in await streams.facts(SendDeadLettered)}
    assert sum(fact.touched for fact in await streams.facts(AdminActed)) == len(letters)
    await _check_order(streams, sent)


async def _check_order(streams: Streams, sent: dict[str, SendRequested]) -> None:
    """Within a chat and a lane's stream, in the order in which they were asked for."""
    for vip in (True, False):
        for chat in {send.chat for send in sent.values()}:
            mine = [sent[id_] for id_ in await streams.accepted() if (sent[id_].chat, sent[id_].vip) == (chat, vip)]
            texts = [send.content.text for send in mine]
            assert texts == sorted(texts)
