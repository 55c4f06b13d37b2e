"""How fast does ingest take webhooks? At a steady rate, and flat out, in turns with a bare handler without guarantees.

Needs wrk (Debian: apt-get install wrk).
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from demo.http import is_up
from demo.ports import free_port
from demo.process import Process, wait_until
from demo.redis import EmbeddedRedis
from demo.stack import ROOT

PER_SECOND = 500
CONNECTIONS = 32
STEADY_S = 10
ROUNDS = 5
ROUND_S = 2
WARM_UP_S = 1
TOKEN = "bench-webhook-token"
HERE = Path(__file__).parent


def run() -> dict[str, float]:
    """Milliseconds at a steady rate; requests a second with every connection busy, the median of some rounds."""
    if shutil.which("wrk") is None:
        raise SystemExit("bench: ingest is asked by wrk, which is not here (Debian: apt-get install wrk)")
    with _serving(["-m", "ingest"]) as ours, _serving([str(HERE / "bare_webhook.py")]) as bare:
        for address in (ours, bare):
            _flat_out(address, WARM_UP_S)
        found = {f"ingest, {PER_SECOND} req/s, {q}, ms": took for q, took in _steady(ours).items()}
        found |= {f"bare handler, {PER_SECOND} req/s, {q}, ms": took for q, took in _steady(bare).items()}
        rounds = [(_flat_out(ours, ROUND_S), _flat_out(bare, ROUND_S)) for _ in range(ROUNDS)]
    return found | {
        f"ingest, {CONNECTIONS} connections, req/s": median(mine for mine, _ in rounds),
        f"bare handler, {CONNECTIONS} connections, req/s": median(its for _, its in rounds),
        "ratio, median of the rounds": median(mine / its for mine, its in rounds),
    }


@contextmanager
def _serving(program: list[str]) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="frontdesk-bench-") as name:
        folder = Path(name)
        redis, port = EmbeddedRedis(folder), free_port()
        environ = {
            "REDIS_URL": redis.url, "WEBHOOK_TOKEN": TOKEN, "PORT": str(port), "WA_STREAM_MAXLEN": "0",
            "WA_LOG_MAXLEN": "0",
        }  # fmt: skip
        server = Process("ingest", [sys.executable, *program], environ, folder / "log", ROOT)
        try:
            redis.start()
            server.start()
            wait_until(lambda: is_up(f"http://127.0.0.1:{port}/readyz") or not server.alive, "the service to start")
            yield f"http://127.0.0.1:{port}"
            if not server.alive:
                raise RuntimeError(f"it ended:\n{server.tail()}")
        finally:
            server.stop()
            redis.stop()


def _steady(address: str) -> dict[str, float]:
    command = [sys.executable, str(HERE / "steady.py"), address, TOKEN, str(PER_SECOND), str(STEADY_S)]
    told: dict[str, float] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return told


def _flat_out(address: str, seconds: int) -> float:
    url = f"{address}/webhooks/evolution/bench"
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(HERE / "webhook.lua"), url, "--", TOKEN]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    if "Non-2xx" in told or "Socket errors" in told:
        raise RuntimeError(f"not every webhook was taken:\n{told}")
    rate = re.search(r"Requests/sec:\s+([\d.]+)", told)
    assert rate, told
    return float(rate[1])


if __name__ == "__main__":
    for what, value in run().items():
        print(f"{what:<58} {value:>12,.2f}")
