"""Does a broadcast reach everybody on its list once, at its pace, and nobody after it was stopped?"""

import asyncio
import time

import pytest

from admin.broadcasts.runner import AHEAD, Runner
from shared.clock import SYSTEM, Clock, ManualClock
from shared.events import BroadcastStarted, BroadcastStopped, SendCancelled, SendRequested
from shared.service import new_platform
from shared.settings import ServiceSettings, StreamSettings
from shared.streams import keys
from tests.support.replica import INSTANCE, Streams, running
from tests.support.waiting import holds, until

from .phone import sender_replica
from .talk import Talk, everything, facts, folded

STREAM = keys.outbound(INSTANCE)


def people(count: int) -> list[dict]:
    return [{"to": f"55119{80_000_000 + n}", "variables": {"name": f"P{n}"}} for n in range(count)]


def body(count: int = 3, **about) -> dict:
    return {"template": "results_ready", "recipients": people(count), "confirm": INSTANCE, **about}


async def requested(client) -> list[SendRequested]:
    return await facts(client, SendRequested)


async def drain(client) -> None:
    """A sender that is done with everything at once."""
    for id_, _ in await client.xrange(STREAM):
        await client.xdel(STREAM, id_)


async def test_a_dry_run_tells_what_it_would_come_to(talk: Talk, client) -> None:
    await client.set(keys.opted_out(INSTANCE, people(2)[1]["to"]), "1")
    (elsewhere,) = keys.opted_out_by_spelling(INSTANCE, people(3)[2]["to"])
    await client.set(elsewhere, "1")
    before = await everything(client)
    list_ = [*people(4), people(4)[0] | {"to": "+55 11 98000-0000"}, people(4)[0] | {"to": "+55 11 8000-0000"}]
    told = await talk.ask("POST", "/broadcasts", body(recipients=list_, dry_run=True, confirm="", language="es"))
    assert told | {"samples": []} == {
        "dry_run": True, "id": None, "recipients": 4, "duplicates": 2, "opted_out": 2, "samples": [], "completed": 0,
        "numbers": [{"to": f"551198000000{n}", "number": f"+55 11 98000-000{n}"} for n in range(4)],
    }  # fmt: skip
    assert told["samples"][1].startswith("P1, el resultado de su examen")
    assert await everything(client) == before


async def test_numbers_without_a_country_code_are_of_the_clinics_country(talk: Talk, client) -> None:
    await client.sadd(keys.contacts(INSTANCE), "51987654321")  # somebody in Peru wrote; 51 is an area of Brazil, too
    given = ["(11) 97777-6666", "5511977776666", "51 98765-4321", "(51) 98765-4320", "+1 415 555 0123"]
    list_ = [{"to": to, "variables": {"name": "Ana"}} for to in given]
    told = await talk.ask("POST", "/broadcasts", body(recipients=list_, dry_run=True))
    assert [one["number"] for one in told["numbers"]] == [
        "+55 11 97777-6666", "+51 987 654 321", "+55 51 98765-4320", "+1 415-555-0123",
    ]  # fmt: skip
    assert (told["completed"], told["duplicates"]) == (2, 1)
    told = await talk.ask("POST", "/broadcasts", body(recipients=list_), 202)
    assert (told["completed"], told["numbers"]) == (2, [])
    await until(lambda: _state(talk, told["id"], "done"))
    assert [send.to for send in await requested(client)] == [
        "5511977776666", "51987654321", "5551987654320", "14155550123",
    ]  # fmt: skip


async def test_a_number_of_no_country_is_told_with_its_place(talk: Talk) -> None:
    list_ = [*people(2), {"to": "97777-6666", "variables": {"name": "Ana"}}]
    told = await talk.ask("POST", "/broadcasts", body(recipients=list_, dry_run=True), 400)
    assert told["parameter"] == "recipients[2].to"
    assert "(BR) with its area code" in told["detail"]


async def test_everybody_gets_it_once(talk: Talk, client, streams: Streams, redis_url: str) -> None:
    replica = sender_replica(redis_url, streams.scripts, "s1")
    async with running(replica):
        told = await talk.ask("POST", "/broadcasts", body(45), 202)
        await until(lambda: _state(talk, told["id"], "done"))
        await until(streams.idle)
    sent = await requested(client)
    assert [send.to for send in sent] == [one["to"] for one in people(45)]
    assert len(replica.handler.begun) == len(set(replica.handler.begun)) == 45
    (started,) = await facts(client, BroadcastStarted)
    assert (started.broadcast_id, started.by, started.recipients) == (told["id"], "admin", 45)
    one = sent[7]
    assert (one.send_class, one.by, one.template, one.broadcast_id) == (
        "broadcast",
        "admin",
        "results_ready",
        told["id"],
    )
    await folded(client)
    told = await talk.ask("GET", f"/broadcasts/{told['id']}")
    assert (told["requested"], told["total"], told["outcomes"]) == (45, 45, {"accepted": 45})
    assert not await client.exists(keys.broadcast_recipients(INSTANCE, told["id"]))
    await until(lambda: _nothing_is_hinted(client))


