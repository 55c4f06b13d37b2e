"""Run the simulator: `python -m simulator`."""

from __future__ import annotations

import asyncio
import os
from importlib import import_module, util

from aiohttp import web

from .app import build
from .settings import Settings

GRACE = 2  # seconds; whoever hangs is let go first


def main() -> None:
    settings = Settings.from_env(os.environ)
    loop: asyncio.AbstractEventLoop | None = None
    if util.find_spec("uvloop"):
        loop = import_module("uvloop").new_event_loop()
    print(f"simulator of Evolution API {settings.version} on http://{settings.host}:{settings.port}", flush=True)
    web.run_app(
        build(settings),
        host=settings.host,
        port=settings.port,
        loop=loop,
        access_log=None,
        print=None,
        shutdown_timeout=GRACE,
    )


if __name__ == "__main__":
    main()
