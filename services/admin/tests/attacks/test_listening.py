"""Can somebody go on listening who may not any more?"""

import asyncio
import contextlib

import aiohttp
import pytest

from admin.access import listening
from admin.access.csrf import HEADER
from shared.streams import keys

from .conftest import PAGE

TAIL = "/admin/events?instance=wa1"


@pytest.fixture(autouse=True)
def often(monkeypatch) -> None:
    monkeypatch.setattr(listening, "LOOK_EVERY_S", 0.02)


async def _ended(answer) -> None:
    """The connection is closed, after whatever was said before."""
    async with asyncio.timeout(20):
        with contextlib.suppress(aiohttp.ClientError, ConnectionError):
            while await answer.content.readany():
                pass


async def test_a_revoked_token_hears_nothing_more(admin, new_admin, redis_url, streams) -> None:
    made = await admin.post("/admin/tokens", json={"name": "ana", "role": "viewer"})
    assert made.status == 201
    ana = await new_admin(redis_url, token=(await made.json())["token"])
    answer = await ana.get(TAIL)
    assert answer.status == 200
    assert await answer.content.readany()
    assert (await admin.delete("/admin/tokens/ana")).status in (200, 204)
    await _ended(answer)


@pytest.mark.parametrize("path", [TAIL, "/live"])
async def test_after_the_logout_an_open_page_hears_nothing_more(victim, path: str) -> None:
    answer = await victim.client.get(path)
    assert answer.status == 200
    assert await answer.content.readany()
    await victim.client.post("/logout", headers={HEADER: victim.csrf}, allow_redirects=False)
    await _ended(answer)


async def test_listening_is_not_using_a_login(victim, client) -> None:
    answer = await victim.client.get("/live", headers=PAGE)
    assert await answer.content.readany()
    (name,) = [key async for key in client.scan_iter(keys.session("*"))]
    await client.pexpire(name, 60_000)
    await asyncio.sleep(0.2)
    assert 0 < await client.pttl(name) <= 60_000
    assert not answer.content.at_eof()
    answer.close()
