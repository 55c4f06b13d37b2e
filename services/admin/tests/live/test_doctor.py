"""Does the doctor see what is wrong, say how to mend it, and keep secrets to itself?"""

import datetime as dt
import shutil
import time
from pathlib import Path

import pytest

from admin.doctoring import checks
from ingest.refusing import Refusing
from shared.clock import SYSTEM
from shared.events import encode
from shared.streams import keys
from shared.streams.scripts import Scripts

from ..conftest import CLINICS
from .recorded import KEY, Recorded
from .talk import Talk, patient, wrote

HOOKS = "https://hooks.example.org"
TOKEN = "hook-secret-hook-secret"
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


@pytest.fixture
def gateway() -> Recorded:
    """Its one number posts to ingest all that is needed, as it should."""
    gateway = Recorded()
    hook = gateway.says["GET /webhook/find/{name}"].body
    hook |= {"url": f"{HOOKS}/webhooks/evolution/evo1", "headers": {"authorization": f"Bearer {TOKEN}"}}
    return gateway


@pytest.fixture
async def asks(new_admin, redis_url, client, streams, gateway: Recorded, aiohttp_server) -> Talk:
    """An admin that knows that gateway, and what ingest wants."""
    there = await aiohttp_server(gateway.app())
    about = {"evolution_server_url": str(there.make_url("/")), "evolution_api_key": KEY}
    return Talk(await new_admin(redis_url, ingest_public_url=HOOKS, webhook_token=TOKEN, **about))


def _hook(gateway: Recorded) -> dict:
    return gateway.says["GET /webhook/find/{name}"].body


async def test_the_gateway_and_the_webhooks_are_looked_at(
    new_admin, redis_url, client, streams, gateway, aiohttp_server
) -> None:
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
    assert "evo1 (posts to https://hooks.example.org" in found["webhooks"]["found"]
    await there.close()
    found = await _checks(talk)
    assert (found["gateway"]["status"], found["webhook address"]["status"]) == ("failed", "failed")
    assert "webhooks" not in found  # none was looked at


async def test_a_number_whose_webhook_is_as_it_should_be_is_well_once_it_was_heard(asks: Talk, client) -> None:
    found = await _checks(asks)
    assert (found["webhooks"]["status"], found["webhooks"]["found"]) == ("warning", "nothing was heard yet of evo1")
    await patient(client, instance="evo1")
    found = await _checks(asks)
    assert (found["webhooks"]["status"], found["webhooks"]["found"]) == ("ok", "those of evo1 post to ingest")
    assert (found["webhook token"]["status"], "webhook events" in found) == ("ok", False)


@pytest.mark.parametrize(
    ("about", "name", "says"),
    [
        ({"url": None}, "webhooks", "evo1 (none is set)"),
        ({"enabled": False}, "webhooks", "evo1 (switched off)"),
        ({"url": "http://me:pw@elsewhere.example/x?token=s3cret"}, "webhooks", "evo1 (posts to http://elsewhere.example/x)"),
        ({"url": "https://hooks.example.org/webhooks/evolution/wa1"}, "webhooks", "evo1 (posts to"),
        ({"headers": {"Authorization": "Bearer s3cret"}}, "webhook token", "evo1 (another token than WEBHOOK_TOKEN)"),
        ({"headers": {"jwt_key": "s3cret", "Authorization": "Bearer x"}}, "webhook token", "evo1 (another token"),
        ({"headers": None}, "webhook token", "evo1 (no token)"),
        ({"events": ["MESSAGES_UPSERT", "MESSAGES_UPDATE"]}, "webhook events", "SEND_MESSAGE"),
    ],
)  # fmt: skip
async def test_a_webhook_that_is_wrong_fails_though_messages_came_in_until_then(
    asks: Talk, gateway: Recorded, client, about: dict, name: str, says: str
) -> None:
    await patient(client, instance="evo1")
    changed = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=1)
    _hook(gateway).update(about | {"updatedAt": changed.isoformat()})
    told = await asks.ask("GET", "/doctor", instance=None)
    (found,) = [check for check in told["checks"] if check["name"] == name and check["status"] == "failed"]
    assert says in found["found"]
    assert found["mend"]
    assert told["status"] == "failed"
    assert "s3cret" not in str(told)
    assert TOKEN not in str(told)


