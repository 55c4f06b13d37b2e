"""Does the doctor see what is wrong, say how to mend it, and keep secrets to itself?"""

import time

from admin.doctoring import checks
from shared.events import encode
from shared.streams import keys
from tests.support.replica import INSTANCE

from .recorded import KEY, Recorded
from .talk import Talk, patient, wrote

WELL = {"redis_version": "7.2.4", "aof_enabled": 1, "maxmemory_policy": "noeviction"}


async def _checks(talk: Talk) -> dict[str, dict]:
    return {check["name"]: check for check in (await talk.ask("GET", "/doctor", instance=None))["checks"]}


async def test_everything_that_is_wrong_says_how_to_mend_it(talk: Talk) -> None:
    found = await _checks(talk)
    assert found["redis version"]["status"] == "ok"
    assert (found["persistence"]["status"], "appendonly yes" in found["persistence"]["mend"]) == ("failed", True)
    assert (found["services"]["status"], found["gateway"]["status"]) == ("failed", "warning")
    assert "INGEST_PUBLIC_URL" in found["webhook address"]["found"]
    assert found["clock"]["status"] == "ok"
    assert "ADMIN_TOKEN" in found["tokens"]["found"]
    assert all(check["mend"] for check in found.values() if check["status"] in ("failed", "warning"))
    assert (await talk.ask("GET", "/doctor", instance=None))["status"] == "failed"


async def test_the_gateway_and_the_webhooks_are_looked_at(
    new_admin, redis_url, client, streams, aiohttp_server
) -> None:
    gateway = Recorded()
    there = await aiohttp_server(gateway.app())
    url = str(there.make_url("/"))
    about = {"evolution_server_url": url, "evolution_api_key": KEY, "ingest_public_url": url}
    talk = Talk(await new_admin(redis_url, **about))
    for service in ("sender", "responder"):
        await client.set(keys.live(service, "r1"), "1")
    found = await _checks(talk)
    assert found["gateway"]["found"] == "Evolution API 2.3.6, 1 instance"
    assert found["services"]["found"] == "1 responder, 1 sender"
    assert (found["webhook address"]["status"], found["webhooks"]["status"]) == ("failed", "failed")  # it is no ingest
    assert INSTANCE in found["webhooks"]["found"]
    await there.close()
    found = await _checks(talk)
    assert (found["gateway"]["status"], found["webhook address"]["status"]) == ("failed", "failed")
    assert "webhooks" not in found  # none was looked at


async def test_a_webhook_of_the_whole_gateway_is_known_by_what_comes_in(
    new_admin, redis_url, client, streams, aiohttp_server
) -> None:
    """An instance's own webhook may be off then, and the gateway does not tell of the other."""
    gateway = Recorded()
    there = await aiohttp_server(gateway.app())
    url = str(there.make_url("/"))
    about = {"evolution_server_url": url, "evolution_api_key": KEY, "ingest_public_url": url}
    talk = Talk(await new_admin(redis_url, **about))
    log, long_ago = keys.events(INSTANCE), f"{int(time.time() * 1000) - 90_000_000}-1"
    await client.xadd(log, {"e": encode(wrote())}, id=long_ago)
    await talk.ask("POST", "/bot/pause", {"minutes": 1})  # a fact, and none that a webhook brings
    assert (await _checks(talk))["webhooks"]["status"] == "failed"
    await patient(client)
    found = (await _checks(talk))["webhooks"]
    assert (found["status"], found["mend"], f"{INSTANCE} 0 min ago" in found["found"]) == ("ok", "", True)


async def test_broken_clinic_files_are_told_with_their_line(new_admin, redis_url, streams, tmp_path) -> None:
    (tmp_path / "demo.yaml").write_text("name: [")
    found = await _checks(Talk(await new_admin(redis_url, clinics_dir=str(tmp_path))))
    assert (found["clinics"]["status"], "demo.yaml:" in found["clinics"]["found"]) == ("failed", True)


def test_what_redis_says_is_judged() -> None:
    assert checks.version(WELL).status == "ok"
    assert checks.version({"redis_version": "6.2.14"}).status == "failed"
    assert checks.persistence(WELL, {"appendfsync": "everysec"}).status == "ok"
    assert checks.persistence(WELL, {"appendfsync": "no"}).status == "warning"
    assert checks.persistence(WELL | {"aof_last_write_status": "err"}, {}).status == "failed"
    assert checks.memory(WELL).status == "ok"
    assert checks.memory(WELL | {"maxmemory_policy": "allkeys-lru"}).status == "failed"
    assert checks.memory(WELL | {"maxmemory": 100, "used_memory": 90}).status == "warning"
    assert checks.clock(1_000, 1_001, 1_002).found.startswith("0 ms")
    assert checks.clock(1_000, 5_000, 1_002).status == checks.clock(9_000, 5_000, 9_002).status == "failed"


async def test_settings_are_told_and_secrets_are_not(new_admin, redis_url, streams) -> None:
    talk = Talk(await new_admin(redis_url, evolution_api_key="very-secret", webhook_token="hook-secret", lease_ms=700))
    told = await talk.ask("GET", "/settings", instance=None)
    found = {one["name"]: one for one in told["items"]}
    assert found["WA_LEASE_MS"] == {
        "name": "WA_LEASE_MS", "value": "700", "default": "6000", "of": "every service", "secret": False,
    }  # fmt: skip
    for name in ("ADMIN_TOKEN", "EVOLUTION_API_KEY", "WEBHOOK_TOKEN", "REDIS_URL"):
        assert (found[name]["value"], found[name]["secret"]) == ("••••••", True), name
    assert found["METRICS_TOKEN"]["value"] == ""
    assert "secret-token" not in str(told)
    assert "hook-secret" not in str(told)
    assert redis_url not in str(told)
