"""Does each fault do what it says?"""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest


@pytest.mark.parametrize("delivered", [True, False])
@pytest.mark.parametrize("fault", ["status_502", "status_503", "status_504"])
async def test_a_proxy_answers_for_a_gateway_that_may_have_sent(fault: str, delivered: bool, sim: Any) -> None:
    await sim.fault(fault, delivered=delivered, times=1)
    status, page = await sim.send()
    assert status == int(fault[-3:])
    assert "<html>" in page
    assert len(await sim.phone()) == delivered
    assert (await sim.send())[0] == 201


@pytest.mark.parametrize("delivered", [True, False])
async def test_a_reset_breaks_the_connection(delivered: bool, sim: Any) -> None:
    await sim.fault("reset", delivered=delivered)
    with pytest.raises((aiohttp.ClientError, OSError)):
        await sim.send()
    assert len(await sim.phone()) == delivered
    assert (await sim.calls())[-1]["status"] == "reset"


@pytest.mark.parametrize("delivered", [True, False])
async def test_a_timeout_never_answers(delivered: bool, sim: Any) -> None:
    await sim.fault("timeout", delivered=delivered, times=1)
    hanging = asyncio.create_task(sim.send("um"))
    while not await sim.calls():
        assert not hanging.done()
    await sim.send("dois")
    assert not hanging.done()
    assert [message["text"] for message in await sim.phone()] == (["um", "dois"] if delivered else ["dois"])
    hanging.cancel()


async def test_slow_answers_in_the_end(sim: Any) -> None:
    await sim.fault("slow", delay_ms=5)
    assert (await sim.send())[0] == 201
    assert [(call["fault"], call["status"]) for call in await sim.calls()] == [("slow", 201)]


async def test_the_gateways_search_can_fail_as_well(sim: Any) -> None:
    await sim.call("POST", "/sim/faults", {"call": "findMessages", "fault": "status_503"})
    assert (await sim.call("POST", "/chat/findMessages/demo", {"where": {"key": {"id": "x"}}}))[0] == 503


async def test_took_but_400_arrives_and_leaves_no_trace_at_the_gateway(sim: Any, receiver: Any) -> None:
    await sim.fault("took_but_400", times=1)
    status, body = await sim.send("chegou")
    assert (status, body["response"]["message"]) == (400, ["DriverAdapterError: unsupported Unicode escape sequence"])
    assert [message["text"] for message in await sim.phone()] == ["chegou"]
    assert (await sim.call("POST", "/chat/findMessages/demo", {}))[1]["messages"]["total"] == 0
    await sim.send("fim")
    assert [post.body["data"]["message"]["conversation"] for post in await receiver.wait("send.message")] == ["fim"]


async def test_a_nul_in_the_text_does_the_same_without_a_fault(sim: Any, receiver: Any) -> None:
    assert (await sim.send("a\0b"))[0] == 400
    assert len(await sim.phone()) == 1
    await sim.send("fim")
    assert len(await receiver.wait("send.message")) == 1


async def test_accepted_pending_forever_never_arrives_nor_acks(sim: Any, receiver: Any) -> None:
    await sim.fault("accepted_pending_forever", times=1)
    lost = (await sim.send())[1]["key"]["id"]
    await sim.send()
    updates = await receiver.wait("messages.update", 3)
    assert lost not in {post.body["data"]["keyId"] for post in updates}
    assert len(await sim.phone()) == 1


async def test_silent_arrives_and_is_told_to_nobody(sim: Any, receiver: Any) -> None:
    await sim.fault("silent", times=1)
    quiet = (await sim.send())[1]["key"]["id"]
    await sim.send()
    await receiver.wait("messages.update", 3)
    assert len(await sim.phone()) == 2
    assert quiet not in {post.body["data"]["key"]["id"] for post in receiver.of("send.message")}


async def test_what_is_not_stored_is_found_by_no_search_and_told_by_no_receipt(sim: Any, receiver: Any) -> None:
    await sim.fault("reset", delivered=True, echo=False, stored=False, times=1)
    with pytest.raises((aiohttp.ClientError, OSError)):
        await sim.send("chegou")
    assert [message["text"] for message in await sim.phone()] == ["chegou"]
    assert (await sim.call("POST", "/chat/findMessages/demo", {}))[1]["messages"]["total"] == 0
    await sim.send("fim")
    assert len({post.body["data"]["keyId"] for post in await receiver.wait("messages.update", 3)}) == 1
    (told,) = receiver.of("send.message")
    assert told.body["data"]["message"]["conversation"] == "fim"


async def test_the_echo_can_be_kept_back(sim: Any, receiver: Any) -> None:
    await sim.fault("status_502", delivered=True, echo=False)
    await sim.send()
    await receiver.wait("messages.update", 3)
    assert receiver.of("send.message") == []


@pytest.mark.parametrize(
    ("name", "status"),
    [("timed_out", 400), ("rate_overlimit", 400), ("never_connected", 500), ("sendTemplate_500", 500)],
)
async def test_any_recorded_refusal_can_be_given(name: str, status: int, sim: Any) -> None:
    await sim.fault(f"capture:{name}")
    assert (await sim.send())[0] == status
    assert await sim.phone() == []


async def test_connection_closed_is_400_for_a_known_number_and_500_for_another(sim: Any) -> None:
    await sim.send(number="5511988887777")
    await sim.fault("capture:connection_closed")
    assert (await sim.send(number="5511988887777"))[0] == 400
    assert (await sim.send(number="5511900001234"))[0] == 500


async def test_a_dead_socket_is_still_called_open(sim: Any) -> None:
    await sim.send()
    await sim.call("POST", "/sim/demo/connection", {"state": "open", "dead_socket": True})
    assert (await sim.send())[1]["response"]["message"] == ["Error: Connection Closed"]
    assert (await sim.call("GET", "/instance/connectionState/demo"))[1]["instance"]["state"] == "open"


async def test_a_missing_licence_is_a_503(sim: Any) -> None:
    await sim.fault("license_required")
    status, body = await sim.send()
    assert status == 503
    assert body["response"]["message"] == ["LICENSE_REQUIRED"]


async def test_a_fault_strikes_only_its_call_its_number_and_so_many_times(sim: Any) -> None:
    await sim.fault("status_502", number="5511977776666", times=1)
    assert (await sim.send())[0] == 201
    presence = {"number": "5511977776666", "presence": "composing", "delay": 1}
    assert (await sim.call("POST", "/chat/sendPresence/demo", presence))[0] == 201
    assert (await sim.send(number="5511977776666"))[0] == 502
    assert (await sim.send(number="5511977776666"))[0] == 201


async def test_faults_can_be_seen_and_removed(sim: Any) -> None:
    number = await sim.fault("status_502")
    assert [one["id"] for one in (await sim.call("GET", "/sim/faults"))[1]["faults"]] == [number]
    assert (await sim.call("DELETE", f"/sim/faults/{number}"))[0] == 200
    assert (await sim.send())[0] == 201


async def test_a_fault_nobody_knows_is_refused_with_the_ones_there_are(sim: Any) -> None:
    status, body = await sim.call("POST", "/sim/faults", {"fault": "gremlins"})
    assert status == 400
    assert "took_but_400" in body["error"]


async def test_a_reset_of_the_simulator_lets_go_of_everything(sim: Any) -> None:
    await sim.fault("timeout")
    hanging = asyncio.create_task(sim.send())
    while not await sim.calls():
        pass
    await sim.call("POST", "/sim/reset")
    with pytest.raises((aiohttp.ClientError, OSError)):
        await hanging
    assert (await sim.send())[0] == 201
    assert len(await sim.phone()) == 1
