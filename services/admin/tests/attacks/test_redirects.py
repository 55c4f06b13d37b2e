"""Can a login be made to lead elsewhere, or a header be smuggled into an answer?"""

import asyncio

import pytest

from admin.access.login import inside

from .conftest import PAGE

ELSEWHERE = [
    "https://evil.example/", "//evil.example/", "///evil.example", "/\\evil.example", "\\\\evil.example",
    "/\t/evil.example", "/\n/evil.example", "\t//evil.example", " //evil.example", "javascript:alert(1)",
    "data:text/html,x", "http:evil.example", "/%0d%0aSet-Cookie:x=y\r\nSet-Cookie: a=b", "evil.example", "",
    "/login?next=/login", "/logout", "/a\\b", "/\x00", "/\u2028/evil",
]  # fmt: skip


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_only_paths_of_our_own_are_taken(wanted: str) -> None:
    assert inside(wanted) == "/"


@pytest.mark.parametrize("wanted", ELSEWHERE)
async def test_a_login_leads_to_our_own_pages_alone(browser, wanted: str) -> None:
    entered = await browser.log_in(wanted=wanted)
    assert (entered.status, entered.headers["Location"]) == (303, "/")


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1@evil.example"])
async def test_a_false_host_leads_nowhere(browser, host: str) -> None:
    lost = await browser.client.get("/admin/me", headers=PAGE | {"Host": host}, allow_redirects=False)
    assert lost.headers.get("Location", "/").startswith("/")
    assert "evil" not in await lost.text()
    assert "evil" not in str([value for name, value in lost.headers.items() if name != "Location"])


@pytest.mark.parametrize(
    "request_",
    [
        b"GET /login?next=/%0d%0aX-Injected:%201 HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\n",
        b"GET /a%0d%0aX-Injected:%201 HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\n",
        b"GET /admin/me HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\nIdempotency-Key: a\rX-Injected: 1\r\n",
        b"POST /admin/tokens HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n",
        b"GET /admin/me HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n",
    ],
)
async def test_no_header_is_smuggled_into_an_answer(browser, request_: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", browser.client.port)
    writer.write(request_ + b"Connection: close\r\n\r\n")
    answer = await asyncio.wait_for(reader.read(), 10)
    head = answer.partition(b"\r\n\r\n")[0]
    assert b"\r\nX-Injected" not in head
    assert int(head.split()[1]) in (200, 303, 400, 401, 404)
    writer.close()


async def test_a_reason_cannot_write_into_a_header(admin) -> None:
    answer = await admin.post("/admin/tokens", json={"name": "a\r\nX-Injected: 1", "role": "viewer"})
    assert answer.status == 400
    assert "X-Injected" not in answer.headers
