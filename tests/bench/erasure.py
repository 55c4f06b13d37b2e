"""How long does it take to erase a person from a long log, and does live traffic notice?

A log of a million facts (`FACTS=100000` makes it smaller), an admin process that erases one patient of it, and another
process that appends what others write at a steady rate, as ingest does; its latencies stand beside those without an
erasure. The patient writes on until half of the log is looked through: that must go, too.
"""

import json
import time
from pathlib import Path
from typing import Any

import redis

from shared.clock import ManualClock
from shared.events import encode
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
from tests.support.log import Stories

PERSON = "5511900000042"
SPELLINGS = 2  # of their number: with and without the ninth digit
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
        erased, most, meanwhile = _erased(url, address)
        took = time.monotonic() - began
        beside.terminate()
        busy = json.loads(beside.communicate()[0])
        calm_again = json.loads(appender(url).communicate()[0])
    return {
        "facts in the log": float(total),
        "facts that were taken out": float(erased["facts"]),
        "of these, written after the order": float(meanwhile),
        "traces that were found afterwards": float(erased["found"]),
        "values that were looked through for that": float(erased["values"]),
        "erasure, seconds": took,
        "memory of Redis before, MB": before,
        "memory of Redis at the most, MB": most,
        **of_appends(calm, busy, calm_again, "the erasure"),
    }


def _erased(url: str, address: str) -> tuple[dict[str, Any], float, int]:
    """What came of it, the most memory that Redis had meanwhile, and how many facts of the person came meanwhile.

    Raises AssertionError when anything is left of them, or somebody else was taken for them.
    """
    body = {"chat": PERSON, "reason": "asked by mail"}
    order = ask_admin(address, "POST", "/admin/privacy/erase", body, confirm=PERSON)
    theirs = Stories(INSTANCE, seed=2, clock=ManualClock(time.time_ns() // 1_000_000))
    end, most, meanwhile = time.monotonic() + MOST_S, 0.0, 0
    while time.monotonic() < end:
        told = ask_admin(address, "GET", f"/admin/privacy/erasures/{order['id']}")
        most = max(most, _memory_mb(url))
        if told["state"] == "done":
            assert (told["found"], told["names"]) == (0, SPELLINGS), told
            assert told["facts"] > meanwhile, told
            return told, most, meanwhile
        if told["done"] <= told["total"] // 2:
            meanwhile += _writes(url, theirs)
        time.sleep(LOOK_EVERY_S)
    raise TimeoutError(f"the erasure is not done after {MOST_S} s: {told}")


def _writes(url: str, theirs: Stories) -> int:
    """The person writes and is answered; how many facts that makes."""
    facts = theirs.one(PERSON)
    with redis.Redis.from_url(url) as client:
        for fact in facts:
            client.xadd(keys.events(INSTANCE), {"e": encode(fact)})
    return len(facts)


def _memory_mb(url: str) -> float:
    with redis.Redis.from_url(url) as client:
        assert client.exists(keys.events(INSTANCE))
        return float(client.info("memory")["used_memory"]) / 1e6


if __name__ == "__main__":  # `python -m tests.bench.erasure`
    for what, value in run().items():
        print(f"{what:<58} {value:>12,.2f}")
