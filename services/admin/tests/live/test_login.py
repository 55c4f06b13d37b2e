"""Can a person log in with a token, stay as long as they should, and be let out?"""

import re

import pytest

from admin.access.login import inside
from admin.access.sessions import IDLE_MS, WHOLE_MS
from shared.clock import ManualClock

from .test_tokens import create

PAGE = {"Accept": "text/html,*/*;q=0.8"}
TOKEN = "s3cret-token"


def hidden(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found, text
    return found[1]


async def submit(browser, token: str = TOKEN, wanted: str = "/admin/me", **headers: str):
    form = await (await browser.get("/login", params={"next": wanted}, headers=PAGE)).text()
    fields = {"form": hidden(form, "form"), "next": hidden(form, "next"), "token": token}
    return await browser.post("/login", data=fields, headers=PAGE | headers, allow_redirects=False)


async def csrf_of(browser) -> str:
    """What our own page would be told."""
    from admin.access.sessions import Session

    id_ = browser.session.cookie_jar.filter_cookies(browser.make_url("/"))["frontdesk"].value
    return Session(id_, None).csrf


@pytest.fixture
async def browser(new_admin, redis_url):
    """A client that knows no token; it keeps cookies."""
    return await new_admin(redis_url, token=None, wa_instances="wa1")


async def test_a_person_logs_in_and_out(browser) -> None:
    lost = await browser.get("/admin/me", headers=PAGE, allow_redirects=False)
    assert (lost.status, lost.headers["Location"]) == (303, "/login?next=/admin/me")
    entered = await submit(browser)
    assert (entered.status, entered.headers["Location"]) == (303, "/admin/me")
    assert await (await browser.get("/admin/me")).json() == {"name": "admin", "role": "operator"}
    again = await browser.get("/login?next=/admin/tokens", headers=PAGE, allow_redirects=False)
    assert (again.status, again.headers["Location"]) == (303, "/admin/tokens")
    left = await browser.post("/logout", headers={"X-CSRF-Token": await csrf_of(browser)}, allow_redirects=False)
    assert (left.status, left.headers["Location"]) == (303, "/login")
    assert (await browser.get("/admin/me")).status == 401


async def test_who_logs_in_is_who_the_token_says(browser, new_admin, redis_url) -> None:
    token = await create(await new_admin(redis_url), "ana", "viewer")
    await submit(browser, token)
    assert await (await browser.get("/admin/me")).json() == {"name": "ana", "role": "viewer"}
    assert (await browser.get("/admin/tokens")).status == 403


async def test_a_session_ends_with_its_token_on_every_replica(browser, new_admin, redis_url) -> None:
    admin = await new_admin(redis_url)
    await submit(browser, await create(admin))
    assert (await browser.get("/admin/me")).status == 200
    await admin.delete("/admin/tokens/ana")
    assert (await browser.get("/admin/me")).status == 401


async def test_a_session_of_the_settings_token_ends_when_that_is_changed(browser, new_admin, redis_url) -> None:
    await submit(browser)
    id_ = browser.session.cookie_jar.filter_cookies(browser.make_url("/"))["frontdesk"].value
    changed = await new_admin(redis_url, token=None, admin_token="another")
    answer = await changed.get("/admin/me", headers={"Cookie": f"frontdesk={id_}"})
    assert answer.status == 401


async def test_a_session_ends_when_idle_and_in_any_case(new_admin, redis_url, client) -> None:
    clock = ManualClock()
    browser = await new_admin(redis_url, token=None, clock=clock)
    await submit(browser)
    (key,) = await client.keys("*session:*")
    assert 0 < await client.pttl(key) <= IDLE_MS
    clock.advance(WHOLE_MS / 1000 - 60)
    assert (await browser.get("/admin/me")).status == 200
    assert 0 < await client.pttl(key) <= 60_000  # no longer than its whole life
    clock.advance(60)
    assert (await browser.get("/admin/me")).status == 401
    assert not await client.exists(key)


async def test_a_session_of_a_token_ends_with_its_time(new_admin, redis_url) -> None:
    clock = ManualClock()
    admin, browser = await new_admin(redis_url, clock=clock), await new_admin(redis_url, token=None, clock=clock)
    await submit(browser, await create(admin, ttl_s=600))
    clock.advance(601)
    assert (await browser.get("/admin/me")).status == 401


async def test_a_wrong_token_is_told_in_the_form(browser) -> None:
    answer = await submit(browser, "wrong", "/admin/me")
    text = await answer.text()
    assert answer.status == 401
    assert 'role="alert"' in text
    assert hidden(text, "next") == "/admin/me"
    assert "wrong" not in text.replace("wrong token", "")


async def test_neither_the_id_nor_the_token_is_kept(browser, client) -> None:
    await submit(browser)
    id_ = browser.session.cookie_jar.filter_cookies(browser.make_url("/"))["frontdesk"].value
    for key in await client.keys():
        assert id_.encode() not in key
        assert id_.encode() not in (held := await client.dump(key))
        assert TOKEN.encode() not in held


@pytest.mark.parametrize(
    ("host", "name", "secure"),
    [("127.0.0.1:8004", "frontdesk", False), ("localhost:8004", "frontdesk", False), ("[::1]:8004", "frontdesk", False),
     ("desk.example.org", "__Host-frontdesk", True), ("192.168.1.5:8004", "__Host-frontdesk", True),
     ("localhost.example.org", "__Host-frontdesk", True)],
)  # fmt: skip
async def test_cookies_are_for_https_but_on_this_machine(browser, host: str, name: str, secure: bool) -> None:
    shown = await browser.get("/login", headers=PAGE | {"Host": host})
    form = hidden(await shown.text(), "form")
    fields = {"form": form, "next": "/", "token": TOKEN}
    about = PAGE | {"Host": host, "Cookie": f"{name}-login={form}"}
    entered = await browser.post("/login", data=fields, headers=about, allow_redirects=False)
    (cookie,) = [line for line in entered.headers.getall("Set-Cookie") if line.startswith(f"{name}=")]
    assert ("Secure" in cookie) == secure
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


async def test_a_form_without_its_cookie_says_what_is_wrong(browser) -> None:
    fields = {"form": "x", "next": "/", "token": TOKEN}
    answer = await browser.post("/login", data=fields, headers=PAGE, allow_redirects=False)
    assert answer.status == 403
    assert "HTTPS" in await answer.text()


async def test_a_page_whose_session_ended_is_led_to_the_login(browser) -> None:
    headers = {"HX-Request": "true", "Accept": "*/*"}
    answer = await browser.get("/admin/me", headers=headers)
    assert (answer.status, answer.headers["HX-Redirect"]) == (401, "/login?next=%2F&why=ended")
    at = {"HX-Current-URL": "https://desk.example/chats/wa1/5511?status=bot"}
    answer = await browser.get("/chats", headers=headers | at)
    assert answer.headers["HX-Redirect"] == "/login?next=%2Fchats%2Fwa1%2F5511%3Fstatus%3Dbot&why=ended"


@pytest.mark.parametrize(
    ("sent", "wanted"),
    [("/schedule?instance=wa1", "/schedule?instance=wa1"), ("/knowledge/new", "/knowledge/new"),
     ("/chats/wa1/5511/reply?template=x", "/chats/wa1/5511?template=x"), ("/nowhere/at%20all", "/nowhere/at%20all")],
)  # fmt: skip
async def test_a_form_whose_session_ended_leads_back_to_its_page(browser, sent: str, wanted: str) -> None:
    answer = await browser.post(sent, data={"text": "oi"}, headers=PAGE, allow_redirects=False)
    assert answer.status == 303
    there = await browser.get(answer.headers["Location"], headers=PAGE)
    text = await there.text()
    assert hidden(text, "next") == wanted
    assert "data-unsent" in text


async def test_a_logout_without_a_session_says_nothing_of_lost_words(browser) -> None:
    answer = await browser.post("/logout", headers=PAGE, allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/login")


async def test_a_person_is_told_of_problems_in_a_page(browser) -> None:
    await submit(browser)
    answer = await browser.get("/nothing<b>", headers=PAGE)
    assert (answer.status, answer.content_type) == (404, "text/html")
    assert "Esta página não existe" in await answer.text()


@pytest.mark.parametrize("wanted", ["/", "/chats/wa1/5511?x=1", "/dead-letters?reason=a%20b"])
def test_the_browser_goes_where_it_wanted(wanted: str) -> None:
    assert inside(wanted) == wanted


async def test_every_answer_carries_the_headers(browser) -> None:
    for path in ("/login", "/livez", "/admin/me", "/nothing", "/metrics"):
        headers = (await browser.get(path)).headers
        assert "'unsafe" not in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
        assert headers["Server"] == "frontdesk"
