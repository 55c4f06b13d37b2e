"""What becomes of a background loop that meets a bug? It is told, counted, and begun again: never a silent end."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from shared.telemetry import logs, metrics

PAUSES_S = (1.0, 5.0, 30.0)  # after the first failure, the second, and every other one
WELL_AFTER_S = 60.0  # a loop that ran for so long is well again

_log = logs.get(__name__)

Loop = Callable[[], Coroutine[Any, Any, None]]


async def keep_going(service: str, name: str, loop: Loop) -> None:
    """Run `loop`, which has no end of its own, until this task is cancelled; `name` is a metric's label."""
    failures, clock = 0, asyncio.get_running_loop().time
    while True:
        began = clock()
        try:
            await loop()
            error: Exception = RuntimeError("it ended by itself")
        except Exception as raised:  # noqa: BLE001 - a bug: whatever it is, the work goes on
            error = raised
        failures = 1 if clock() - began > WELL_AFTER_S else failures + 1
        pause = PAUSES_S[min(failures, len(PAUSES_S)) - 1]
        metrics.LOOPS_FAILED.labels(service, name).inc()
        _log.error("loop_failed", service=service, loop=name, again_in_s=pause, exc_info=error)
        await asyncio.sleep(pause)
