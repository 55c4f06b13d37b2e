"""Does Prometheus see what waits, who is alive, and nothing of instances that are gone?"""

import pytest
from prometheus_client import REGISTRY

from admin.instances import Instances
from admin.streams import gauges
from admin.streams.gauges import Gauges
from admin.streams.workers import Workers
from shared.streams import keys
from shared.streams.connection import connect
from shared.streams.roster import views_hint
from shared.streams.scripts import Scripts
from tests.support.replica import INSTANCE, Streams, a_send
from tests.support.waiting import until


def _value(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(f"frontdesk_{name}", labels)


@pytest.fixture
async def reader(streams: Streams, redis_url: str):
    client = connect(redis_url)
    yield Gauges(Scripts(client), Instances(client, frozenset()), Workers(client))
    await client.aclose()


async def test_what_waits_is_shown(streams: Streams, client, reader: Gauges) -> None:
    await streams.put(*(a_send(f"{n}") for n in range(3)), a_send("v", vip=True))
    await client.xgroup_create(keys.outbound(INSTANCE), keys.OUTBOUND_GROUP, id="0")
    await client.xreadgroup(keys.OUTBOUND_GROUP, "r1", {keys.outbound(INSTANCE): ">"}, count=2)
    await client.zadd(keys.due(INSTANCE), {"a": 1})
    await client.xadd(keys.dead_letters(INSTANCE), {"reason": "x"})
    await client.set(keys.live("sender", "r1"), "1")
    await reader.read()
    depth = {s: _value("queue_depth", wa_instance=INSTANCE, stream=s) for s in ("stream", "vip", "inbound")}
    pending = {s: _value("pending", wa_instance=INSTANCE, stream=s) for s in ("stream", "vip", "inbound")}
    assert depth == {"stream": 3, "vip": 1, "inbound": 0}
    assert pending == {"stream": 2, "vip": 0, "inbound": 0}
    assert (_value("parked", wa_instance=INSTANCE), _value("dead_letters", wa_instance=INSTANCE)) == (1, 1)
    assert (_value("consumers", service="sender"), _value("consumers", service="responder")) == (1, 0)


async def test_an_instance_that_is_gone_is_shown_no_more(streams: Streams, client, reader: Gauges) -> None:
    await client.sadd(keys.INSTANCES, "passing")
    await reader.read()
    assert _value("queue_depth", wa_instance="passing", stream="vip") == 0
    await client.srem(keys.INSTANCES, "passing")
    await reader.read()
    for name in ("queue_depth", "pending"):
        assert _value(name, wa_instance="passing", stream="vip") is None
    for name in ("parked", "dead_letters"):
        assert _value(name, wa_instance="passing") is None
    assert _value("parked", wa_instance=INSTANCE) == 0


async def test_an_instance_with_a_key_of_another_type_hides_no_other(streams, client, reader: Gauges) -> None:
    await client.sadd(keys.INSTANCES, "broken")
    await client.set(keys.outbound("broken"), "x")
    await streams.put(a_send("1"))
    await reader.read()
    assert _value("queue_depth", wa_instance=INSTANCE, stream="stream") == 1
    assert _value("queue_depth", wa_instance="broken", stream="stream") is None
    await client.srem(keys.INSTANCES, "broken")
    await reader.read()


async def test_the_number_of_instances_shown_is_bounded(streams, client, reader, monkeypatch) -> None:
    monkeypatch.setattr(gauges, "MOST", 3)
    await client.sadd(keys.INSTANCES, *(f"a{n}" for n in range(5)))
    await reader.read()
    assert [_value("parked", wa_instance=f"a{n}") for n in range(4)] == [0, 0, 0, None]


async def test_thousands_of_instances_cost_a_few_round_trips(streams, client, reader: Gauges) -> None:
    await client.sadd(keys.INSTANCES, *(f"many{n:04}" for n in range(5000)))
    await reader.read()
    before = (await client.info())["total_reads_processed"]
    await reader.read()
    trips = (await client.info())["total_reads_processed"] - before
    # Twenty trips, each some socket reads of the server's; one command a trip would be 40,000.
    assert trips < 500
    await client.delete(keys.INSTANCES)
    await reader.read()


async def test_of_many_instances_only_those_have_series_where_something_is(streams, client, reader: Gauges) -> None:
    """What changes is seen at the next look if somebody was woken for it, and within a minute if not."""
    await client.sadd(keys.INSTANCES, *(f"many{n:03}" for n in range(300)))
    await client.xadd(keys.dead_letters("many001"), {"reason": "x"})
    await reader.read()
    assert _value("dead_letters", wa_instance="many001") == 1
    assert _value("dead_letters", wa_instance="many002") is None
    for name in ("many007", "many008"):
        await client.zadd(keys.due(name), {"a": 9e12})
    await client.execute_command(*views_hint("many007"))
    await reader.read()
    assert _value("parked", wa_instance="many007") == 1
    for _ in range(gauges.SHARES):
        await reader.read()
    assert _value("parked", wa_instance="many008") == 1
    await client.delete(keys.due("many007"), keys.dead_letters("many001"))
    for _ in range(gauges.SHARES):
        await reader.read()
    assert _value("parked", wa_instance="many007") is None
    assert _value("dead_letters", wa_instance="many001") is None
    await client.delete(keys.INSTANCES)
    await reader.read()
    assert _value("parked", wa_instance="many008") is None


async def test_the_service_keeps_them_up_to_date_through_an_outage(client, admin, server, monkeypatch) -> None:
    monkeypatch.setattr(gauges, "EVERY_S", 0.05)

    async def shown(line: str) -> bool:
        return line in await (await admin.get("/metrics")).text()

    await until(lambda: shown('frontdesk_consumers{service="sender"} 0.0'))
    await client.set(keys.live("sender", "r1"), "1")
    await until(lambda: shown('frontdesk_consumers{service="sender"} 1.0'))
    server.kill()
    await until(lambda: shown("frontdesk_redis_up 0.0"))
    assert (await admin.get("/admin/streams/health")).status == 503
    server.start()
    await until(lambda: shown('frontdesk_consumers{service="sender"} 0.0'))
    assert (await admin.get("/admin/streams/health")).status == 200
