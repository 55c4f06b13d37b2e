"""A clinic's morning on a Redis of its own, an admin that serves its page, and browsers that look at it.

What takes long is done once: one server, one browser and one loop for all of these tests; the morning is written and
folded into views once, and put back as it was for each test. An admin, and a person's browser profile, are each test's
own.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import redis
import redis.asyncio as aioredis
from aiohttp.test_utils import TestClient, TestServer
from playwright.async_api import Browser, BrowserContext, Page, Route, async_playwright, expect

from shared.clock import SYSTEM
from shared.events import AnyEvent, decode
from shared.streams import keys
from tests.needs import needs
from tests.support.servers import RedisServer
from tests.support.waiting import until

from ...conftest import AdminClient, NewAdmin, an_admin
from .gateway import Gateway, simulated
from .morning import INSTANCE, Morning

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
LOCALES = {"pt": "pt-BR", "es": "es-AR", "en": "en-US"}
TOKEN = "s3cret-token"
OF_A_PROCESS = (b"wa:live:", b"wa:wake:", b"wa:{:}:")
"""Beginnings of keys that tell of an admin which is no more, or of who logged in."""
expect.set_options(timeout=20_000)  # a machine that is busy with other things

one_loop = pytest_asyncio.fixture(loop_scope="session")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(needs("chromium"))
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(scope="session")
def server() -> Iterator[RedisServer]:
    server = RedisServer().start()
    yield server
    server.close()


@one_loop
async def client(server: RedisServer) -> AsyncIterator[aioredis.Redis]:
    """An empty Redis."""
    with redis.Redis.from_url(server.url) as emptied:
        emptied.flushall()
    async with aioredis.Redis.from_url(server.url) as client:
        yield client


@one_loop
async def new_admin() -> AsyncIterator[NewAdmin]:
    """Starts an admin and answers a client that knows its token, as everywhere; but on the loop of these tests."""
    clients: list[AdminClient] = []

    async def started(url: str, **about: Any) -> AdminClient:
        app, headers = an_admin(url, **about)
        clients.append(client := TestClient(TestServer(app), headers=headers))
        await client.start_server()
        return client

    yield started
    for client in clients:
        await client.close()


@dataclass
class Clinic:
    """The admin with its page, and what is behind it."""

    admin: Any
    """A client of the API that is an operator."""
    redis: aioredis.Redis
    morning: Morning

    @property
    def url(self) -> str:
        return str(self.admin.make_url("")).rstrip("/")

    async def get(self, path: str, **query: str) -> Any:
        answer = await self.admin.get(path, params={"instance": INSTANCE, **query})
        assert answer.status == 200, await answer.text()
        return await answer.json()

    async def token(self, name: str, role: str) -> str:
        """A new token of this role."""
        answer = await self.admin.post("/admin/tokens", json={"name": name, "role": role})
        return (await answer.json())["token"]

    async def facts(self, kind: type, instance: str = INSTANCE) -> list[Any]:
        """All of the log that are of this kind, the oldest first."""
        found = await self.redis.xrange(keys.events(instance))
        told: list[AnyEvent] = [decode(fields[b"e"]) for _, fields in found]
        return [fact for fact in told if isinstance(fact, kind)]

    async def seen(self) -> None:
        """Wait until the views hold all facts."""

        async def up_to_date() -> bool:
            (one,) = (await self.get("/admin/overview"))["instances"]
            return one["views"]["behind"] == 0 and sum(one["chats"].values()) > 0

        await until(up_to_date)


NewClinic = Callable[..., Awaitable[Clinic]]


@one_loop
async def new_clinic(new_admin: NewAdmin, server: RedisServer, client: aioredis.Redis) -> NewClinic:
    """A clinic as its Redis stands, with an admin that has these settings."""

    async def opened(**about: Any) -> Clinic:
        admin = await new_admin(server.url, token=TOKEN, **about)
        return Clinic(admin, client, Morning(client, SYSTEM.now_ms()))

    return opened


@one_loop
async def empty(new_clinic: NewClinic) -> Clinic:
    """A clinic where nothing has happened yet."""
    return await new_clinic()


Kept = dict[bytes, tuple[bytes, int]]


@pytest.fixture(scope="session")
def kept_morning() -> Kept:
    """Every key of a clinic after a morning, with its life; filled by the first who needs it."""
    return {}


@one_loop
async def after_a_morning(kept_morning: Kept, new_clinic: NewClinic, client: aioredis.Redis) -> None:
    """A Redis that holds a morning, folded into views."""
    if kept_morning:
        pipe = client.pipeline(transaction=False)
        for key, (value, life_ms) in kept_morning.items():
            pipe.restore(key, max(0, life_ms), value)
        await pipe.execute()
        return
    first = await new_clinic()
    await first.morning.whole()
    await first.seen()
    await first.admin.close()
    async for key in client.scan_iter():
        if key.startswith(OF_A_PROCESS) or b":lease:" in key:
            await client.delete(key)
        elif value := await client.dump(key):
            kept_morning[key] = value, await client.pttl(key)


@one_loop
async def clinic(after_a_morning: None, new_clinic: NewClinic) -> Clinic:
    """A clinic after a morning."""
    return await new_clinic()


@one_loop
async def gateway(server: RedisServer, after_a_morning: None) -> AsyncIterator[Gateway]:
    """The simulator, and ingest for what it posts when it is told to."""
    async with simulated(server.url) as gateway:
        yield gateway


@one_loop
async def wired(gateway: Gateway, new_clinic: NewClinic) -> Clinic:
    """A clinic after a morning, whose admin knows the gateway and where ingest is."""
    return await new_clinic(**gateway.settings)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


@dataclass
class Visit:
    """A browser of one person. What goes wrong in it fails the test."""

    context: BrowserContext
    page: Page
    url: str
    faults: list[str] = field(default_factory=list)

    async def go(self, path: str) -> Page:
        await self.page.goto(self.url + path)
        return self.page

    async def come_in(self, token: str) -> None:
        """Log in, without looking at a page."""
        form = await (await self.context.request.get(f"{self.url}/login")).text()
        fields = dict(re.findall(r'name="(form|next)" value="([^"]*)"', form))
        entered = await self.context.request.post(f"{self.url}/login", form=fields | {"token": token}, max_redirects=0)
        assert entered.status == 303, await entered.text()

    async def log_in(self, token: str) -> None:
        """From the login page."""
        await self.page.unroute("**")
        await self.page.locator("input[name=token]").fill(token)
        await self.page.locator("main button").click()

    async def forget_session(self, *, told_by_news: bool = False) -> None:
        """As if it had ended long ago. Only what is done next finds out, unless news that the page asks for may."""
        if not told_by_news:
            await self.page.route("**", self._without_news)
        await self.context.clear_cookies(name="frontdesk")

    async def _without_news(self, route: Route) -> None:
        asked = route.request
        if asked.method == "GET" and "hx-request" in asked.headers:
            await route.abort()
        else:
            await route.fallback()


NewVisit = Callable[..., Awaitable[Visit]]


@one_loop
async def visit(chromium: Browser) -> AsyncIterator[NewVisit]:
    """Opens a browser: of somebody who is logged in by `token`, or, without one, at the login."""
    visits: list[Visit] = []

    async def opened(
        clinic: Clinic, token: str = TOKEN, *, lang: str = "en", width: int = 1440, theme: str = "light",
        script: bool = True,
    ) -> Visit:  # fmt: skip
        context = await chromium.new_context(
            viewport={"width": width, "height": 844 if width < 600 else 900}, locale=LOCALES[lang],
            color_scheme=theme, java_script_enabled=script,  # type: ignore[arg-type]
        )  # fmt: skip
        context.set_default_timeout(20_000)
        page = await context.new_page()
        visits.append(one := Visit(context, page, clinic.url))
        page.on("pageerror", lambda error: one.faults.append(f"script: {error}"))
        page.on("dialog", lambda dialog: one.faults.append(f"dialog: {dialog.message}"))
        page.on("console", lambda said: one.faults.append(said.text) if "Content Security" in said.text else None)
        if token:
            await one.come_in(token)
        else:
            await one.go("/login")
        return one

    yield opened
    for one in visits:
        await one.context.close()
        assert one.faults == []