@pytest.mark.parametrize(
    "headers", [{"X-WEBHOOK-TOKEN": "hook-secret-hook-secret"}, {"jwt_key": "hook-secret-hook-secret"}]
)
async def test_every_way_that_ingest_lets_the_gateway_in_is_right(asks: Talk, gateway, headers: dict) -> None:
    _hook(gateway)["headers"] = headers
    assert (await _checks(asks))["webhook token"]["status"] == "ok"


async def test_a_webhook_of_the_whole_gateway_is_known_by_what_comes_in(asks: Talk, gateway: Recorded, client) -> None:
    """An instance's own webhook may be off then, and the gateway does not tell of the other."""
    _hook(gateway)["enabled"] = False
    long_ago = f"{int(time.time() * 1000) - 90_000_000}-1"
    await client.xadd(keys.events("evo1"), {"e": encode(wrote(instance="evo1"))}, id=long_ago)
    assert (await _checks(asks))["webhooks"]["status"] == "failed"
    await patient(client, instance="evo1")
    found = (await _checks(asks))["webhooks"]
    assert (found["status"], found["mend"], "evo1 0 min ago" in found["found"]) == ("ok", "", True)


async def test_webhooks_that_ingest_refused_lately_are_told(asks: Talk, client) -> None:
    await Refusing(Scripts(client), SYSTEM).note("evo1")
    found = (await _checks(asks))["refused webhooks"]
    assert found["status"] == "warning"
    assert found["found"].startswith("1 came without our token within the hour")
    assert "'evo1'" in found["found"]


async def test_without_redis_the_rest_is_looked_at_all_the_same(new_admin, gateway: Recorded, aiohttp_server) -> None:
    there = await aiohttp_server(gateway.app())
    about = {"evolution_server_url": str(there.make_url("/")), "evolution_api_key": KEY, "webhook_token": TOKEN}
    found = await _checks(Talk(await new_admin(ingest_public_url=HOOKS, **about)))
    assert found["redis"]["status"] == "failed"
    assert "docker compose" in found["redis"]["mend"]
    assert (found["services"]["status"], found["gateway"]["status"]) == ("skipped", "ok")
    assert (found["webhooks"]["status"], found["webhook token"]["status"]) == ("ok", "ok")


async def test_broken_clinic_files_are_told_with_their_line(new_admin, redis_url, streams, tmp_path) -> None:
    (tmp_path / "demo.yaml").write_text("name: [")
    found = await _checks(Talk(await new_admin(redis_url, clinics_dir=str(tmp_path))))
    assert (found["clinics"]["status"], "demo.yaml:" in found["clinics"]["found"]) == ("failed", True)


async def test_a_clinic_file_that_breaks_while_all_runs_is_told_until_it_is_mended(
    new_admin, redis_url, streams, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr("admin.library.LOOK_EVERY_S", 0.0)
    folder = Path(shutil.copytree(CLINICS, tmp_path / "clinics"))
    talk, file = Talk(await new_admin(redis_url, clinics_dir=str(folder))), folder / "dosplazas.yaml"
    assert (await _checks(talk))["clinics"]["status"] == "ok"
    sound = file.read_text("utf-8")
    file.write_text(sound.replace("\nname:", "\nnmae:", 1), "utf-8")
    for _ in range(2):
        found = (await _checks(talk))["clinics"]
        assert (found["status"], "clinics/dosplazas.yaml:" in found["found"]) == ("failed", True)
        told = await talk.ask("GET", "/overview", instance=None)
        assert (told["status"], "dosplazas.yaml:" in told["reasons"][0]) == ("degraded", True)
    file.write_text(sound, "utf-8")
    assert (await _checks(talk))["clinics"]["status"] == "ok"


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