async def _state(talk: Talk, id_: str, state: str) -> bool:
    return (await talk.ask("GET", f"/broadcasts/{id_}"))["state"] == state


async def _nothing_is_hinted(client) -> bool:
    return not await client.exists(keys.BROADCASTING)


async def test_only_so_many_wait_ahead_of_a_patients_answer(talk: Talk, client) -> None:
    await talk.ask("POST", "/broadcasts", body(50), 202)
    await until(lambda: client.xlen(STREAM))
    await holds(lambda: _at_most(client, AHEAD), seconds=1.2)
    assert await client.xlen(STREAM) == AHEAD


async def _at_most(client, count: int) -> bool:
    return await client.xlen(STREAM) <= count


async def test_a_stop_takes_back_what_waits(talk: Talk, client) -> None:
    told = await talk.ask("POST", "/broadcasts", body(30), 202)
    await until(lambda: client.xlen(STREAM))
    stopped = await talk.ask("POST", f"/broadcasts/{told['id']}/stop")
    assert stopped == {"id": told["id"], "left": 30, "taken_back": AHEAD}
    assert await client.xlen(STREAM) == 0
    assert len(await facts(client, SendCancelled)) == AHEAD
    (fact,) = await facts(client, BroadcastStopped)
    assert (fact.by, fact.left) == ("admin", 20)
    await holds(lambda: _at_most(client, 0), seconds=1.2)
    now = await talk.ask("GET", f"/broadcasts/{told['id']}")
    assert (now["state"], now["requested"], now["ended_at"] > 0) == ("stopped", AHEAD, True)
    assert await talk.ask("POST", f"/broadcasts/{told['id']}/stop") == stopped
    assert len(await facts(client, BroadcastStopped)) == 1
    assert len(await facts(client, SendCancelled)) == AHEAD


async def test_it_waits_for_its_time(talk: Talk, client) -> None:
    told = await talk.ask("POST", "/broadcasts", body(2, send_at=round(time.time() * 1000) + 4_000), 202)
    assert (await talk.ask("GET", f"/broadcasts/{told['id']}"))["state"] == "scheduled"
    assert await requested(client) == []
    await until(lambda: _state(talk, told["id"], "done"))


async def test_they_are_listed_the_newest_first(talk: Talk, client) -> None:
    made = [(await talk.ask("POST", "/broadcasts", body(1), 202))["id"] for _ in range(3)]
    page = await talk.ask("GET", "/broadcasts", limit=2)
    rest = await talk.ask("GET", "/broadcasts", cursor=page["next"])
    assert [one["id"] for one in page["items"] + rest["items"]] == made[::-1]
    assert page["items"][0]["outcomes"] is None


def runner(url: str, name: str, clock: Clock = SYSTEM, **streams: int) -> Runner:
    settings = ServiceSettings(redis_url=url, replica=name)
    return Runner(
        new_platform("admin", settings, StreamSettings(**{"lease_ms": 400, **streams}), *([clock] if clock else []))
    )


async def test_a_pace_of_its_own_is_kept(talk: Talk, client, redis_url: str) -> None:
    await client.set(keys.assign(INSTANCE, "broadcasts"), "r1")  # the service's own runner stays away
    await talk.ask("POST", "/broadcasts", body(30, per_minute=60), 202)
    clock = ManualClock(round(time.time() * 1000) + 1)
    slow = runner(redis_url, "r1", clock, lease_ms=60_000)
    for _ in range(3):
        await slow.look()
    assert 1 <= len(await requested(client)) <= 3
    for _ in range(10):
        clock.advance(1)
        await slow.look()
        await drain(client)
    assert 10 <= len(await requested(client)) <= 12


async def test_two_runners_and_one_that_stops_in_the_middle_request_each_once(talk: Talk, client, redis_url) -> None:
    """The one that stopped comes back with a lease of before."""
    first, second = runner(redis_url, "r1"), runner(redis_url, "r2")
    await talk.ask("POST", "/broadcasts", body(60), 202)

    async def run(one: Runner, until_: int) -> None:
        while len(await requested(client)) < until_:
            await one.look()
            await drain(client)
            await asyncio.sleep(0.02)

    await asyncio.gather(run(first, 25), run(second, 25))
    await asyncio.sleep(0.5)  # both leases run out
    await asyncio.gather(run(second, 60), run(first, 60))
    sent = [send.to for send in await requested(client)]
    assert sent == [one["to"] for one in people(60)]


