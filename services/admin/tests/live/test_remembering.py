"""Is a write that comes twice with one key done once, also when something dies in the middle?"""

import asyncio
from typing import Annotated

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from admin.access.principal import Principal, Role
from admin.http.endpoint import PRINCIPAL, Asked, Endpoint, Nothing, Reply, add
from admin.http.problems import Problem, as_problems
from admin.http.remembering import BUSY_MS, MEMORY_MS, REMEMBERING, Remembering
from shared.clock import ManualClock
from shared.service import new_platform
from shared.settings import ServiceSettings, StreamSettings
from shared.streams import keys
from tests.support.waiting import until

KEY = {"Idempotency-Key": "k1"}


class Body(msgspec.Struct, frozen=True):
    what: Annotated[str, msgspec.Meta(max_length=10)] = ""


class Done(msgspec.Struct, frozen=True):
    times: int
    key: str


class Died(BaseException):
    """As a process dies: nothing after it runs."""


class Room:
    """Counts its effects. It `refuses` before the next one, or `breaks` after it."""

    def __init__(self) -> None:
        self.effects = 0
        self.refuses: Problem | None = None
        self.breaks: BaseException | None = None
        self.gate = asyncio.Event()
        self.gate.set()
        self.endpoints = [
            Endpoint("POST", "/once", Role.STAFF, self.act, "x", status=201),
            Endpoint("POST", "/again", Role.STAFF, self.act, "x", again=True),
            Endpoint("PUT", "/put", Role.STAFF, self.act, "x"),
            Endpoint("POST", "/secret", Role.STAFF, self.act, "x", remembers=False),
        ]

    async def act(self, asked: Asked[Nothing, Body]) -> Reply[Done]:
        """Have an effect."""
        if self.refuses:
            refusal, self.refuses = self.refuses, None
            raise refusal
        self.effects += 1
        await self.gate.wait()
        if self.breaks:
            failure, self.breaks = self.breaks, None
            raise failure
        return Reply(Done(times=self.effects, key=asked.key), status=201, headers={"Location": "/x"})


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def api(aiohttp_client, room, clock, redis_url) -> TestClient:
    @web.middleware
    async def known(request: web.Request, handler) -> web.StreamResponse:
        request[PRINCIPAL] = Principal(request.headers.get("who", "ana"), Role.STAFF)
        try:
            return await handler(request)
        except Died:
            raise web.HTTPBadGateway from None  # what a proxy says when the process is gone

    platform = new_platform("admin", ServiceSettings(redis_url=redis_url), StreamSettings(), clock)
    app = web.Application(middlewares=[as_problems, known])
    app[REMEMBERING] = Remembering(platform)
    app.cleanup_ctx.append(platform.running)
    add(app, room.endpoints)
    return await aiohttp_client(TestServer(app))


async def test_the_second_time_the_first_answer_is_told(api, room, client) -> None:
    first = await api.post("/once", json={"what": "a"}, headers=KEY)
    again = await api.post("/once", json={"what": "a"}, headers=KEY)
    assert (first.status, again.status, room.effects) == (201, 201, 1)
    assert await first.read() == await again.read()
    assert (again.headers["Location"], again.content_type) == ("/x", "application/json")
    assert "Idempotency-Replayed" in again.headers
    assert "Idempotency-Replayed" not in first.headers
    (name,) = await client.keys(keys.answer("*"))
    assert MEMORY_MS - 60_000 < await client.pttl(name) <= MEMORY_MS


async def test_without_a_key_each_is_done(api, room) -> None:
    for _ in range(2):
        await api.post("/once", json={"what": "a"})
    assert room.effects == 2


async def test_keys_are_each_callers_own(api, room) -> None:
    await api.post("/once", json={}, headers=KEY)
    await api.post("/once", json={}, headers=KEY | {"who": "eva"})
    assert room.effects == 2


@pytest.mark.parametrize(("path", "body"), [("/once", {"what": "b"}), ("/again", {"what": "a"}), ("/once?x=1", {})])
async def test_a_key_for_something_else_is_refused(api, room, path: str, body: dict) -> None:
    await api.post("/once", json={"what": "a"}, headers=KEY)
    answer = await api.post(path, json=body, headers=KEY)
    assert (answer.status, (await answer.json())["parameter"], room.effects) == (422, "Idempotency-Key", 1)


async def test_ten_at_once_are_done_once(api, room) -> None:
    room.gate.clear()
    calls = [asyncio.create_task(api.post("/once", json={}, headers=KEY)) for _ in range(10)]
    await until(lambda: sum(call.done() for call in calls) == 9)
    room.gate.set()
    answers = [await call for call in calls]
    assert sorted(answer.status for answer in answers) == [201] + [409] * 9
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in answers if answer.status == 409)
    assert room.effects == 1


async def test_what_changed_nothing_may_be_mended_and_sent_with_the_same_key(api, room) -> None:
    wrong = await api.post("/once", json={"what": "x" * 11}, headers=KEY)
    room.refuses = Problem(409, "not now")
    refused = await api.post("/once", json={}, headers=KEY)
    done = await api.post("/once", json={"what": "x"}, headers=KEY)
    assert (wrong.status, refused.status, done.status, room.effects) == (400, 409, 201, 1)


@pytest.mark.parametrize("failure", [Died(), TimeoutError(), Problem(503, "Redis"), RuntimeError("a bug")])
async def test_what_never_ended_is_not_done_twice(api, room, clock, failure: BaseException) -> None:
    room.breaks = failure
    await api.post("/once", json={}, headers=KEY)
    held = await api.post("/once", json={}, headers=KEY)
    assert (held.status, "under way" in (await held.json())["detail"]) == (409, True)
    clock.advance(BUSY_MS / 1000)
    lost = await api.post("/once", json={}, headers=KEY)
    assert (lost.status, "never ended" in (await lost.json())["detail"]) == (409, True)
    assert room.effects == 1


@pytest.mark.parametrize(("method", "path"), [("POST", "/again"), ("PUT", "/put")])
async def test_what_may_be_done_again_is_taken_up_after_a_crash(api, room, clock, method: str, path: str) -> None:
    room.breaks = Died()
    await api.request(method, path, json={}, headers=KEY)
    clock.advance(BUSY_MS / 1000)
    done = await api.request(method, path, json={}, headers=KEY)
    again = await api.request(method, path, json={}, headers=KEY)
    assert (done.status, again.status, room.effects) == (201, 201, 2)
    assert (await done.json())["key"]  # the same both times: ids made of it are, too


async def test_an_answer_that_tells_a_secret_is_not_kept(api, room, client) -> None:
    await api.post("/secret", json={}, headers=KEY)
    assert (room.effects, await client.keys(keys.answer("*"))) == (1, [])


@pytest.mark.parametrize("key", ["a b", "x" * 201, "ç"])
async def test_what_is_no_key_is_refused(api, room, key: str) -> None:
    answer = await api.post("/once", json={}, headers={"Idempotency-Key": key})
    assert (answer.status, room.effects) == (400, 0)
