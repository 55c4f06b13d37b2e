"""Can a login be stolen, planted, or used by another site?"""

import pytest

from admin.access.csrf import HEADER

from .conftest import PAGE, TOKEN, Browser


@pytest.fixture
def stranger(new_admin, redis_url):
    """What somebody gets who shows this cookie."""

    async def shows(id_: str) -> int:
        client = await new_admin(redis_url, token=None)
        return (await client.get("/admin/me", headers={"Cookie": f"frontdesk={id_}"})).status

    return shows


WRITE = "/admin/streams/reset-to-begin?instance=wa1"


async def test_an_id_that_somebody_planted_is_never_taken_over(browser, stranger) -> None:
    """Session fixation: the victim logs in with a cookie that the attacker chose, and knows."""
    planted = "A" * 43
    browser.client.session.cookie_jar.update_cookies({"frontdesk": planted}, browser.client.make_url("/"))
    await browser.log_in()
    assert browser.session not in ("", planted)
    assert await stranger(browser.session) == 200
    assert await stranger(planted) == 401


async def test_a_login_ends_the_one_before_in_the_same_browser(browser, victim, stranger, new_admin, redis_url) -> None:
    first, other = victim.session, Browser(await new_admin(redis_url, token=None))
    form = await other.form()
    cookie = f"frontdesk={first}; frontdesk-login={form['form']}"
    other.client.session.cookie_jar.clear()
    fields = form | {"token": TOKEN}
    again = await other.client.post("/login", data=fields, headers={"Cookie": cookie}, allow_redirects=False)
    assert again.status == 303
    assert other.session not in ("", first)
    assert await stranger(first) == 401


async def test_after_the_logout_the_cookie_is_worth_nothing(victim, stranger) -> None:
    stolen = victim.session
    left = await victim.client.post("/logout", headers={HEADER: victim.csrf}, allow_redirects=False)
    assert left.status == 303
    assert await stranger(stolen) == 401


@pytest.mark.parametrize(
    "headers",
    [{}, {HEADER: ""}, {HEADER: "x"}, {HEADER: "0" * 64}, {"Origin": "https://evil.example"},
     {"Sec-Fetch-Site": "same-origin"}],
)  # fmt: skip
@pytest.mark.parametrize(("method", "path"), [("POST", WRITE), ("DELETE", "/admin/tokens/x"), ("POST", "/logout")])
async def test_another_site_cannot_make_the_browser_change_anything(
    victim, streams, method: str, path: str, headers: dict[str, str]
) -> None:
    answer = await victim.client.request(method, path, headers=headers, allow_redirects=False)
    assert answer.status == 403
    assert await streams.facts() == []
    assert (await victim.client.get("/admin/me")).status == 200  # and nobody was logged out


@pytest.mark.parametrize("site", ["cross-site", "same-site", "whatever"])
async def test_what_the_browser_says_another_site_began_is_refused_even_with_the_token(victim, site: str) -> None:
    answer = await victim.client.post(WRITE, headers={HEADER: victim.csrf, "Sec-Fetch-Site": site})
    assert answer.status == 403


async def test_our_own_page_can(victim) -> None:
    assert (await victim.client.post(WRITE, headers={HEADER: victim.csrf})).status == 200
    left = await victim.client.post("/logout", data={"csrf": victim.csrf}, allow_redirects=False)
    assert left.status == 303


@pytest.mark.parametrize("kind", ["text/plain", "application/json", "application/x-www-form-urlencoded"])
async def test_a_form_of_another_site_cannot_pose_as_json(victim, streams, kind: str) -> None:
    body = '{"reason": "x", "csrf": "x"}'
    answer = await victim.client.post(WRITE, data=body, headers={"Content-Type": kind})
    assert answer.status == 403
    assert await streams.facts() == []


async def test_the_token_of_another_session_is_of_no_use(victim, new_admin, redis_url) -> None:
    attacker = Browser(await new_admin(redis_url, token=None))
    await attacker.log_in()
    assert (await victim.client.post(WRITE, headers={HEADER: attacker.csrf})).status == 403


async def test_nobody_is_logged_in_by_another_sites_form(browser) -> None:
    """Login CSRF: the victim would work in the attacker's account."""
    form = await browser.form()
    for headers, fields in (
        ({"Sec-Fetch-Site": "cross-site"}, form),
        ({}, form | {"form": "A" * 43}),
        ({}, {"next": "/"}),
    ):
        answer = await browser.client.post("/login", data=fields | {"token": TOKEN}, headers=PAGE | headers)
        assert answer.status == 403
        assert browser.session == ""


async def test_a_get_never_changes_anything(victim, streams, client) -> None:
    """The cookie is Lax: another site can make the browser GET."""
    before = {key: await client.dump(key) for key in await client.keys() if b"session" not in key}
    for path in (WRITE, "/logout", "/admin/tokens/x", "/admin/messages"):
        assert (await victim.client.get(path)).status in (404, 405)
    assert (await victim.client.get("/admin/me")).status == 200
    assert {key: await client.dump(key) for key in before} == before


async def test_no_other_site_may_read_an_answer(victim) -> None:
    for method in ("GET", "OPTIONS"):
        answer = await victim.client.request(method, "/admin/me", headers={"Origin": "https://evil.example"})
        assert not [name for name in answer.headers if name.startswith("Access-Control-")]
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
