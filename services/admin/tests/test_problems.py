"""Is every failure told as a problem, in JSON?"""

import pytest

from admin.settings import AdminSettings
from shared.errors import SettingsError
from shared.settings import load


async def _problem(answer, status: int) -> dict:
    assert answer.status == status
    assert answer.content_type == "application/problem+json"
    body = await answer.json()
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    return body


@pytest.mark.parametrize("path", ["/nothing", "/admin", "/admin/streams", "/admin/streams/health/", "/admin/ção"])
async def test_a_page_that_is_not_there(new_admin, path: str) -> None:
    client = await new_admin()
    await _problem(await client.get(path), 404)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/admin/streams/health", "GET,HEAD"),
        ("GET", "/admin/streams/reset-to-latest", "POST"),
        ("POST", "/admin/streams/destroy-recreate", "DELETE"),
        ("GET", "/admin/messages", "POST"),
    ],
)
async def test_a_method_that_a_page_does_not_take(new_admin, method: str, path: str, allowed: str) -> None:
    client = await new_admin()
    answer = await client.request(method, path)
    await _problem(answer, 405)
    assert answer.headers["Allow"] == allowed


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/admin/streams/health"),
        ("GET", "/admin/streams/health?instance=wa1"),
        ("POST", "/admin/streams/reset-to-begin?instance=wa1"),
        ("POST", "/admin/streams/reset-to-latest?instance=wa1&confirm=wa1"),
        ("DELETE", "/admin/streams/destroy-recreate?instance=wa1&confirm=wa1"),
        ("POST", "/admin/streams/claim-pending-to-worker?instance=wa1&worker=w"),
    ],
)
@pytest.mark.parametrize("wa_instances", ["", "wa1"])
async def test_redis_is_away(new_admin, method: str, path: str, wa_instances: str) -> None:
    client = await new_admin(wa_instances=wa_instances)
    answer = await client.request(method, path)
    detail = (await _problem(answer, 503))["detail"]
    assert detail.startswith("Redis did not tell it: " if method == "GET" else "Redis did not do it: ")
    assert ("nothing was changed" in detail) == (method == "GET")
    assert int(answer.headers["Retry-After"]) > 0


async def test_redis_is_away_when_somebody_sends(new_admin) -> None:
    client = await new_admin(wa_instances="wa1")
    body = {"instance": "wa1", "to": "5511988887777", "text": "oi"}
    await _problem(await client.post("/admin/messages", json=body), 503)


async def test_a_body_that_is_too_large(new_admin) -> None:
    client = await new_admin(wa_instances="wa1")
    await _problem(await client.post("/admin/messages", data=b" " * (3 * 1024**2)), 413)


ORDERS = [
    ("reset-to-begin", "", "instance"),
    ("reset-to-begin", "instance=", "instance"),
    ("reset-to-begin", "instance=wa1&instance=wa2", "instance"),
    ("reset-to-begin", "instance=a{b}", "instance"),
    ("reset-to-begin", "instance=wa1&stream=events", "stream"),
    ("reset-to-begin", "instance=wa1&dry_run=perhaps", "dry_run"),
    ("reset-to-begin", "instance=wa1&dryrun=true", "dryrun"),
    ("reset-to-begin", "instance=wa1&confirm=wa1", "confirm"),
    ("reset-to-begin", "instance=wa1&reason=" + "x" * 501, "reason"),
    ("reset-to-latest", "instance=wa1&confirm=wa2", "confirm"),
    ("claim-pending-to-worker", "instance=wa1", "worker"),
]


@pytest.mark.parametrize(("action", "query", "parameter"), ORDERS)
async def test_a_wrong_parameter_is_named(new_admin, action: str, query: str, parameter: str) -> None:
    client = await new_admin(wa_instances="wa1")
    answer = await client.post(f"/admin/streams/{action}?{query}")
    assert (await _problem(answer, 400))["parameter"] == parameter


@pytest.mark.parametrize(
    ("body", "parameter"),
    [("{", ""), ("[]", ""), ('{"raison": "x"}', "raison"), ('{"reason": 1}', "reason"), ('"x"', ""), (b"\xff", ""),
     (b'{"reason": "\\ud800"}', ""), (b'{"reason": "' + b"x" * 501 + b'"}', "reason"), (b"[" * 100_000, "")],
)  # fmt: skip
async def test_a_wrong_body_is_told(new_admin, body: str | bytes, parameter: str) -> None:
    client = await new_admin(wa_instances="wa1")
    answer = await client.post("/admin/streams/reset-to-begin?instance=wa1", data=body)
    assert (await _problem(answer, 400)).get("parameter", "") == parameter


@pytest.mark.parametrize(("method", "action"), [("POST", "reset-to-latest"), ("DELETE", "destroy-recreate")])
async def test_what_cannot_be_taken_back_must_be_confirmed(new_admin, method: str, action: str) -> None:
    client = await new_admin(wa_instances="wa1")
    answer = await client.request(method, f"/admin/streams/{action}?instance=wa1")
    problem = await _problem(answer, 428)
    assert "?confirm=wa1" in problem["detail"]
    assert problem["parameter"] == "confirm"


@pytest.mark.parametrize("path", ["/admin/streams/health", "/admin/openapi.json", "/livez"])
async def test_head_is_a_get_without_its_body(new_admin, path: str) -> None:
    client = await new_admin(wa_instances="wa1")
    got, headed = await client.get(path), await client.head(path)
    assert (headed.status, headed.content_type) == (got.status, got.content_type)
    assert await headed.read() == b""


@pytest.mark.parametrize(
    ("path", "allowed"), [("/admin/streams/health", "GET,HEAD,OPTIONS"), ("/admin/tokens", "GET,HEAD,OPTIONS,POST")]
)
async def test_options_tell_what_a_page_takes(new_admin, path: str, allowed: str) -> None:
    client = await new_admin()
    answer = await client.options(path, headers={"Origin": "https://elsewhere.example"})
    assert (answer.status, answer.headers["Allow"]) == (204, allowed)
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert (await client.options("/nothing")).status == 404


def test_without_a_token_it_does_not_start() -> None:
    with pytest.raises(SettingsError, match="ADMIN_TOKEN: is required"):
        load(AdminSettings, {"REDIS_URL": "redis://localhost"})
    settings = load(AdminSettings, {"REDIS_URL": "redis://localhost", "ADMIN_TOKEN": "t"})
    assert (settings.port, settings.instances) == (8004, frozenset())
