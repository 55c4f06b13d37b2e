"""Does an erasure come to its end whoever dies in the middle of it: Redis, the replica, or a bug of ours?"""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import redis.asyncio as aioredis

from admin.privacy import erasing, rewriting
from admin.privacy.record import Order, orders, read
from admin.views.projecting import following
from demo.http import call, is_up
from demo.ports import free_port
from demo.process import Process, wait_until
from demo.stack import ROOT
from shared import ids
from shared.clock import ManualClock
from shared.streams import keys
from shared.streams.scripts import Scripts
from tests.support.log import Stories, write
from tests.support.servers import RedisServer
from tests.support.views import everything
from tests.support.waiting import until

from ..conftest import TOKEN

WA1, THEM = "wa1", "5511987654321"
OTHERS = [f"55119{n:08d}" for n in range(20)]
URL = f"/admin/privacy/erase?instance={WA1}&confirm={THEM}"
AUTH = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def server() -> Iterator[RedisServer]:
    """One that loses nothing which it acknowledged."""
    server = RedisServer(appendonly="yes", appendfsync="always").start()
    yield server
    server.close()


@pytest.fixture
def stories() -> Stories:
    return Stories(WA1, 1, ManualClock())


@pytest.fixture
async def their_log(server: RedisServer, stories: Stories) -> AsyncIterator[aioredis.Redis]:
    """A log with a person in the middle of it."""
    async with aioredis.Redis.from_url(server.url) as client:
        await write(client, WA1, [*stories.many(500, OTHERS), *stories.one(THEM), *stories.many(300, OTHERS)])
        await client.hset(keys.chat(WA1, THEM), "bot", "x")
        yield client


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "READERS_END_MS", 50)
    monkeypatch.setattr(erasing, "LOOK_EVERY_S", 0.05)
    monkeypatch.setattr("admin.privacy.log.BATCH", 100)


async def _nowhere(server: RedisServer) -> None:
    async with aioredis.Redis.from_url(server.url) as client:
        for name, data in (await everything(client)).items():
            assert THEM not in name
            assert THEM.encode() not in (data or b""), name
            assert "rewritten" not in name  # a copy that nobody finished is as large as the log
        assert await client.xlen(keys.events(WA1)) > 800


def _before(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, doing: Callable[[], None]) -> list[str]:
    """Do something before a step is taken, the second time if there is one; the list says how often it was."""
    step: Callable[..., Awaitable[Any]] = getattr(owner, name)
    times: list[str] = []

    async def hooked(*about: Any, **more: Any) -> Any:
        times.append(name)
        if len(times) == (1 if name == "scan" else 2):
            doing()
        return await step(*about, **more)

    monkeypatch.setattr(owner, name, hooked)
    return times


STEPS = [
    (rewriting.Rewriting, "_copy"), (erasing.Removing, "run"), (erasing.Erasing, "_keep"), (erasing, "read_head"),
    (rewriting.Rewriting, "_call"), (erasing.Removing, "_key"), (erasing, "scan"),
]  # fmt: skip


@pytest.mark.parametrize(("owner", "step"), STEPS)
async def test_it_goes_on_when_redis_is_killed_and_comes_back(
    new_admin, server, their_log, quick, monkeypatch, owner: Any, step: str
) -> None:
    def killed() -> None:
        server.kill()
        server.start()

    times = _before(monkeypatch, owner, step, killed)
    admin = await new_admin(server.url, lease_ms=600)
    told = await (await admin.post(URL, json={"chat": THEM})).json()

    assert (await _done(admin, told["id"]))["found"] == 0
    assert times  # once, where the next command found a new connection: then nobody noticed
    await _nowhere(server)


async def test_it_is_told_why_it_broke_off_and_tried_again(new_admin, server, their_log, quick, monkeypatch) -> None:
    """Also when it is our own bug. Others that were ordered are not held up by it."""
    mended = asyncio.Event()
    scan = erasing.scan

    async def broken(*about: Any) -> Any:
        if not mended.is_set():
            raise KeyError("a bug of ours")
        return await scan(*about)

    monkeypatch.setattr(erasing, "scan", broken)
    admin = await new_admin(server.url, lease_ms=600)
    told = await (await admin.post(URL, json={"chat": THEM})).json()

    async def standing() -> Any:
        return await (await admin.get(f"/admin/privacy/erasures/{told['id']}?instance={WA1}")).json()

    async def told_why() -> bool:
        return "a bug of ours" in (await standing())["problem"]

    await until(told_why, seconds=30)
    assert (await standing())["state"] == "running"
    mended.set()

    async def done() -> bool:
        return (await standing())["state"] == "done"

    await until(done, seconds=30)
    await _nowhere(server)


