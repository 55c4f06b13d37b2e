"""Somebody who means harm: with no token, a weak one, or a page of their own that a victim visits."""

import re
from dataclasses import dataclass

import pytest
from aiohttp.test_utils import TestClient

from ..live.conftest import admin, client, redis_url, server, streams, talk

__all__ = ["admin", "client", "redis_url", "server", "streams", "talk"]

TOKEN = "s3cret-token"
PAGE = {"Accept": "text/html,*/*;q=0.8"}


@dataclass
class Browser:
    """A person's browser, over plain HTTP on this machine."""

    client: TestClient

    @property
    def session(self) -> str:
        """The cookie."""
        cookies = self.client.session.cookie_jar.filter_cookies(self.client.make_url("/"))
        return cookies["frontdesk"].value if "frontdesk" in cookies else ""

    @property
    def csrf(self) -> str:
        """What our own page tells this browser's scripts."""
        from admin.access.sessions import Session

        return Session(self.session, None).csrf

    async def form(self, wanted: str = "/") -> dict[str, str]:
        """The hidden fields of the login."""
        text = await (await self.client.get("/login", params={"next": wanted}, headers=PAGE)).text()
        return dict(re.findall(r'name="(form|next)"\s+value="([^"]*)"', text))

    async def log_in(self, token: str = TOKEN, wanted: str = "/", **headers: str):
        fields = {"next": wanted, **await self.form(), "token": token} | {"next": wanted}
        return await self.client.post("/login", data=fields, headers=PAGE | headers, allow_redirects=False)


@pytest.fixture
async def browser(new_admin, redis_url, streams) -> Browser:
    """A browser that is not logged in."""
    return Browser(await new_admin(redis_url, token=None))


@pytest.fixture
async def victim(browser: Browser) -> Browser:
    """A browser of somebody who is logged in as an operator."""
    assert (await browser.log_in()).status == 303
    return browser