async def test_it_waits_with_those_who_are_parked_for_the_night(talk: Talk, client, redis_url: str) -> None:
    told = await talk.ask("POST", "/broadcasts", body(40), 202)
    await until(lambda: client.xlen(STREAM))
    last = (await requested(client))[-1]
    await client.hset(keys.parked(INSTANCE), last.id, f"{STREAM}\nx")
    await drain(client)
    await holds(lambda: _at_most(client, 0), seconds=1.2)
    await client.hdel(keys.parked(INSTANCE), last.id)
    await until(lambda: client.xlen(STREAM))
    await talk.ask("POST", f"/broadcasts/{told['id']}/stop")


GOOD = people(2)


@pytest.mark.parametrize(
    ("status", "parameter", "about"),
    [
        (400, "template", {"template": "nope"}), (400, "recipients", {"recipients": []}),
        (400, "recipients[1].to", {"recipients": [GOOD[0], {"to": "maria", "variables": {"name": "a"}}]}),
        (400, "recipients[1].variables.name", {"recipients": [GOOD[0], {"to": GOOD[1]["to"]}]}),
        (400, "recipients[0].variables.nome", {"recipients": [{"to": GOOD[0]["to"], "variables": {"nome": "a"}}]}),
        (400, "recipients[1].to", {"recipients": [GOOD[0], GOOD[0] | {"variables": {"name": "another"}}]}),
        (400, "language", {"language": "fr"}), (400, "send_at", {"send_at": "yesterday"}),
        (400, "send_at", {"send_at": 5}),
        (400, "per_minute", {"per_minute": 0}), (428, "confirm", {"confirm": ""}), (400, "confirm", {"confirm": "wa2"}),
        (400, "recipient", {"recipient": []}),
    ],
)  # fmt: skip
async def test_a_fault_in_any_line_stops_it_all(talk: Talk, client, status: int, parameter: str, about: dict) -> None:
    before = await everything(client)
    await talk.refused(status, parameter, "POST", "/broadcasts", body() | about)
    assert await everything(client) == before


async def test_every_line_that_is_wrong_is_told_at_once(talk: Talk) -> None:
    wrong = [GOOD[0], {"to": "maria", "variables": {"name": "a"}}, {"to": "5511900009999"}]
    many = [{"to": "12", "variables": {"name": "a"}}] * 40
    problem = await talk.ask("POST", "/broadcasts", body() | {"recipients": wrong}, 400)
    assert [one["parameter"] for one in problem["faults"]] == ["recipients[1].to", "recipients[2].variables.name"]
    assert (problem["parameter"], problem["detail"]) == tuple(problem["faults"][0].values())
    problem = await talk.ask("POST", "/broadcasts", body() | {"recipients": many}, 400)
    assert (len(problem["faults"]), problem["fault_count"]) == (20, 40)


async def test_what_is_not_there_is_told(talk: Talk, client) -> None:
    before = await everything(client)
    await talk.refused(404, "id", "GET", "/broadcasts/nope")
    await talk.refused(404, "id", "POST", "/broadcasts/nope/stop")
    await talk.refused(404, "instance", "GET", "/broadcasts", instance="wa9")
    await talk.refused(400, "cursor", "GET", "/broadcasts", cursor="abc")
    assert await everything(client) == before


async def test_one_that_is_asked_for_long_before_is_still_there_at_its_time(talk: Talk, client) -> None:
    at = round(time.time() * 1000) + 300 * 86_400_000
    told = await talk.ask("POST", "/broadcasts", body(2, send_at=at), 202)
    for name in (keys.broadcast(INSTANCE, told["id"]), keys.broadcast_recipients(INSTANCE, told["id"])):
        assert await client.pexpiretime(name) > at + 86_400_000


async def test_a_record_that_cannot_be_read_stops_no_other(talk: Talk, client, redis_url: str) -> None:
    await client.sadd(keys.INSTANCES, "a broken one")
    await client.sadd(keys.BROADCASTING, "a broken one", INSTANCE)
    await client.set(keys.open_broadcasts("a broken one"), "a string")
    await client.sadd(keys.open_broadcasts(INSTANCE), "0")
    await client.hset(keys.broadcast(INSTANCE, "0"), "state", "strange")
    told = await talk.ask("POST", "/broadcasts", body(2), 202)
    await until(lambda: _state(talk, told["id"], "done"), seconds=5)


async def test_a_stop_whose_answer_got_lost_takes_back_what_waits_when_it_is_asked_again(talk: Talk, client) -> None:
    told = await talk.ask("POST", "/broadcasts", body(30), 202)
    await until(lambda: client.xlen(STREAM))
    await client.hset(keys.broadcast(INSTANCE, told["id"]), "state", "stopped")  # as far as the first one came
    stopped = await talk.ask("POST", f"/broadcasts/{told['id']}/stop")
    assert stopped["taken_back"] == AHEAD
    assert await client.xlen(STREAM) == 0
