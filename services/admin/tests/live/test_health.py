"""Does health show how things stand, of one instance and of all?"""

import pytest

from shared import ids
from shared.events import SendRequested
from shared.streams import keys
from tests.support.replica import INSTANCE, Gate, Streams, a_send, running
from tests.support.waiting import until

from .phone import sender_replica

HEALTH = "/admin/streams/health"
ONE = f"{HEALTH}?instance=wa1"


async def _health(admin, url: str = ONE) -> dict:
    answer = await admin.get(url)
    assert answer.status == 200, await answer.text()
    assert answer.headers["Cache-Control"] == "no-store"
    return await answer.json()


@pytest.fixture
async def durable(client):
    """A server that keeps something on disk."""
    await client.config_set("save", "3600 1")
    yield
    await client.config_set("save", "")


@pytest.fixture
async def working(client):
    """A responder and a sender that are alive."""
    for service in ("responder", "sender"):
        await client.set(keys.live(service, "r1"), "1")


async def test_an_instance_without_streams_is_all_zeros(streams: Streams, durable, working, admin) -> None:
    health = await _health(admin)
    assert {name: health[name] for name in ("status", "reasons", "queue_depth", "consumers_count", "pending")} == {
        "status": "ok", "reasons": [], "queue_depth": 0, "consumers_count": 1, "pending": 0,
    }  # fmt: skip
    assert (health["dlq_depth"], health["last_delivered_id"], health["oldest_ms"]) == (0, "0-0", None)
    nothing = {"depth": 0, "pending": 0, "lag": 0, "last_delivered_id": "0-0", "oldest_ms": None}
    assert health["outbound"] == health["vip"] == health["inbound"] == nothing
    assert health["lanes"] == {"sender": None, "responder": None}
    assert health["redis"]["persistence"] == "on"


async def test_an_instance_at_work(streams: Streams, client, admin, redis_url) -> None:
    gate = Gate()
    replica = sender_replica(redis_url, streams.scripts, "r1")
    replica.handler.always = gate
    async with running(replica):
        await streams.put(*(a_send(f"{n}", chat=f"5511988887{n:03}") for n in range(3)), a_send("v", vip=True))
        await until(lambda: gate.waiting == 4)
        await streams.put(a_send("in"), stream=keys.inbound(INSTANCE))
        await client.zadd(keys.due(INSTANCE), {"later": 9e12})
        await client.xadd(keys.dead_letters(INSTANCE), {"reason": "x"})
        newest = (await client.xrevrange(keys.outbound(INSTANCE), count=1))[0][0].decode()
        await until(lambda: _consumers(admin))
        health = await _health(admin)
        gate.opened.set()
    assert (health["queue_depth"], health["pending"], health["dlq_depth"], health["parked"]) == (4, 4, 1, 1)
    assert (health["consumers_count"], health["consumers"]) == (1, {"responder": [], "sender": ["r1"]})
    assert health["last_delivered_id"] == newest
    assert health["lanes"]["sender"] == {"replica": "r1", "fence": await streams.fence()}
    assert (health["inbound"]["depth"], health["inbound"]["pending"], health["vip"]["depth"]) == (1, 0, 1)
    assert health["log_length"] >= 9
    assert 0 <= health["oldest_ms"] < 60_000
    assert health["status"] == "degraded"
    assert "no responder is alive, and 1 wait in inbound" in health["reasons"]
    assert "dead letters: 1" in health["reasons"]
    assert any("Redis keeps nothing on disk" in why for why in health["reasons"])


async def _consumers(admin) -> int:
    return (await _health(admin))["consumers_count"]


async def test_the_names_of_the_dead_are_not_counted(streams: Streams, client, admin, redis_url) -> None:
    replica = await sender_replica(redis_url, streams.scripts, "r1").start()
    await streams.put(a_send("1"))
    await until(lambda: _consumers(admin))
    await until(streams.idle)
    await replica.stop()
    assert [c["name"] for c in await client.xinfo_consumers(keys.outbound(INSTANCE), keys.OUTBOUND_GROUP)] == [b"r1"]
    assert await _consumers(admin) == 0


