"""Is there a route that lets in who should not be?"""

import asyncio
import re
from collections.abc import Iterator

import pytest
from aiohttp import web

from admin.access.gate import METRICS, OPEN, is_static, role_of
from admin.access.principal import Role

ID = "019a0000-0000-7000-8000-000000000000"


def routes(app: web.Application) -> Iterator[tuple[str, str, Role | None]]:
    """Every route that is not open to all: its method, a path of it, its role."""
    for route in app.router.routes():
        path = route.resource.canonical if route.resource else ""
        if path not in {*OPEN, METRICS} and not is_static(path):
            method = "GET" if route.method == "*" else route.method
            yield method, re.sub(r"{[^}]*}", ID, path), role_of(route.handler)


async def test_only_these_are_open(admin) -> None:
    app: web.Application = admin.app
    shut = {path for _, path, _ in routes(app)}
    everything = {route.resource.canonical for route in app.router.routes() if route.resource}
    opened = {path for path in everything if re.sub(r"{[^}]*}", ID, path) not in shut}
    assert {path for path in opened if not is_static(path)} == {"/livez", "/readyz", "/metrics", "/login"}


async def test_every_route_says_which_role_it_needs(admin) -> None:
    assert [(method, path) for method, path, role in routes(admin.app) if role is None] == []


async def test_every_route_is_shut_for_nobody(admin, browser) -> None:
    for method, path, _ in routes(admin.app):
        answer = await browser.client.request(method, path)
        assert answer.status == 401, (method, path)


@pytest.mark.parametrize("role", ["viewer", "staff"])
async def test_every_route_refuses_a_role_below_its_own(admin, browser, role: str) -> None:
    made = await admin.post("/admin/tokens", json={"name": "low", "role": role})
    headers = {"Authorization": f"Bearer {(await made.json())['token']}"}
    refused = 0
    for method, path, needed in routes(admin.app):
        if needed is not None and Role[role.upper()] < needed:
            answer = await browser.client.request(method, path, headers=headers)
            assert answer.status == 403, (method, path)
            refused += 1
    assert refused >= 6


async def test_a_login_has_no_more_rights_than_its_token(admin, browser) -> None:
    made = await admin.post("/admin/tokens", json={"name": "low", "role": "viewer"})
    await browser.log_in((await made.json())["token"])
    for method, path, needed in routes(admin.app):
        if needed is not None and needed > Role.VIEWER:
            answer = await browser.client.request(method, path, headers={"X-CSRF-Token": browser.csrf})
            assert answer.status == 403, (method, path)


@pytest.mark.parametrize(
    "path",
    ["//admin/me", "/admin//me", "/ADMIN/me", "/admin/me/", "/admin/%6de", "/static/../admin/me", "/livez/../admin/me",
     "/login/../admin/me", "/static/%2e%2e/admin/me", "/admin/me;/livez", "/livez%2f..%2fadmin%2fme", "/admin/me%00"],
)  # fmt: skip
async def test_no_way_of_writing_a_path_leads_past_the_gate(browser, path: str) -> None:
    """Written on the wire, so that no client mends it before."""
    reader, writer = await asyncio.open_connection("127.0.0.1", browser.client.port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    assert int(answer.split()[1]) in (400, 401, 404)
    assert b"operator" not in answer


@pytest.mark.parametrize(
    "headers",
    [{"X-HTTP-Method-Override": "DELETE"}, {"X-Original-URL": "/admin/tokens"}, {"X-Rewrite-URL": "/admin/tokens"},
     {"X-Forwarded-User": "token"}, {"X-Forwarded-For": "127.0.0.1"}, {"Cookie": "frontdesk="},
     {"Cookie": "frontdesk=x; __Host-frontdesk=y"}, {"Authorization": "Bearer"}, {"Authorization": "Bearer null"}],
)  # fmt: skip
async def test_no_header_makes_somebody_of_nobody(browser, headers: dict[str, str]) -> None:
    assert (await browser.client.get("/livez", headers=headers)).status == 200
    assert (await browser.client.get("/admin/me", headers=headers)).status == 401
