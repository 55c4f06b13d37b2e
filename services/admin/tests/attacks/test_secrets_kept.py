"""Does a secret come to light where it should not: in a log, a problem, a page?"""

import io
import json
import logging
import sys
from collections.abc import Iterator

import pytest
import structlog

from shared.telemetry import logs

from .conftest import PAGE, TOKEN

HELD = "fd_" + "S" * 43


@pytest.fixture
def written(monkeypatch) -> Iterator[io.StringIO]:
    """What the service's log says, as it is set up in production."""
    root, before, said = logging.getLogger(), structlog.get_config(), io.StringIO()
    handlers, level = root.handlers[:], root.level
    monkeypatch.setattr(sys, "stderr", said)
    logs.configure("admin", "r1", "INFO")
    for module in list(sys.modules.values()):  # a logger that was used before keeps what it wrote to then
        getattr(getattr(module, "_log", None), "__dict__", {}).pop("bind", None)
    yield said
    structlog.configure(**before)
    structlog.contextvars.clear_contextvars()
    root.handlers[:], root.level = handlers, level


@pytest.mark.parametrize("secret", [TOKEN, HELD, "wrong-s3cret"])
async def test_a_token_in_the_wrong_place_is_not_repeated(browser, admin, written, secret: str) -> None:
    client = browser.client
    tries = [
        await client.get("/admin/me", headers={"Authorization": f"Basic {secret}"}),
        await client.get("/admin/me", headers={"Authorization": f"Bearer x{secret}"}),
        await client.get("/admin/me", params={"token": secret}),
        await client.get("/admin/me", headers={"X-Token": secret, "Cookie": f"frontdesk={secret}"}),
        await client.post("/admin/tokens", data=secret),
        await client.post("/login", data={"token": secret}, headers=PAGE),
        await browser.log_in(f"x{secret}"),
        await admin.get("/admin/me", params={"token": secret}),
        await admin.post("/admin/tokens", json={"name": "ana", "role": "viewer", "token": secret}),
        await admin.post("/admin/tokens", data=f'{{"name": "{secret}'),
        await admin.get("/admin/streams/health", headers={"Idempotency-Key": secret}),
    ]
    for answer in tries:
        assert secret not in await answer.text()
        assert secret not in str(answer.headers)
    assert "refused" in written.getvalue()
    assert secret not in written.getvalue()


async def test_a_failure_of_ours_tells_nothing_of_what_it_held(admin, written, monkeypatch) -> None:
    from admin.access.tokens import Tokens

    async def fails(_self) -> None:
        raise RuntimeError("inside")

    monkeypatch.setattr(Tokens, "all", fails)
    answer = await admin.get("/admin/tokens", headers={"X-Secret": HELD})
    assert answer.status == 500
    assert "inside" not in await answer.text()
    said = written.getvalue()
    assert json.loads(said.splitlines()[-1])["event"] == "request_failed"
    assert TOKEN not in said
    assert HELD not in said


async def test_redis_credentials_are_not_told_when_it_is_away(new_admin, written) -> None:
    client = await new_admin("redis://user:hunter2@127.0.0.1:1/0")
    answer = await client.get("/admin/streams/health")
    assert answer.status == 503
    assert "hunter2" not in await answer.text() + written.getvalue()


async def test_no_answer_but_the_first_tells_a_token(admin) -> None:
    made = await admin.post("/admin/tokens", json={"name": "ana", "role": "viewer"})
    token = (await made.json())["token"]
    again = await admin.post(
        "/admin/tokens", json={"name": "ana", "role": "viewer"}, headers={"Idempotency-Key": "k"}
    )  # fmt: skip
    for answer in (again, await admin.get("/admin/tokens"), await admin.delete("/admin/tokens/ana")):
        assert token not in await answer.text()
