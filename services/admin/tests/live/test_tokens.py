"""Do tokens let in whom they should, for as long as they should, on every replica?"""

import hashlib

import pytest

from admin.access import tokens_desk
from admin.access.audit import Audit
from admin.access.tokens import USED_EVERY_MS
from shared.clock import ManualClock
from shared.service import new_platform
from shared.settings import ServiceSettings, StreamSettings
from shared.streams import keys

TOKENS = "/admin/tokens"


def bearing(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def create(admin, name: str = "ana", role: str = "staff", **about) -> str:
    answer = await admin.post(TOKENS, json={"name": name, "role": role} | about)
    assert answer.status == 201, await answer.text()
    return (await answer.json())["token"]


@pytest.mark.parametrize("role", ["viewer", "staff", "operator"])
async def test_a_token_lets_its_holder_in_by_its_name_and_role(admin, role: str) -> None:
    token = await create(admin, "ana", role)
    me = await admin.get("/admin/me", headers=bearing(token))
    assert await me.json() == {"name": "ana", "role": role}


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("staff", 403), ("operator", 200)])
async def test_only_operators_see_and_make_tokens(admin, role: str, status: int) -> None:
    token = await create(admin, "ana", role)
    assert (await admin.get(TOKENS, headers=bearing(token))).status == status
    made = await admin.post(TOKENS, json={"name": "eva", "role": "viewer"}, headers=bearing(token))
    assert made.status == (201 if status == 200 else 403)
    assert (await admin.delete(f"{TOKENS}/ana", headers=bearing(token))).status == status


async def test_a_token_is_told_once_and_kept_as_its_digest(admin, client) -> None:
    token = await create(admin)
    assert len(token) == 46
    listed = await (await admin.get(TOKENS)).json()
    assert token not in str(listed)
    assert listed["items"][0] | {"created_at": 0} == {
        "name": "ana", "role": "staff", "created_at": 0, "created_by": "admin", "expires_at": None,
        "last_used_at": None,
    }  # fmt: skip
    assert await client.hkeys(keys.TOKENS) == [hashlib.sha256(token.encode()).hexdigest().encode()]
    for key in await client.keys():
        assert token.encode() not in await client.dump(key)


async def test_a_name_is_given_once(admin) -> None:
    await create(admin)
    for name in ("ana", "admin", "token"):
        answer = await admin.post(TOKENS, json={"name": name, "role": "viewer"})
        assert (answer.status, (await answer.json())["parameter"]) == (409, "name")


async def test_a_token_that_once_got_the_owners_name_can_still_be_revoked(admin, monkeypatch) -> None:
    monkeypatch.setattr(tokens_desk, "OWNERS_NAMES", frozenset({"token"}))
    await create(admin, name="admin")
    monkeypatch.undo()
    assert [(await admin.delete(f"{TOKENS}/admin")).status for _ in range(2)] == [200, 409]


@pytest.mark.parametrize(
    ("body", "parameter"),
    [({"name": "Ana"}, "name"), ({"name": "a/b"}, "name"), ({"name": ""}, "name"), ({"role": "root"}, "role"),
     ({"ttl_s": 1}, "ttl_s"), ({"ttl_s": 10**12}, "ttl_s"), ({"token": "mine"}, "token")],
)  # fmt: skip
async def test_a_wrong_field_is_named_and_nothing_is_made(admin, client, body: dict, parameter: str) -> None:
    answer = await admin.post(TOKENS, json={"name": "ana", "role": "staff"} | body)
    assert (answer.status, (await answer.json())["parameter"]) == (400, parameter)
    assert not await client.exists(keys.TOKENS)


async def test_a_revoked_token_holds_nowhere_any_more(new_admin, admin, redis_url) -> None:
    other = await new_admin(redis_url)
    token = await create(admin)
    assert (await other.get("/admin/me", headers=bearing(token))).status == 200
    gone = await admin.delete(f"{TOKENS}/ana?reason=left+us")
    assert await gone.json() == {"name": "ana"}
    for replica in (admin, other):
        assert (await replica.get("/admin/me", headers=bearing(token))).status == 401
    assert (await admin.delete(f"{TOKENS}/ana")).status == 404
    assert await create(admin) != token  # the name is free again


async def test_the_settings_token_cannot_be_revoked_here(admin) -> None:
    answer = await admin.delete(f"{TOKENS}/token")
    assert (answer.status, "ADMIN_TOKEN" in (await answer.json())["detail"]) == (409, True)


async def test_a_token_ends_with_its_time(new_admin, redis_url) -> None:
    clock = ManualClock()
    admin = await new_admin(redis_url, clock=clock)
    token = await create(admin, ttl_s=3600)
    clock.advance(3599)
    assert (await admin.get("/admin/me", headers=bearing(token))).status == 200
    clock.advance(1)
    assert (await admin.get("/admin/me", headers=bearing(token))).status == 401


async def test_its_last_use_is_told_to_the_hour(new_admin, redis_url) -> None:
    clock = ManualClock()
    admin = await new_admin(redis_url, clock=clock)
    token = await create(admin)

    async def used_at() -> int:
        await admin.get("/admin/me", headers=bearing(token))
        return (await (await admin.get(TOKENS)).json())["items"][0]["last_used_at"]

    first = await used_at()
    assert first == clock.now_ms()
    clock.advance(USED_EVERY_MS / 1000 - 1)
    assert await used_at() == first
    clock.advance(1)
    assert await used_at() == clock.now_ms()


async def test_who_made_and_ended_a_token_is_told(admin, redis_url) -> None:
    await create(admin)
    await admin.delete(f"{TOKENS}/ana?reason=left+us")
    platform = new_platform("admin", ServiceSettings(redis_url=redis_url), StreamSettings())
    audit = Audit(platform)
    (newest, revoked), (_, created) = await audit.read()
    assert (revoked.actor, revoked.action, revoked.reason, revoked.detail) == (
        "admin", "token.revoke", "left us", {"token": "ana"},
    )  # fmt: skip
    assert (created.action, created.detail) == ("token.create", {"token": "ana", "role": "staff"})
    assert [fact.action for _, fact in await audit.read(before=newest)] == ["token.create"]
    await audit.tell(audit.fact("ana", "knowledge.put", file="precos.md"))
    assert (await audit.read(limit=1))[0][1].action == "knowledge.put"
    await platform.redis.aclose()
