"""What do thousands of numbers cost: whoever looks at all of them, and everybody when nothing happens?

`INSTANCES=10000` of them are known, each with a short log, its views and empty streams; something waits in a hundred.
First an admin is asked, alone; then the whole stack idles for `SECONDS_IDLE=60`, in which everybody's sweeps come by,
and each process's time on a core is counted, and the commands that Redis was asked.
"""

import os
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from demo.http import is_up
from demo.ports import free_port
from demo.process import Process, wait_until
from demo.redis import EmbeddedRedis
from demo.stack import ADMIN_TOKEN, ROOT, Stack
from shared.clock import ManualClock
from shared.events import encode
from shared.streams import keys
from tests.support.log import Stories

INSTANCES = int(os.environ.get("INSTANCES") or 10_000)
SECONDS_IDLE = int(os.environ.get("SECONDS_IDLE") or 60)
BUSY = 100
LOOKS = 7
SETTLED_CPU = 0.5  # of a core, over a second
FOLDED_WITHIN_S = 600
_AUTH = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
_LOOKED_AT = {
    "GET /admin/streams/health": "/admin/streams/health",
    "GET /admin/overview": "/admin/overview",
    "GET /admin/instances": "/admin/instances",
    "the overview page": "/",
    "the page of numbers": "/instances",
    "GET /metrics": "/metrics",
}


def run() -> dict[str, float]:
    """Milliseconds of an answer, and shares of a core and commands a second when nothing happens."""
    with tempfile.TemporaryDirectory(prefix="frontdesk-bench-") as name:
        folder = Path(name)
        server = EmbeddedRedis(folder)
        server.start()
        try:
            fill(server.url)
            found = _looked(server, folder)
        finally:
            server.stop()
        return {"instances": float(INSTANCES)} | found | _idle(server, folder)


def fill(url: str, instances: int = INSTANCES) -> None:
    """Known numbers: a story in the log of each, work in some."""
    clock = ManualClock(time.time_ns() // 1_000_000 - 60_000)
    with redis.Redis.from_url(url) as client:
        pipe = client.pipeline(transaction=False)
        for number in range(instances):
            name = f"clinic-{number:05}"
            facts = Stories(name, number, clock).one()
            for fact in facts:
                pipe.xadd(keys.events(name), {"e": encode(fact)})
            pipe.xgroup_create(keys.outbound(name), keys.OUTBOUND_GROUP, id="0", mkstream=True)
            if number % max(1, instances // BUSY) == 0:
                pipe.xadd(keys.outbound(name), {"e": encode(facts[2])})
            pipe.sadd(keys.INSTANCES, name)
            if number % 500 == 499:
                pipe.execute()
        pipe.execute()


def _looked(server: EmbeddedRedis, folder: Path) -> dict[str, float]:
    with _admin(server.url, folder) as (process, address):
        began = time.monotonic()
        wait_until(lambda: _all_folded(server.url), "the views to be folded", timeout=FOLDED_WITHIN_S, every=1.0)
        found = {"views of all folded for the first time, s": time.monotonic() - began}
        _settled(process)
        for what, path in _LOOKED_AT.items():
            spent = _cpu_s(process.pid)
            took = sorted(_took(lambda path=path: _fetch(address + path)) for _ in range(LOOKS))
            spent = (_cpu_s(process.pid) - spent) * 1000 / LOOKS
            found |= {f"{what}, slowest, ms": took[-1], f"{what}, median, ms": took[LOOKS // 2]}
            found[f"{what}, of a core, ms"] = spent
        found["memory of the admin, MB"] = _resident_mb(process.pid)
        return found


def _idle(server: EmbeddedRedis, folder: Path) -> dict[str, float]:
    """Everybody's share of a core, in percent, and Redis's commands a second."""
    with redis.Redis.from_url(server.url) as client, Stack(folder=folder, redis=server) as stack:
        pipe = client.pipeline(transaction=False)
        for number in range(INSTANCES):
            pipe.xtrim(keys.outbound(f"clinic-{number:05}"), maxlen=0)
        pipe.execute()
        processes = {name.removesuffix("-0"): one for name, one in stack.processes.items()} | {"redis": server.process}
        began = time.monotonic()
        for process in processes.values():
            _settled(process)
        settled = time.monotonic() - began
        before, spent = _commands(client), {name: _cpu_s(one.pid) for name, one in processes.items()}
        time.sleep(SECONDS_IDLE)
        shares = {name: (_cpu_s(one.pid) - spent[name]) * 100 / SECONDS_IDLE for name, one in processes.items()}
        asked = _commands(client) - before
        found = {"settled after the start, s": settled}
        found |= {f"idle {name}, % of a core": share for name, share in shares.items()}
        found["commands a second"] = sum(asked.values()) / SECONDS_IDLE
        return found | {f"  {name} a second": count / SECONDS_IDLE for name, count in asked.most_common(6)}


@contextmanager
def _admin(url: str, folder: Path) -> Iterator[tuple[Process, str]]:
    port = free_port()
    environ = {
        "REDIS_URL": url, "ADMIN_TOKEN": ADMIN_TOKEN, "PORT": str(port), "LOG_LEVEL": "WARNING",
        "CLINICS_DIR": str(ROOT / "clinics"),
    }  # fmt: skip
    server = Process("admin", [sys.executable, "-m", "admin"], environ, folder / "admin.log", ROOT)
    server.start()
    try:
        wait_until(lambda: is_up(f"http://127.0.0.1:{port}/readyz") or not server.alive, "the service to start")
        yield server, f"http://127.0.0.1:{port}"
    finally:
        server.stop()


def _all_folded(url: str) -> bool:
    with redis.Redis.from_url(url) as client:
        pipe = client.pipeline(transaction=False)
        for number in range(INSTANCES):
            pipe.hget(keys.view_head(f"clinic-{number:05}"), "1:read")
        return all(int(read or 0) for read in pipe.execute())


def _settled(process: Process) -> None:
    """Wait until the process has little to do for three seconds."""
    calm = 0
    while calm < 3:
        before = _cpu_s(process.pid)
        time.sleep(1)
        calm = calm + 1 if _cpu_s(process.pid) - before < SETTLED_CPU else 0


def _took(ask: Callable[[], object]) -> float:
    began = time.perf_counter()
    ask()
    return (time.perf_counter() - began) * 1000


def _fetch(url: str) -> bytes:
    with urllib.request.urlopen(urllib.request.Request(url, headers=_AUTH), timeout=120) as answer:
        body: bytes = answer.read()
        assert answer.status == 200, url
        return body


def _commands(client: "redis.Redis") -> Counter[str]:
    told = client.info("commandstats")
    return Counter({name.removeprefix("cmdstat_"): about["calls"] for name, about in told.items()})


def _cpu_s(pid: int) -> float:
    """Seconds that a process has had a core for."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _resident_mb(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
