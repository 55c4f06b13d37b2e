"""Does a name ever become a path, or somebody else's key?"""

import asyncio
from urllib.parse import quote

import pytest
from yarl import URL

from shared.streams import keys

NAMES = ["../x", "..%2fx", "%2e%2e%2fx", "..\\x", "/etc/passwd", "x\x00.md", "..", ".", "x/../../y", "%252e%252e",
         "a{b}", "wa1}:stream", "*", "x\r\ny", "\u2025/x", "a" * 300]  # fmt: skip


@pytest.mark.parametrize("path", ["/static/../../settings.py", "/static/%2e%2e/app.py", "/static/..%2f..%2fapp.py",
                                  "/static//etc/passwd", "/static/%2fetc%2fpasswd", "/static/..\\..\\app.py",
                                  "/static/app.css%00.py", "/static/"])  # fmt: skip
async def test_static_files_are_only_those(browser, path: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", browser.client.port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    assert int(answer.split()[1]) in (400, 401, 403, 404)
    for told in (b"root:", b"def build", b"import "):
        assert told not in answer


@pytest.mark.parametrize("name", NAMES)
async def test_an_instance_is_no_pattern_and_no_key_of_another(admin, client, name: str) -> None:
    before = {key: await client.dump(key) for key in await client.keys()}
    for method, path in (("POST", "reset-to-begin"), ("GET", "health"), ("POST", "reset-to-latest")):
        answer = await admin.request(method, f"/admin/streams/{path}", params={"instance": name, "confirm": name})
        assert answer.status in (400, 404)
    body = {"instance": name, "to": "5511988887777", "text": "oi"}
    assert (await admin.post("/admin/messages", json=body)).status in (400, 404)
    after = {key: await client.dump(key) for key in await client.keys()}
    assert {k: v for k, v in after.items() if b"view" not in k} == {k: v for k, v in before.items() if b"view" not in k}


@pytest.mark.parametrize("name", NAMES)
async def test_a_token_cannot_be_called_that(admin, client, name: str) -> None:
    assert (await admin.post("/admin/tokens", json={"name": name, "role": "viewer"})).status == 400
    assert not await client.exists(keys.TOKENS)


@pytest.mark.parametrize("name", NAMES)
async def test_a_text_of_the_clinic_cannot_be_called_that(admin, client, name: str) -> None:
    answer = await _put(admin, name)
    assert answer.status in (400, 404, 405)
    assert [key for key in await client.keys("*texts*") if await client.hlen(key)] == []
    assert (await _put(admin, "precos.md")).status in (200, 201)  # while this is what a name looks like


async def _put(admin, name: str):
    """Upload a text of this name, written so that no client mends it."""
    url = URL(f"/admin/knowledge/{quote(name, safe='')}?clinic=demo", encoded=True)
    return await admin.put(url, data="# Preços\n\nLimpeza: R$ 180", headers={"Content-Type": "text/markdown"})
