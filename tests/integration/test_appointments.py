"""A confirmed appointment request reaches the clinic's own system once, or a person hears of it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import redis.asyncio as aioredis
from aiohttp import web

from responder.appointments import LIFE_MS
from shared import ids
from shared.clock import SYSTEM
from shared.events import (
    AppointmentDelivered,
    AppointmentRequested,
    EntryDeadLettered,
    Event,
    HandoffRequested,
    decode,
)
from shared.streams import keys
from shared.streams.connection import connect
from shared.streams.log import Log
from shared.streams.scripts import Scripts
from tests.integration.test_quiet_published import a_clinic
from tests.support.responder import responding
from tests.support.waiting import until

INSTANCE = "wa1"


class System:
    """A clinic's own system. `answers` are its statuses, the last for ever; 0 hangs up."""

    def __init__(self) -> None:
        self.answers = [202]
        self.got: list[tuple[dict[str, Any], dict[str, str]]] = []

    async def __aenter__(self) -> "System":
        app = web.Application()
        app.router.add_post("/requests", self._serve)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}/requests"

    async def _serve(self, request: web.Request) -> web.Response:
        self.got.append((await request.json(), dict(request.headers)))
        status = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if status == 0:
            assert request.transport is not None
            request.transport.abort()
            await asyncio.sleep(0)
        return web.Response(status=status or 500, headers={"Location": "http://127.0.0.1:9/"})


@pytest.fixture
async def system() -> AsyncIterator[System]:
    async with System() as system:
        yield system


@pytest.fixture
def clinics(tmp_path: Path, system: System) -> Path:
    a_clinic(tmp_path / "c", quiet="", instances=INSTANCE)
    with (tmp_path / "c" / "demo.yaml").open("a") as file:
        file.write(f"appointments: {{url: {system.url}}}\n")
    return tmp_path / "c"


async def request(redis_url: str, age_ms: int = 0) -> AppointmentRequested:
    at = SYSTEM.now_ms() - age_ms
    event = AppointmentRequested(
        id=ids.new(SYSTEM), instance=INSTANCE, chat="5511988887777", occurred_at=at, recorded_at=at,
        service="Limpeza dental", service_id="limpeza-dental", day="2026-11-30", period="morning", name="Ana Lima",
    )  # fmt: skip
    async with connect(redis_url) as writer:
        log = Log(Scripts(writer), log_maxlen=0, bound=100, seen_life_s=60)
        await log.append(event, dedupe=event.id, work=keys.appointments(INSTANCE))
    return event


def told(client: aioredis.Redis, *kinds: type[Event]) -> Callable[[], Any]:
    async def facts() -> list[Event]:
        entries: Any = await client.xrange(keys.events(INSTANCE))
        return [one for _, fields in entries if isinstance(one := decode(fields[b"e"]), kinds)]

    return facts


async def test_it_arrives_with_its_key_and_is_told(
    client: aioredis.Redis, redis_url: str, system: System, clinics: Path
) -> None:
    async with responding(redis_url, CLINICS_DIR=str(clinics), APPOINTMENTS_TOKEN="secret"):
        event = await request(redis_url)
        (fact,) = await until(told(client, AppointmentDelivered))
    ((body, headers),) = system.got
    assert (headers["Idempotency-Key"], headers["Authorization"]) == (event.id, "Bearer secret")
    assert body == {
        "id": event.id, "clinic": "demo", "instance": INSTANCE, "chat": "5511988887777", "service": "Limpeza dental",
        "service_id": "limpeza-dental", "day": "2026-11-30", "period": "morning", "name": "Ana Lima",
        "requested_at": event.occurred_at,
    }  # fmt: skip
    assert (fact.request_id, fact.status) == (event.id, 202)


async def test_a_system_that_is_away_is_asked_again_with_the_same_key(
    client: aioredis.Redis, redis_url: str, system: System, clinics: Path
) -> None:
    system.answers = [503, 0, 201]
    async with responding(redis_url, CLINICS_DIR=str(clinics)):
        event = await request(redis_url)
        await until(told(client, AppointmentDelivered), seconds=30)
    assert {headers["Idempotency-Key"] for _, headers in system.got} == {event.id}
    assert len(system.got) == 3


@pytest.mark.parametrize(("status", "age_ms"), [(422, 0), (302, 0), (503, LIFE_MS + 1)])
async def test_what_does_not_arrive_is_a_dead_letter_and_a_persons_work(
    client: aioredis.Redis, redis_url: str, system: System, clinics: Path, status: int, age_ms: int
) -> None:
    system.answers = [status]
    async with responding(redis_url, CLINICS_DIR=str(clinics)):
        await request(redis_url, age_ms)
        await until(told(client, HandoffRequested))
        (dead,) = await until(told(client, EntryDeadLettered))
    assert str(status) in dead.reason
    assert len(system.got) == 1
    assert await client.xlen(keys.dead_letters(INSTANCE)) == 1
