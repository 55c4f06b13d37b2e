"""A service that kills itself (SIGKILL) once, at a named step: `DIE_AT=sender:commit:before`.

Steps are the Lua scripts by name, and `gateway` for the call to it; `before` is before Redis or the gateway hears of
it, `after` is when they have done it and this process has not learnt of it yet. `DIE_MARK` is a file that remembers
the death, so that the next life goes on.
"""

import os
import runpy
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

SERVICE, STEP, WHEN = os.environ["DIE_AT"].split(":")
MARK = Path(os.environ["DIE_MARK"])


def die(step: str, when: str) -> None:
    if (step, when) == (STEP, WHEN) and not MARK.exists():
        MARK.touch()
        os.kill(os.getpid(), signal.SIGKILL)


def mortal(step_of: Callable[..., str], do: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def doing(*args: Any, **kwargs: Any) -> Any:
        step = step_of(*args)
        die(step, "before")
        done = await do(*args, **kwargs)
        die(step, "after")
        return done

    return doing


def main() -> None:
    from shared.streams.scripts import Scripts

    Scripts.run = mortal(lambda _self, name, *_: name, Scripts.run)  # type: ignore[method-assign]
    if SERVICE == "sender":
        from sender.evolution import Evolution

        Evolution.send = mortal(lambda *_: "gateway", Evolution.send)  # type: ignore[method-assign]
    runpy.run_module(SERVICE, run_name="__main__")


main()
