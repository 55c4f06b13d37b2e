"""How does a service start and end? Settings first, one line if they are wrong; then until SIGTERM, then in reverse."""

import errno
import os
import socket
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

_NOT_TO_BE_HAD = (errno.EADDRINUSE, errno.EADDRNOTAVAIL, errno.EACCES)

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
        _serve(app, settings.host, settings.port)  # type: ignore[attr-defined]
    except SettingsError as error:
        print(f"{service}: {error}", file=sys.stderr)  # noqa: T201 - for the person who set it
        raise SystemExit(2) from None


def _serve(app: web.Application, host: str, port: int) -> None:
    uvloop.install()

    def serving(_banner: str) -> None:  # called once the port is ours
        logs.get(__name__).info("serving", address=f"http://{host}:{port}")

    try:
        web.run_app(app, host=host, port=port, print=serving, **SERVING)
    except OSError as error:
        if error.errno in _NOT_TO_BE_HAD or isinstance(error, socket.gaierror):
            raise SettingsError(f"PORT: {host}:{port} is not to be had: {error.strerror}") from None
        raise
