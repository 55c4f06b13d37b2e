"""A clinic's morning on a Redis of its own, an admin that serves its page, and browsers that look at it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import redis
import redis.asyncio as aioredis
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from shared.clock import SYSTEM
from tests.needs import needs
from tests.support.servers import RedisServer
from tests.support.waiting import until

from .morning import INSTANCE, Morning

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
LOCALES = {"pt": "pt-BR", "es": "es-AR", "en": "en-US"}
TOKEN = "s3cret-token"
expect.set_options(timeout=20_000)  # a machine that is busy with other things


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(needs("chromium"))


@pytest.fixture(scope="session")
def server() -> Iterator[RedisServer]:
    server = RedisServer().start()
    yield server
    server.close()


@pytest.fixture
async def client(server: RedisServer) -> AsyncIterator[aioredis.Redis]:
    """An empty Redis."""
    with redis.Redis.from_url(server.url) as emptied:
        emptied.flushall()
    async with aioredis.Redis.from_url(server.url) as client:
        yield client


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

    async def seen(self) -> None:
        """Wait until the views hold all facts."""

        async def up_to_date() -> bool:
            (one,) = (await self.get("/admin/overview"))["instances"]
            return one["views"]["behind"] == 0 and sum(one["chats"].values()) > 0

        await until(up_to_date)


NewClinic = Callable[..., Awaitable[Clinic]]


@pytest.fixture
async def empty(new_admin: Any, server: RedisServer, client: aioredis.Redis) -> Clinic:
    """A clinic where nothing has happened yet."""
    admin = await new_admin(server.url, token=TOKEN)
    return Clinic(admin, client, Morning(client, SYSTEM.now_ms()))


@pytest.fixture
async def clinic(empty: Clinic) -> Clinic:
    """A clinic after a morning."""
    await empty.morning.whole()
    await empty.seen()
    return empty


@pytest.fixture
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


NewVisit = Callable[..., Awaitable[Visit]]


@pytest.fixture
async def visit(chromium: Browser) -> AsyncIterator[NewVisit]:
    """Opens a browser at a clinic's login, and logs in when a token is given."""
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
        await one.go("/login")
        if token:
            await page.locator("input[name=token]").fill(token)
            await page.locator("main button").click()
            await page.wait_for_url("**/")
        return one

    yield opened
    for one in visits:
        await one.context.close()
        assert one.faults == []