@pytest.mark.parametrize("url", [HEALTH, ONE])
@pytest.mark.parametrize("service", ["responder", "sender"])
async def test_a_service_that_nobody_runs_is_trouble_before_anything_waits(
    streams, client, durable, working, admin, service: str, url: str
) -> None:
    assert (await _health(admin, url))["status"] == "ok"
    await client.delete(keys.live(service, "r1"))
    health = await _health(admin, url)
    assert (health["status"], health["reasons"]) == ("degraded", [f"no {service} is alive"])


@pytest.mark.parametrize(("count", "status"), [(8, "ok"), (9, "degraded")])
async def test_a_stream_near_its_bound(streams, client, durable, working, new_admin, redis_url, count, status) -> None:
    admin = await new_admin(redis_url, stream_maxlen=10)
    await streams.put(*(a_send(f"{n}") for n in range(count)))
    health = await _health(admin)
    assert health["status"] == status
    assert health["reasons"] == ([] if status == "ok" else ["stream holds 9 of at most 10"])


async def test_an_instance_that_nobody_knows(admin) -> None:
    answer = await admin.get(f"{HEALTH}?instance=wa2")
    assert (answer.status, (await answer.json())["parameter"]) == (404, "instance")


async def test_all_instances_together(streams: Streams, client, durable, working, admin) -> None:
    names = [f"clinic-{n:04}" for n in range(450)]  # several round trips
    await client.sadd(keys.INSTANCES, *names)
    await streams.put(*(_send(name) for name in names[:30]))
    await client.xadd(keys.dead_letters("clinic-0007"), {"reason": "x"})
    await client.xgroup_create(keys.outbound("clinic-0029"), keys.OUTBOUND_GROUP, id="$")
    last = (await client.xinfo_groups(keys.outbound("clinic-0029")))[0]["last-delivered-id"].decode()
    health = await _health(admin, HEALTH)
    assert (health["queue_depth"], health["dlq_depth"], health["consumers_count"]) == (30, 1, 1)
    assert (health["status"], health["reasons"]) == ("degraded", ["clinic-0007: dead letters: 1"])
    assert health["last_delivered_id"] == last
    assert [line["instance"] for line in health["instances"]] == [*names, INSTANCE]
    assert [line["status"] for line in health["instances"]].count("degraded") == 1


async def test_many_reasons_are_cut_short(streams: Streams, client, working, admin) -> None:
    names = [f"clinic-{n:04}" for n in range(60)]
    await client.sadd(keys.INSTANCES, *names)
    for name in names:
        await client.xadd(keys.dead_letters(name), {"reason": "x"})
    health = await _health(admin, HEALTH)
    assert len(health["reasons"]) == 21
    assert health["reasons"][-1] == "and 41 more"


async def test_no_instance_at_all(redis_url, new_admin) -> None:
    admin = await new_admin(redis_url)
    health = await _health(admin, HEALTH)
    assert (health["queue_depth"], health["last_delivered_id"], health["instances"]) == (0, "0-0", [])


async def test_a_server_that_lets_nobody_ask_for_its_settings(streams, client, working, new_admin, redis_url) -> None:
    await client.execute_command("ACL", "SETUSER", "guest", "on", ">pass", "~*", "+@all", "-config")
    admin = await new_admin(redis_url.replace("redis://", "redis://guest:pass@"))
    health = await _health(admin)
    assert (health["redis"]["persistence"], health["redis"]["snapshots"]) == ("unknown", None)
    assert health["reasons"] == []
    await client.execute_command("ACL", "DELUSER", "guest")


async def test_a_key_of_another_type_is_told(streams, client, admin) -> None:
    await client.set(keys.outbound(INSTANCE), "x")
    answer = await admin.get(ONE)
    assert answer.status == 503
    assert "WRONGTYPE" in (await answer.json())["detail"]


def _send(instance: str) -> SendRequested:
    return a_send("oi", instance=instance, id=ids.new())
