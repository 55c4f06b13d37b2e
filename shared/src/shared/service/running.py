"""How does a service start and end? Settings first, one line if they are wrong; then until SIGTERM, then in reverse."""

import os
import sys
from collections.abc import Callable
from typing import TypeVar

import uvloop
from aiohttp import web

from shared.errors import SettingsError
from shared.service.health import add_routes
from shared.service.platform import PLATFORM, Platform, new_platform
from shared.service.serving import SERVING
from shared.settings import ServiceSettings, StreamSettings, load
from shared.telemetry import logs

S = TypeVar("S", bound=ServiceSettings)


def new_app(platform: Platform, *, client_max_size: int = 1024**2) -> web.Application:
    """An application with the health routes, standing on `platform`."""
    app = web.Application(client_max_size=client_max_size)
    app[PLATFORM] = platform
    app.cleanup_ctx.append(platform.running)
    add_routes(app)
    return app


def run(service: str, kind: type[S], build: Callable[[S, Platform], web.Application]) -> None:
    """Read the environment and serve until told to stop. Ends with status 2 when a setting is wrong.

    `kind` must have a field `port`.
    """
    try:
        settings = load(kind, os.environ)
        streams = load(StreamSettings, os.environ)
        platform = new_platform(service, settings, streams)
        logs.configure(service, platform.replica, settings.log_level)
        app = build(settings, platform)
    except SettingsError as error:
        print(f"{service}: {error}", file=sys.stderr)  # noqa: T201 - logging is not set up yet
        raise SystemExit(2) from None
    uvloop.install()
    port: int = settings.port  # type: ignore[attr-defined]
    web.run_app(app, host=settings.host, port=port, print=None, **SERVING)
