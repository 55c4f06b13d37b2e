"""`python -m ingest` says what is wrong with its settings and stops, and ends without losing what it was handed."""

import asyncio
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import redis.asyncio as aioredis

from demo.process import Process
from tests.support.ingest import TOKEN, a_message, facts, ingest_process
from tests.support.proxy import Proxy
from tests.support.waiting import until

PASSWORD = "redis-pass-word-5e1"
GOOD = {"REDIS_URL": f"redis://:{PASSWORD}@127.0.0.1:1/0", "WEBHOOK_TOKEN": TOKEN, "PORT": "0"}


@pytest.mark.parametrize(
    ("wrong", "line"),
    [
        ({"WEBHOOK_TOKEN": None}, "WEBHOOK_TOKEN: is required"),
        ({"WEBHOOK_TOKEN": ""}, "WEBHOOK_TOKEN: is required"),
        ({"WEBHOOK_TOKEN": "  "}, "WEBHOOK_TOKEN: is required"),
        ({"WEBHOOK_TOKEN_FILE": "{folder}/missing"}, "WEBHOOK_TOKEN_FILE: {folder}/missing cannot be read"),
        ({"WEBHOOK_TOKEN_FILE": "{folder}"}, "WEBHOOK_TOKEN_FILE: {folder} cannot be read"),
        ({"WEBHOOK_TOKEN_FILE": "{folder}/empty"}, "WEBHOOK_TOKEN: "),
        ({"REDIS_URL": None}, "REDIS_URL: is required"),
        ({"REDIS_URL": f"http://:{PASSWORD}@x"}, "REDIS_URL: "),
        ({"REDIS_URL": PASSWORD}, "REDIS_URL: "),
        ({"REDIS_URL": f"redis://:{PASSWORD}@127.0.0.1:port/0"}, "REDIS_URL: "),
        ({"REDIS_URL": f"redis://:{PASSWORD}@127.0.0.1:99999/0"}, "REDIS_URL: "),
        ({"REDIS_URL": f"redis://:{PASSWORD}@[::1/0"}, "REDIS_URL: "),
        ({"REDIS_URL": f"redis://:{PASSWORD}@127.0.0.1/0?socket_timeout=soon"}, "REDIS_URL: "),
        ({"WA_STREAM_MAXLEN": "abc"}, "WA_STREAM_MAXLEN: "),
        ({"WA_STREAM_MAXLEN": "-1"}, "WA_STREAM_MAXLEN: "),
        ({"WA_IDEMPOTENCY_TTL_S": "0"}, "WA_IDEMPOTENCY_TTL_S: "),
        ({"WA_REACTIONS": "maybe"}, "WA_REACTIONS: "),
        ({"WA_INSTANCES": "wa1,{wa2}"}, "WA_INSTANCES: "),
        ({"PORT": "99999"}, "PORT: "),
        ({"PORT": "http"}, "PORT: "),
        ({"PORT": "-1"}, "PORT: "),
        ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL: "),
        ({"EVOLUTION_SERVER_URL": "gateway:8080"}, "EVOLUTION_SERVER_URL: "),
    ],
)
def test_a_wrong_setting_ends_it_with_one_line_that_names_it(
    wrong: dict[str, str | None], line: str, tmp_path: Path
) -> None:
    (tmp_path / "empty").touch()
    given = {**GOOD, **{name: value and value.replace("{folder}", str(tmp_path)) for name, value in wrong.items()}}
    environ = {name: value for name, value in given.items() if value is not None}
    ended = subprocess.run(
        [sys.executable, "-m", "ingest"],
        check=False,
        env=environ,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.stderr.startswith("ingest: " + line.replace("{folder}", str(tmp_path)))
    assert (ended.returncode, ended.stderr.count("\n"), ended.stdout) == (2, 1, "")
    assert [secret for secret in (TOKEN, PASSWORD) if secret in ended.stderr] == []


async def test_a_token_may_come_from_a_file(redis_url: str, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{TOKEN}-of-a-file\n")
    async with ingest_process(redis_url, tmp_path, WEBHOOK_TOKEN_FILE=str(tmp_path / "token")) as (service, _):
        assert (await service.post(a_message()))[0] == 401
        assert (await service.post(a_message(), token=f"{TOKEN}-of-a-file"))[0] == 200


async def test_a_port_that_is_taken_ends_it_with_a_line_that_names_it(redis_url: str, tmp_path: Path) -> None:
    async with ingest_process(redis_url, tmp_path) as (service, _):
        environ = {"REDIS_URL": redis_url, "WEBHOOK_TOKEN": TOKEN, "PORT": str(service.port)}
        ended = await asyncio.to_thread(
            subprocess.run, [sys.executable, "-m", "ingest"], env=environ, capture_output=True, text=True, timeout=60
        )
    assert ended.returncode == 2
    assert ended.stderr.splitlines()[-1].startswith("ingest: PORT: ")


async def ended(process: Process) -> int:
    await until(lambda: not process.alive, seconds=30)
    status = process.stop()
    assert status is not None
    return status


async def test_a_request_in_flight_is_answered_before_the_end(
    redis_url: str, client: aioredis.Redis, proxy: Proxy, tmp_path: Path
) -> None:
    async with ingest_process(proxy.url(redis_url), tmp_path) as (service, process):
        assert (await service.post(a_message("3A-before")))[0] == 200
        proxy.deafen()
        posting = asyncio.create_task(service.post(a_message()))

        async def in_flight() -> bool:
            return await service.answers("accepted") == 1 and not posting.done()

        await until(in_flight)
        process.signal(signal.SIGTERM)
        await until(lambda: _refuses(service.port))
        proxy.restore()
        assert await posting == (200, {"accepted": 1, "duplicates": 0, "ignored": 0})
        assert await ended(process) == 0
    assert len(await facts(client)) == 2


async def _refuses(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return True
    writer.close()
    return False


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
async def test_replaced_under_load_it_loses_and_doubles_nothing(
    how: signal.Signals, redis_url: str, client: aioredis.Redis, tmp_path: Path
) -> None:
    taken: list[dict[str, int]] = []
    ids = [[f"3A{n:02}{m:02}" for m in range(25)] for n in range(16)]

    async with ingest_process(redis_url, tmp_path) as (service, process):

        async def deliver(mine: list[str]) -> None:
            for id_ in mine:
                taken.append(await service.deliver(a_message(id_)))

        async with asyncio.TaskGroup() as gateways:
            for mine in ids:
                gateways.create_task(deliver(mine))
            for share in (50, 200):
                await until(lambda share=share: len(taken) > share)  # type: ignore[misc]
                process.signal(how)
                assert await ended(process) == (-how if how is signal.SIGKILL else 0)
                process.start()
    stored = Counter(event.message_id for event in await facts(client))  # type: ignore[union-attr]
    assert stored == {id_: 1 for mine in ids for id_ in mine}
    assert "Traceback" not in process.log.read_text()


@pytest.mark.slow
async def test_a_body_that_never_ends_does_not_hold_up_the_end(redis_url: str, tmp_path: Path) -> None:
    async with ingest_process(redis_url, tmp_path) as (service, process):
        _, writer = await asyncio.open_connection("127.0.0.1", service.port)
        head = f"POST /webhooks/evolution/wa1 HTTP/1.1\r\nHost: x\r\nX-Webhook-Token: {TOKEN}\r\n"
        head += "Content-Length: 99\r\n\r\n{"
        writer.write(head.encode())
        await writer.drain()
        assert (await service.post(a_message()))[0] == 200
        process.signal(signal.SIGTERM)
        assert await ended(process) == 0
        writer.close()
