"""Does anything answer those who do not know the token?"""

import pytest
from aiohttp import hdrs

from admin.access.gate import METRICS, OPEN

WRONG = {
    "nothing": {},
    "another token": {"Authorization": "Bearer wrong"},
    "a longer token": {"Authorization": "Bearer s3cret-token2"},
    "its beginning": {"Authorization": "Bearer s3cret"},
    "an empty token": {"Authorization": "Bearer "},
    "the scheme alone": {"Authorization": "Bearer"},
    "another scheme": {"Authorization": "Basic s3cret-token"},
    "the bare token": {"Authorization": "s3cret-token"},
    "another header": {"X-Webhook-Token": "s3cret-token"},
    "no ASCII": {"Authorization": "Bearer ção"},
}


@pytest.mark.parametrize("headers", WRONG.values(), ids=WRONG.keys())
async def test_every_route_but_the_health_routes_asks_for_the_token(new_admin, headers) -> None:
    client = await new_admin(token=None)
    shut = [
        (route.method, route.resource.canonical)
        for route in client.app.router.routes()
        if route.resource is not None and route.resource.canonical not in {*OPEN, METRICS}
    ]
    assert len({path for _, path in shut}) >= 8
    for method, path in shut:
        answer = await client.request(method, f"{path}?token=s3cret-token&instance=wa1", headers=headers)
        assert answer.status == 401, (method, path)
        assert answer.headers[hdrs.WWW_AUTHENTICATE].startswith("Bearer")
        assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("path", ["/", "/admin", "/admin/nothing", "/metrics/", "/livez/../admin", "/livez//"])
async def test_paths_that_do_not_exist_are_shut_too(new_admin, path: str) -> None:
    client = await new_admin(token=None)
    assert (await client.get(path)).status == 401


async def test_the_health_routes_are_open(new_admin) -> None:
    client = await new_admin(token=None)
    assert (await client.get("/livez")).status == 200
    assert (await client.get("/metrics")).status == 200
    assert (await client.get("/readyz")).status == 503  # open, and there is no Redis
    assert (await client.post("/livez")).status == 401


@pytest.mark.parametrize("value", ["Bearer s3cret-token", "bearer s3cret-token", "  Bearer   s3cret-token  "])
async def test_the_scheme_is_read_as_http_says(new_admin, value: str) -> None:
    client = await new_admin(token=None)
    answer = await client.get("/admin/me", headers={"Authorization": value})
    assert await answer.json() == {"name": "admin", "role": "operator"}


async def test_metrics_ask_for_a_token_if_one_is_set(new_admin) -> None:
    client = await new_admin(token=None, metrics_token="scrape")
    assert (await client.get("/metrics")).status == 401
    assert (await client.get("/metrics", headers={"Authorization": "Bearer scrapf"})).status == 401
    assert (await client.get("/metrics", headers={"Authorization": "Bearer scrape"})).status == 200
    assert (await client.get("/metrics", headers={"Authorization": "Bearer s3cret-token"})).status == 200
    assert (await client.get("/admin/me", headers={"Authorization": "Bearer scrape"})).status == 401
