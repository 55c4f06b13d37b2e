"""Can a number be made, connected and set up in a click, and is every refusal of the gateway told for what it is?"""

import html
import re

import pytest

from shared.events import AdminActed
from shared.streams import keys
from tests.support.gateway import captured
from tests.support.replica import INSTANCE

from .recorded import KEY, Recorded
from .talk import Talk, everything, facts

HOOKS = "https://hooks.example.org/"


@pytest.fixture
def gateway() -> Recorded:
    return Recorded()


@pytest.fixture
async def there(gateway: Recorded, aiohttp_server):
    return await aiohttp_server(gateway.app())


@pytest.fixture
async def talk(new_admin, redis_url: str, client, streams, there) -> Talk:
    """An admin that knows a gateway, and where ingest is."""
    about = {
        "evolution_server_url": str(there.make_url("/")), "evolution_api_key": KEY, "ingest_public_url": HOOKS,
        "webhook_token": "hook-secret",
    }  # fmt: skip
    return Talk(await new_admin(redis_url, **about))


async def test_instances_of_ours_and_of_the_gateway_are_listed(talk: Talk) -> None:
    told = await talk.ask("GET", "/instances", instance=None)
    assert [one["instance"] for one in told["items"]] == ["evo1", INSTANCE]
    theirs, ours = told["items"]
    assert (theirs["known"], theirs["gateway"]["state"], theirs["gateway"]["number"]) == (
        False,
        "open",
        "5511999990000",
    )
    assert (ours["known"], ours["gateway"], ours["clinic"]) == (True, None, "demo")
    assert "inst-token" not in str(told)


async def test_many_instances_are_listed_page_by_page(talk: Talk, client) -> None:
    await client.sadd(keys.INSTANCES, "a", "b", "zé", "z 1")
    every = [one["instance"] for one in (await talk.ask("GET", "/instances", instance=None))["items"]]
    found, cursor = [], ""
    while cursor is not None:
        page = await talk.ask("GET", "/instances", instance=None, limit=2, cursor=cursor)
        assert 1 <= len(page["items"]) <= 2
        found, cursor = [*found, *(one["instance"] for one in page["items"])], page["next"]
    assert found == every == sorted({"a", "b", "evo1", INSTANCE, "zé", "z 1"})
    await talk.refused(400, "cursor", "GET", "/instances", instance=None, cursor="nonsense")


async def test_the_page_of_many_numbers_leads_to_the_next(talk: Talk, client) -> None:
    await client.sadd(keys.INSTANCES, *(f"n{n:03}" for n in range(150)))
    first = await (await talk._admin.get("/instances")).text()
    assert ("/instances/n000" in first, "/instances/n120" in first) == (True, False)
    (link,) = re.findall(r'<p class="more"><a class="button" href="([^"]+)"', first)
    second = await (await talk._admin.get(html.unescape(link))).text()
    assert ("/instances/n000" in second, "/instances/n120" in second) == (False, True)


async def test_one_instance_tells_whether_its_webhook_is_ours(talk: Talk, gateway: Recorded) -> None:
    told = await talk.ask("GET", "/instances/evo1", instance=None)
    assert (told["hook_is_ours"], told["hook_wanted"]) == (False, "https://hooks.example.org/webhooks/evolution/evo1")
    assert told["hook"] == {"url": "http://127.0.0.1:58090/ok", "enabled": True, "by_events": False}
    assert "my-static-secret" not in str(told)
    gateway.says["GET /webhook/find/{name}"].body["url"] = told["hook_wanted"]
    assert (await talk.ask("GET", "/instances/evo1", instance=None))["hook_is_ours"] is True


async def test_a_new_instance_posts_to_us_from_the_beginning(talk: Talk, gateway: Recorded, client) -> None:
    told = await talk.ask("POST", "/instances", {"name": "nova", "number": "+55 11 99999-0000"}, 201, instance=None)
    assert told["state"] == "open"  # as the recording has it
    body = next(body for call, body in gateway.calls if call == "POST /instance/create")
    assert body["webhook"]["events"][0] == "MESSAGES_UPSERT"
    assert body | {"webhook": body["webhook"] | {"events": []}} == {
        "instanceName": "nova", "integration": "WHATSAPP-BAILEYS", "qrcode": False, "number": "5511999990000",
        "webhook": {"url": "https://hooks.example.org/webhooks/evolution/nova", "byEvents": False, "base64": False,
                    "headers": {"Authorization": "Bearer hook-secret"}, "events": []},
    }  # fmt: skip
    (acted,) = await facts(client, AdminActed, "nova")
    assert (acted.actor, acted.action, acted.detail) == ("admin", "instance.create", {"outcome": "done"})
    assert await client.sismember(keys.INSTANCES, "nova")


