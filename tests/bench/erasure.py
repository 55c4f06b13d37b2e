"""How long does it take to erase a person from a long log, and does live traffic notice?

A log of a million facts (`FACTS=100000` makes it smaller), an admin process that erases one patient of it, and another
process that appends at a steady rate, as ingest does; its latencies stand beside those without an erasure.
"""

import json
import time
from pathlib import Path

import redis

from shared.streams import keys
from tests.bench.rebuild import (
    INSTANCE,
    admin_on,
    appender,
    ask_admin,
    filled_redis,
    log_length,
    of_appends,
    until_head,
)

PERSON = "5511900000042"
MOST_S = 900
LOOK_EVERY_S = 0.2


def run() -> dict[str, float]:
    """Seconds of an erasure, megabytes of Redis, and milliseconds of an append beside it."""
    with filled_redis() as (url, folder):
        return _measured(url, folder)


def _measured(url: str, folder: Path) -> dict[str, float]:
    with admin_on(url, folder) as address:
        total = log_length(url)
        until_head(url, lambda head: int(head.get("1:read") or 0) >= total)
        calm = json.loads(appender(url).communicate()[0])
        before = _memory_mb(url)
        beside = appender(url, seconds=MOST_S)
        began = time.monotonic()
        erased, most = _erased(url, address)
        took = time.monotonic() - began
        beside.terminate()
        busy = json.loads(beside.communicate()[0])
        calm_again = json.loads(appender(url).communicate()[0])
    return {
        "facts in the log": float(total),
        "facts that were taken out": float(erased["facts"]),
        "traces that were found afterwards": float(erased["found"]),
        "values that were looked through for that": float(erased["values"]),
        "erasure, seconds": took,
        "memory of Redis before, MB": before,
        "memory of Redis at the most, MB": most,
        **of_appends(calm, busy, calm_again, "the erasure"),
    }


def _erased(url: str, address: str) -> tuple[dict[str, int], float]:
    """What came of it, and the most memory that Redis had meanwhile."""
    body = {"chat": PERSON, "reason": "asked by mail"}
    order = ask_admin(address, "POST", "/admin/privacy/erase", body, confirm=PERSON)
    end, most = time.monotonic() + MOST_S, 0.0
    while time.monotonic() < end:
        told = ask_admin(address, "GET", f"/admin/privacy/erasures/{order['id']}")
        most = max(most, _memory_mb(url))
        if told["state"] == "done":
            return told, most
        time.sleep(LOOK_EVERY_S)
    raise TimeoutError(f"the erasure is not done after {MOST_S} s: {told}")


def _memory_mb(url: str) -> float:
    with redis.Redis.from_url(url) as client:
        assert client.exists(keys.events(INSTANCE))
        return float(client.info("memory")["used_memory"]) / 1e6


if __name__ == "__main__":  # `python -m tests.bench.erasure`
    for what, value in run().items():
        print(f"{what:<58} {value:>12,.2f}")
