"""How fast are views rebuilt, and does live traffic notice?

A log of a million facts is rebuilt by an admin process of its own. Meanwhile another process appends, at a steady rate,
as ingest does; its latencies stand beside those of the same rate without a rebuild, before and after it.
`FACTS=100000` makes it smaller.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import redis

from admin.views.store import Store
from demo.http import call, is_up
from demo.ports import free_port
from demo.process import Process, wait_until
from demo.redis import EmbeddedRedis
from demo.stack import ROOT
from shared.clock import SYSTEM, ManualClock
from shared.events import encode
from shared.streams import keys
from shared.streams.connection import connect
from shared.streams.scripts import Scripts
from tests.support.log import Stories

FACTS = int(os.environ.get("FACTS") or 1_000_000)
CHATS = int(os.environ.get("CHATS") or 100_000)
INSTANCE, TOKEN = "bench", "bench-token"
APPENDS_PER_SECOND = 200
STEADY_S = 8
LOOKS = 100
HERE = Path(__file__).parent
Quantiles = dict[str, float]
"""Milliseconds by `p50` and the like, as `appending.py` prints them."""


def run() -> dict[str, float]:
    """Facts a second, and milliseconds of an append with and without a rebuild."""
    with filled_redis() as (url, folder):
        return _measured(url, folder)


@contextmanager
def filled_redis() -> Iterator[tuple[str, Path]]:
    """A Redis of its own with the log in it, and a folder to work in."""
    with tempfile.TemporaryDirectory(prefix="frontdesk-bench-") as name:
        server = EmbeddedRedis(Path(name))
        server.start()
        try:
            fill(server.url)
            yield server.url, Path(name)
        finally:
            server.stop()


def fill(url: str, facts: int = FACTS, chats: int = CHATS) -> None:
    """A log of so many facts of so many chats, in realistic stories."""
    stories = Stories(INSTANCE, 1, ManualClock())
    names = [f"55119{n:08d}" for n in range(chats)]
    with redis.Redis.from_url(url) as client:
        client.sadd(keys.INSTANCES, INSTANCE)
        pipe = client.pipeline(transaction=False)
        for at, fact in enumerate(stories.many(facts, names, everyone=True), start=1):
            pipe.execute_command("XADD", keys.events(INSTANCE), "*", "e", encode(fact))
            if at % 5_000 == 0:
                pipe.execute()
        pipe.execute()


def _measured(url: str, folder: Path) -> dict[str, float]:
    with admin_on(url, folder) as address:
        total = log_length(url)
        first = until_head(url, lambda head: int(head.get("1:read") or 0) >= total)
        before = appender(url).communicate()[0]
        appending = appender(url, seconds=120)
        began = time.monotonic()
        ask_admin(address, "POST", "/admin/rebuild")
        until_head(url, lambda head: head.get("wanted") == head.get("done"))
        took = time.monotonic() - began
        appending.terminate()
        during = appending.communicate()[0]
        after = appender(url).communicate()[0]
        told = ask_admin(address, "GET", "/admin/rebuild")
        looked = _over_http(address) | asyncio.run(_looking(url))
    calm, busy, calm_again = (json.loads(said) for said in (before, during, after))
    return {
        "facts in the log": float(total),
        "first fold, facts/s": total / first,
        "rebuild, facts/s": told["done"] / (told["took_s"] or took),
        "rebuild, seconds": told["took_s"] or took,
        **of_appends(calm, busy, calm_again, "the rebuild"),
        **looked,
    }


def of_appends(calm: Quantiles, busy: Quantiles, calm_again: Quantiles, what: str) -> dict[str, float]:
    """What appends took with and without something that goes on beside them."""
    p99 = (calm["p99"] + calm_again["p99"]) / 2
    return {
        "append without, p50, ms": calm["p50"],
        "append without, p99, ms": p99,
        f"append during {what}, p50, ms": busy["p50"],
        f"append during {what}, p99, ms": busy["p99"],
        f"append during {what}, longest, ms": busy["p100"],
        "ratio of the p99": busy["p99"] / p99,
    }


@contextmanager
def admin_on(url: str, folder: Path) -> Iterator[str]:
    port = free_port()
    environ = {"REDIS_URL": url, "ADMIN_TOKEN": TOKEN, "PORT": str(port), "LOG_LEVEL": "WARNING"}
    server = Process("admin", [sys.executable, "-m", "admin"], environ, folder / "admin.log", ROOT)
    server.start()
    try:
        wait_until(lambda: is_up(f"http://127.0.0.1:{port}/readyz") or not server.alive, "the service to start")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.stop()


def until_head(url: str, reached: Callable[[dict[str, str]], bool]) -> float:
    """Seconds until the head of the views says so."""
    began = time.monotonic()
    with redis.Redis.from_url(url, decode_responses=False) as client:
        while True:
            found = client.hgetall(keys.view_head(INSTANCE))
            head = {name.decode(): value.decode(errors="replace") for name, value in found.items()}
            if reached(head):
                return time.monotonic() - began
            time.sleep(0.05)


def log_length(url: str) -> int:
    with redis.Redis.from_url(url) as client:
        return int(client.xlen(keys.events(INSTANCE)))


def ask_admin(address: str, method: str, path: str, body: object = None, **query: str) -> dict[str, Any]:
    """The answer of one route about the instance."""
    body = {} if body is None and method == "POST" else body
    told: dict[str, Any] = call(
        method, f"{address}{path}?{urlencode({'instance': INSTANCE, **query})}", body, headers=AUTH
    )
    return told


AUTH = {"Authorization": f"Bearer {TOKEN}"}


def _over_http(address: str) -> dict[str, float]:
    """Milliseconds, p95, of whole answers: what the API says, and pages as a browser gets them."""
    paths = {
        "GET /admin/overview": "/admin/overview",
        "GET /admin/conversations": f"/admin/conversations?instance={INSTANCE}",
        "the overview page": "/",
        "the page of chats": f"/chats?instance={INSTANCE}",
    }
    return {f"{what}, p95, ms": _p95(lambda path=path: _fetch(address + path)) for what, path in paths.items()}


def _p95(ask: Callable[[], object]) -> float:
    ask()
    took = []
    for _ in range(LOOKS):
        began = time.perf_counter()
        ask()
        took.append((time.perf_counter() - began) * 1000)
    return sorted(took)[LOOKS * 95 // 100]


def _fetch(url: str) -> bytes:
    with urllib.request.urlopen(urllib.request.Request(url, headers=AUTH), timeout=30) as answer:
        body: bytes = answer.read()
        assert answer.status == 200, url
        return body


def appender(url: str, seconds: int = STEADY_S) -> "subprocess.Popen[str]":
    command = [sys.executable, str(HERE / "appending.py"), url, str(APPENDS_PER_SECOND), str(seconds)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


async def _looking(url: str) -> dict[str, float]:
    """Milliseconds, p95, of what an overview and a list of chats ask the views."""
    client = connect(url)
    store = Store(Scripts(client), SYSTEM)
    today = time.strftime("%Y-%m-%d", time.gmtime())

    async def overview() -> None:
        await asyncio.gather(
            store.counts(INSTANCE), store.lag(INSTANCE), store.days(INSTANCE, today, today), store.connection(INSTANCE)
        )

    asked: dict[str, Callable[[], Awaitable[object]]] = {
        "the overview's figures": overview,
        "the first page of chats": lambda: store.conversations(INSTANCE),
        "chats that the bot answers": lambda: store.conversations(INSTANCE, status="bot"),
        "chats found by a name": lambda: store.conversations(INSTANCE, find="ana sou"),
        "chats found by a number": lambda: store.conversations(INSTANCE, find="00000042"),
        "chats found by nothing": lambda: store.conversations(INSTANCE, find="zzz"),
    }
    counts = await store.counts(INSTANCE)
    found = {"conversations": float(sum(counts.values()))}
    for what, ask in asked.items():
        took = []
        for _ in range(LOOKS):
            began = time.perf_counter()
            await ask()
            took.append((time.perf_counter() - began) * 1000)
        found[f"{what}, p95, ms"] = sorted(took)[LOOKS * 95 // 100]
    await client.aclose()
    return found


if __name__ == "__main__":  # `python -m tests.bench.rebuild`
    for what, value in run().items():
        print(f"{what:<58} {value:>12,.2f}")