async def test_the_webhook_is_set_in_one_click(talk: Talk, gateway: Recorded, client) -> None:
    await talk.ask("POST", f"/instances/{INSTANCE}/webhook", instance=None)
    body = next(body for call, body in gateway.calls if call == f"POST /webhook/set/{INSTANCE}")
    assert (body["webhook"]["enabled"], body["webhook"]["url"]) == (
        True, f"https://hooks.example.org/webhooks/evolution/{INSTANCE}",
    )  # fmt: skip
    assert [fact.action for fact in await facts(client, AdminActed)] == ["instance.webhook"]


async def test_a_phone_scans_the_qr_code(talk: Talk, gateway: Recorded) -> None:
    told = await talk.ask("GET", f"/instances/{INSTANCE}/qr", instance=None)
    assert (told["state"], told["image"].startswith("data:image/png;base64,iVBOR")) == ("connecting", True)
    gateway.says["GET /instance/connect/{name}"] = captured("baileys-sim/instance_connect_when_open")
    assert (await talk.ask("GET", f"/instances/{INSTANCE}/qr", instance=None))["state"] == "open"
    gateway.says["GET /instance/connect/{name}"] = captured("baileys-real-offline/instance_connect")
    assert await talk.ask("GET", f"/instances/{INSTANCE}/qr", instance=None) == {
        "state": "connecting", "image": "", "code": "", "pairing_code": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("status", "parameter", "route", "recording", "says"),
    [
        (409, "name", "POST /instance/create", "http/instance_create_duplicate_name_403", "already in use"),
        (400, "", "POST /instance/create", "http/instance_create_bad_integration_400", "Invalid integration"),
        (503, "", "POST /instance/create", "http/instance_connectionState_bad_apikey_401", "EVOLUTION_API_KEY"),
        (404, "instance", "POST /webhook/set/{name}", "http/instance_connectionState_unknown_404", "does not exist"),
        (503, "", "POST /webhook/set/{name}", "http/webhook_set_events_omitted_500", "500"),
    ],
)
async def test_a_refusal_of_the_gateway_is_told(
    talk: Talk, gateway: Recorded, client, status: int, parameter: str, route: str, recording: str, says: str
) -> None:
    gateway.says[route] = captured(recording)
    path, body = ("/instances", {"name": "nova"}) if "create" in route else (f"/instances/{INSTANCE}/webhook", None)
    assert says in await talk.refused(status, parameter, "POST", path, body, instance=None)


async def test_a_gateway_that_is_away_is_told_and_the_rest_is_shown(talk: Talk, there, client) -> None:
    await there.close()
    told = await talk.ask("GET", "/instances", instance=None)
    assert [one["instance"] for one in told["items"]] == [INSTANCE]
    assert "cannot be reached" in told["gateway_problem"]
    assert "cannot be reached" in (await talk.ask("GET", f"/instances/{INSTANCE}", instance=None))["gateway_problem"]
    assert "cannot be reached" in await talk.refused(503, "", "POST", "/instances", {"name": "nova"}, instance=None)
    (acted,) = await facts(client, AdminActed, "nova")
    assert acted.detail["outcome"].startswith("unknown: ")


async def test_without_a_gateway_or_an_address_it_says_which_setting_is_missing(new_admin, redis_url, streams) -> None:
    bare = Talk(await new_admin(redis_url))
    assert "EVOLUTION_SERVER_URL" in (await bare.ask("GET", "/instances", instance=None))["gateway_problem"]
    said = await bare.refused(409, "webhook", "POST", f"/instances/{INSTANCE}/webhook", instance=None)
    assert "INGEST_PUBLIC_URL" in said


