"""Facts appended at a steady rate, as ingest appends them: `python appending.py REDIS_URL PER_SECOND SECONDS`.

Each is due at its time and its latency counts from then. At its end, or at SIGTERM, it prints quantiles in
milliseconds as JSON.
"""

import asyncio
import json
import signal
import sys
import time
from pathlib import Path

import uvloop

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from shared.clock import ManualClock
from shared.streams.connection import connect
from shared.streams.log import Log
from shared.streams.scripts import Scripts
from tests.support.log import Stories

INSTANCE = "bench"


async def main(url: str, per_second: int, seconds: int) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    client = connect(url)
    log = Log(Scripts(client), log_maxlen=0, bound=0, seen_life_s=60)
    stories = Stories(INSTANCE, seed=int(time.time()), clock=ManualClock(time.time_ns() // 1_000_000))
    took: list[float] = []

    async def append(due: float) -> None:
        fact = stories.one(f"55118{len(took) % 500:08d}")[0]
        await log.append(fact, dedupe=fact.id)
        took.append((time.perf_counter() - due) * 1000)

    began, tasks = time.perf_counter(), set()
    for number in range(per_second * seconds):
        due = began + number / per_second
        if (wait := due - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        if stop.is_set():
            break
        task = asyncio.create_task(append(due))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    await asyncio.gather(*tasks)
    took.sort()
    at = {f"p{share}": took[min(len(took) - 1, len(took) * share // 100)] for share in (50, 90, 99, 100)}
    print(json.dumps(at | {"count": len(took)}))
    await client.aclose()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