async def test_an_order_is_not_forgotten_by_who_saw_none_a_moment_before(
    new_admin, server, their_log, quick, monkeypatch
) -> None:
    ordered, stale = asyncio.Event(), list[str]()

    async def late(scripts: Scripts, instance: str) -> list[Order]:
        found = await orders(scripts, instance)
        if not stale:
            stale.append(instance)
            await ordered.wait()
        return found

    await their_log.sadd(keys.ERASING, WA1)
    monkeypatch.setattr(erasing, "orders", late)
    admin = await new_admin(server.url, lease_ms=600)
    await until(lambda: stale)
    told = await (await admin.post(URL, json={"chat": THEM})).json()
    ordered.set()
    await _done(admin, told["id"])


async def test_an_order_that_nobody_hinted_at_is_found(new_admin, server, their_log, quick) -> None:
    """Whoever took it died before the hint."""
    order = Order(id=ids.new(), chat=THEM, by="rita", reason="", asked_at=1)
    await their_log.hset(keys.erasing(WA1), order.id, msgspec.json.encode(order))
    await _done(await new_admin(server.url, lease_ms=600), order.id)


async def _done(admin: Any, id_: str) -> Any:
    async def done() -> Any:
        answer = await admin.get(f"/admin/privacy/erasures/{id_}?instance={WA1}")
        found = await answer.json() if answer.status == 200 else {}
        return found if found.get("state") == "done" else None

    return await until(done, seconds=60)


async def test_who_lost_the_lane_does_not_bring_an_erasure_back(server, their_log) -> None:
    """It would name the person again, and for ever."""
    scripts, client = Scripts(their_log), their_log
    names, order = [keys.fence(WA1, "erasure"), keys.erasing(WA1)], b"{}"
    await client.set(names[0], 7)
    await client.hset(names[1], "a", "x")
    assert await scripts.run("erase_step", names, [7, "a", order]) == b"ok"
    assert await scripts.run("erase_step", names, [6, "a", order]) == b"fenced"  # another has the lane
    assert await scripts.run("erase_step", names, [7, "b", order]) == b"fenced"  # it ended
    assert await client.hgetall(names[1]) == {b"a": order}


@contextlib.contextmanager
def _process(url: str, folder: Path, name: str) -> Iterator[tuple[Process, str]]:
    port = free_port()
    environ = {
        "REDIS_URL": url, "ADMIN_TOKEN": TOKEN, "PORT": str(port), "WA_LEASE_MS": "600", "REPLICA": name,
        "CLINICS_DIR": str(ROOT / "clinics"),
    }  # fmt: skip
    admin = Process(name, [sys.executable, "-m", "admin"], environ, folder / f"{name}.log", ROOT)
    admin.start()
    try:
        wait_until(lambda: is_up(f"http://127.0.0.1:{port}/readyz") or not admin.alive, f"{name} to start")
        yield admin, f"http://127.0.0.1:{port}"
    finally:
        admin.stop()


@pytest.mark.timeout(120)
async def test_another_replica_ends_what_a_killed_one_began(server, their_log, stories, tmp_path: Path) -> None:
    client = their_log
    await write(client, WA1, list(stories.many(15_000, OTHERS)))
    with _process(server.url, tmp_path, "a1") as (first, address):
        order = await asyncio.to_thread(call, "POST", address + URL, {"chat": THEM}, headers=AUTH)

        async def copying() -> bool:
            (under_way,) = await orders(Scripts(client), WA1)
            return under_way.copy > 0 and await client.exists(keys.rewritten(WA1, under_way.copy)) == 1

        await until(copying, seconds=30, every=0.002)
        first.kill()
    with _process(server.url, tmp_path, "a2"):

        async def done() -> bool:
            found = await read(Scripts(client), WA1, order["id"])
            return found is not None and found.state == "done" and found.found == 0

        await until(done, seconds=60)
    await _nowhere(server)