async def test_an_instances_pace_is_set_and_read(talk: Talk, client) -> None:
    empty = {
        "tokens_per_second": None, "bucket_capacity": None, "recipient_tokens_per_second": None,
        "new_contacts_per_day": None,
    }  # fmt: skip
    path = f"/instances/{INSTANCE}/limits"
    assert await talk.ask("GET", path, instance=None) == empty
    new = {"tokens_per_second": 0.5, "bucket_capacity": 3, "new_contacts_per_day": 0}
    told = await talk.ask("PUT", path, new, instance=None)
    assert told == empty | new
    assert await client.hgetall(keys.limits(INSTANCE)) == {
        b"tokens_per_second": b"0.5", b"bucket_capacity": b"3", b"new_contacts_per_day": b"0",
    }  # fmt: skip
    assert await talk.ask("GET", path, instance=None) == told
    await talk.ask("PUT", path, {"bucket_capacity": 4}, instance=None)
    assert await client.hgetall(keys.limits(INSTANCE)) == {b"bucket_capacity": b"4"}
    first, second = await facts(client, AdminActed)
    assert first.detail == {"pace": "tokens_per_second=0.5, bucket_capacity=3, new_contacts_per_day=0"}
    assert second.actor == "admin"


async def test_a_pace_that_somebody_else_set_meanwhile_is_not_overwritten(talk: Talk, client) -> None:
    path = f"/instances/{INSTANCE}/limits"
    tag = (await talk.headers("GET", path, instance=None))["ETag"]
    await talk.ask("PUT", path, {"bucket_capacity": 4}, headers={"If-Match": tag}, instance=None)
    before = await everything(client)
    problem = await talk.ask("PUT", path, {"bucket_capacity": 9}, 412, headers={"If-Match": tag}, instance=None)
    assert problem["parameter"] == "If-Match"
    assert await everything(client) == before


@pytest.mark.parametrize(
    ("parameter", "method", "path", "body"),
    [
        ("tokens_per_second", "PUT", "/wa1/limits", {"tokens_per_second": -1}),
        ("tokens_per_second", "PUT", "/wa1/limits", {"tokens_per_second": "fast"}),
        ("bucket_capacity", "PUT", "/wa1/limits", {"bucket_capacity": 0}),
        ("pace", "PUT", "/wa1/limits", {"pace": 0}),
        ("instance", "GET", "/a:b/qr", None), ("instance", "POST", "/a:b/webhook", None),
        ("name", "POST", "", {"name": "a/b"}), ("name", "POST", "", {"name": ""}), ("name", "POST", "", {}),
        ("number", "POST", "", {"name": "nova", "number": "maria"}),
    ],
)  # fmt: skip
async def test_bad_input_is_named_and_nobody_is_asked(
    talk: Talk, gateway: Recorded, client, parameter: str, method: str, path: str, body
) -> None:
    before = await everything(client)
    await talk.refused(400, parameter, method, f"/instances{path}", body, instance=None)
    assert await everything(client) == before
    assert gateway.calls == []


@pytest.mark.parametrize("name", ["evo1", "demo"])
async def test_a_number_that_only_the_gateway_or_a_clinics_file_knows_can_be_used(
    talk: Talk, gateway: Recorded, client, name: str
) -> None:
    """On a fresh stack nothing has come in yet."""
    await client.delete(keys.INSTANCES)
    if name == "demo":
        gateway.says["GET /instance/fetchInstances"].body.clear()
    listed = (await talk.ask("GET", "/instances", instance=None))["items"]
    assert name in [one["instance"] for one in listed]
    await talk.ask("PUT", f"/instances/{name}/limits", {"bucket_capacity": 3}, instance=None)
    body = {"template": "results_ready", "recipients": [{"to": "5511988887777", "variables": {"name": "Ana"}}]}
    told = await talk.ask("POST", "/broadcasts", {**body, "dry_run": True}, instance=name)
    assert told["recipients"] == 1


async def test_whoever_tries_names_does_not_have_the_gateway_asked_for_each(talk: Talk, gateway: Recorded) -> None:
    for n in range(5):
        detail = await talk.refused(404, "instance", "GET", f"/instances/nobody{n}/limits", instance=None)
    assert "neither the gateway nor a clinic's file knows it" in detail
    assert [call for call, _ in gateway.calls] == ["GET /instance/fetchInstances"]
