"""How often may somebody guess, and what does an answer's time tell them?"""

import asyncio
import hmac

import pytest

from admin.access import secrets
from admin.access.throttle import ALTOGETHER, BY_ADDRESS, WINDOW_MS
from shared.streams import keys

from .conftest import TOKEN, Browser


def bearing(token: str, address: str = "") -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} | ({"X-Forwarded-For": address} if address else {})


async def guess(client, count: int, address: str = "") -> list[int]:
    return [(await client.get("/admin/me", headers=bearing(f"wrong-{n}", address))).status for n in range(count)]


async def test_after_ten_guesses_even_the_right_one_is_not_told(browser, client) -> None:
    assert await guess(browser.client, BY_ADDRESS) == [401] * BY_ADDRESS
    for token in ("wrong", TOKEN):
        held = await browser.client.get("/admin/me", headers=bearing(token))
        assert held.status == 429
        assert 0 < int(held.headers["Retry-After"]) <= WINDOW_MS / 1000
    for key in await client.keys("*failures*"):
        await client.delete(key)  # a quarter of an hour later
    assert (await browser.client.get("/admin/me", headers=bearing(TOKEN))).status == 200


async def test_a_thousand_at_once_are_held_like_a_thousand_in_turn(browser) -> None:
    answers = await asyncio.gather(*(guess(browser.client, 1) for _ in range(200)))
    assert [status for (status,) in answers].count(401) == BY_ADDRESS


async def test_the_login_counts_as_well(browser) -> None:
    form = await browser.form() | {"token": "wrong"}
    statuses = [(await browser.client.post("/login", data=form)).status for _ in range(BY_ADDRESS + 1)]
    assert statuses == [401] * BY_ADDRESS + [429]
    held = await browser.client.post("/login", data=form | {"token": TOKEN}, allow_redirects=False)
    assert (held.status, int(held.headers["Retry-After"]) > 0) == (429, True)
    assert browser.session == ""


async def test_who_guesses_locks_nobody_out_who_has_a_token_of_their_own(admin, victim) -> None:
    made = await (await admin.post("/admin/tokens", json={"name": "ana", "role": "staff"})).json()
    await guess(admin, BY_ADDRESS + 5)
    assert (await admin.get("/admin/me")).status == 429  # ADMIN_TOKEN, from the same address
    assert (await admin.get("/admin/me", headers=bearing(made["token"]))).status == 200
    assert (await victim.client.get("/admin/me")).status == 200  # a login that was there


async def test_a_person_with_a_token_can_log_in_meanwhile(admin, new_admin, redis_url) -> None:
    made = await (await admin.post("/admin/tokens", json={"name": "ana", "role": "staff"})).json()
    await guess(admin, BY_ADDRESS + 5)
    browser = Browser(await new_admin(redis_url, token=None))
    assert (await browser.log_in(made["token"])).status == 303


async def test_a_header_does_not_make_another_address(browser) -> None:
    for n in range(BY_ADDRESS):
        await guess(browser.client, 1, f"203.0.113.{n}")
    assert (await guess(browser.client, 1, "203.0.113.99")) == [429]


async def test_behind_a_proxy_callers_are_told_apart_by_what_it_adds(new_admin, redis_url) -> None:
    client = await new_admin(redis_url, token=None, trusted_proxies=1)
    assert await guess(client, BY_ADDRESS + 1, "203.0.113.1") == [401] * BY_ADDRESS + [429]
    assert await guess(client, 1, "198.51.100.9, 203.0.113.1") == [429]  # what the caller added before is not believed
    assert await guess(client, 1, "203.0.113.2") == [401]


async def test_one_network_of_ipv6_is_one_address(new_admin, redis_url) -> None:
    client = await new_admin(redis_url, token=None, trusted_proxies=1)
    for n in range(BY_ADDRESS):
        await guess(client, 1, f"2001:db8:1:2::{n:x}")
    assert await guess(client, 1, "2001:db8:1:2:ffff::1") == [429]
    assert await guess(client, 1, "2001:db8:1:3::1") == [401]


async def test_many_addresses_together_are_held_too(new_admin, redis_url, client) -> None:
    replica = await new_admin(redis_url, token=None, trusted_proxies=1)
    await client.set(keys.failures("*"), ALTOGETHER, px=WINDOW_MS)
    assert await guess(replica, 1, "203.0.113.7") == [429]


async def test_replicas_count_together(new_admin, redis_url) -> None:
    for _ in range(2):
        await guess(await new_admin(redis_url, token=None), BY_ADDRESS // 2)
    assert await guess(await new_admin(redis_url, token=None), 1) == [429]


async def test_secrets_are_compared_in_constant_time(victim, new_admin, redis_url, monkeypatch) -> None:
    compared: list[tuple[str, str]] = []
    compare = hmac.compare_digest

    def watched(one: str, other: str) -> bool:
        compared.append((one, other))
        return compare(one, other)

    monkeypatch.setattr(secrets.hmac, "compare_digest", watched)
    client = await new_admin(redis_url, token=None, metrics_token="scrape")
    for call, status in (
        (client.get("/admin/me", headers=bearing("wrong")), 401),
        (client.get("/metrics", headers=bearing("wrong")), 401),
        (victim.client.post("/logout", headers={"X-CSRF-Token": "wrong"}), 403),
        (client.post("/login", data={"form": "x"}, headers={"Cookie": "frontdesk-login=y"}), 403),
    ):
        before = len(compared)
        assert (await call).status == status
        assert len(compared) > before
    assert {len(side) for pair in compared for side in pair} == {64}  # digests: even the length tells nothing


@pytest.mark.parametrize("path", ["/admin/me", "/nothing", "/admin/tokens/ana"])
async def test_nobody_learns_what_exists(browser, admin, path: str) -> None:
    await admin.post("/admin/tokens", json={"name": "ana", "role": "staff"})
    answer = await browser.client.get(path)
    assert (answer.status, "send a token" in (await answer.json())["detail"]) == (401, True)
