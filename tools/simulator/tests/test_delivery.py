"""Does redelivery keep to the recorded rules?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from simulator.delivery import ATTEMPTS, Delivery


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
async def test_a_4xx_loses_the_event_for_good(status: int, sim: Any, receiver: Any) -> None:
    receiver.answers = [status]
    await sim.call("POST", "/sim/demo/connection", {"state": "connecting"})
    await settled(sim)
    assert len(receiver.posts) == 1
    assert (await sim.call("GET", "/sim/webhooks"))[1]["counts"]["refused"] == 1


@pytest.mark.parametrize("status", [500, 502, 503, 429])
async def test_other_failures_are_tried_again_with_the_same_bytes(status: int, sim: Any, receiver: Any) -> None:
    receiver.answers = [status, status]
    await sim.call("POST", "/sim/demo/connection", {"state": "connecting"})
    await settled(sim)
    assert len(receiver.posts) == 3
    assert len({post.raw for post in receiver.posts}) == 1


async def test_it_gives_up_after_the_tenth_attempt(sim: Any, receiver: Any) -> None:
    receiver.answers = [500] * 50
    await sim.call("POST", "/sim/demo/connection", {"state": "connecting"})
    await settled(sim)
    assert len(receiver.posts) == ATTEMPTS


async def test_a_refused_connection_is_tried_again(start: Any, receiver: Any, unused_tcp_port: int) -> None:
    sim = await start(webhook_urls=(f"http://127.0.0.1:{unused_tcp_port}/gone", receiver.url))
    for state in ("connecting", "open"):
        await sim.call("POST", "/sim/demo/connection", {"state": state})
    await receiver.wait("connection.update", 2)


async def test_the_waits_are_those_recorded(capture: Callable[[str], Any]) -> None:
    """Each recorded wait lies within what the simulator may choose, give or take the time the answer took."""
    steps = capture("retry/retry_timeline")["timelines"]["RETRY-r500"]
    delivery = Delivery(Random(1))
    for before, after in pairwise(steps):
        waits = [delivery.wait_before(after["attempt"]) for _ in range(500)]
        assert min(waits) - 1 <= after["t_plus_s"] - before["t_plus_s"] <= max(waits) + 1


async def test_several_bases_take_turns(start: Any, receiver: Any) -> None:
    sim = await start(webhook_urls=(receiver.url + "/a", receiver.url + "/b"))
    for state in ("connecting", "open"):
        await sim.call("POST", "/sim/demo/connection", {"state": state})
    await receiver.wait("connection.update", 2)
    assert {post.path for post in receiver.posts} == {"/hooks/a/demo", "/hooks/b/demo"}


async def test_copies_can_be_asked_for(sim: Any, receiver: Any) -> None:
    await sim.call("POST", "/sim/webhooks", {"duplicate": 2})
    await sim.call("POST", "/sim/demo/connection", {"state": "connecting"})
    assert len({post.raw for post in await receiver.wait("connection.update", 3)}) == 1


async def test_the_order_can_be_shuffled(sim: Any, receiver: Any) -> None:
    await sim.call("POST", "/sim/webhooks", {"reorder": True, "window_ms": 50})
    ids = [(await sim.write(text=str(n)))["id"] for n in range(20)]
    posts = await receiver.wait("messages.upsert", 20)
    assert [post.body["data"]["key"]["id"] for post in posts] != ids
    assert sorted(post.body["data"]["key"]["id"] for post in posts) == sorted(ids)


async def test_events_can_be_lost(sim: Any, receiver: Any) -> None:
    await sim.call("POST", "/sim/webhooks", {"drop": 1})
    await sim.call("POST", "/sim/demo/connection", {"state": "connecting"})
    await settled(sim)
    assert receiver.posts == []


async def test_offline_drops_calls_and_holds_events_until_back(sim: Any, receiver: Any) -> None:
    await sim.call("POST", "/sim/offline", {"seconds": None})
    with pytest.raises((ConnectionError, OSError)):
        await sim.send()
    written = await sim.write(text="oi")
    assert receiver.posts == []
    await sim.call("DELETE", "/sim/offline")
    (post,) = await receiver.wait("messages.upsert")
    assert post.body["data"]["key"]["id"] == written["id"]
    assert (await sim.send())[0] == 201


async def test_offline_ends_by_itself(sim: Any) -> None:
    await sim.call("POST", "/sim/offline", {"seconds": 0.01})
    for _ in range(2000):
        if not (await sim.call("GET", "/sim/state"))[1]["offline"]:
            break
        await asyncio.sleep(0.01)
    assert (await sim.send())[0] == 201


async def settled(sim: Any) -> None:
    for _ in range(2000):
        state = (await sim.call("GET", "/sim/webhooks"))[1]
        if state["queued"] == state["later"] == state["running"] == 0:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("deliveries never settle")
