"""Do the pages of the queues look right on a phone and on a desktop, light and dark, and can everybody use them?

Pictures are kept in the folder that FRONTDESK_PICTURES names, for people to look at.
"""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from shared.streams import keys
from tests.support.replica import Gate, Streams, running
from tests.support.servers import RedisServer
from tests.support.waiting import until

from .conftest import Clinic, NewVisit, one_loop
from .morning import INSTANCE
from .queues import PAGE, Queues
from .test_looks import AXE, LANGUAGES, LOOKS

OPERATIONS = ("claim-pending-to-worker", "reset-to-begin", "reset-to-latest", "destroy-recreate")


@one_loop
async def queues(clinic: Clinic, server: RedisServer) -> AsyncIterator[Queues]:
    streams = Streams(clinic.redis, server.url, INSTANCE)
    yield Queues(clinic, streams, server.url)
    await streams.aclose()


async def _looked_at(page: Page, name: str, pictures: Path, width: int) -> list[str]:
    await page.screenshot(path=pictures / f"{name}.png", full_page=True)
    found = []
    if await page.evaluate("document.documentElement.scrollWidth") > width:
        found.append(f"{name} is wider than {width}")
    await page.evaluate(AXE)
    faults: list[Any] = (await page.evaluate("axe.run({resultTypes: ['violations']})"))["violations"]
    return found + [
        f"{name}: {fault['id']}: {fault['nodes'][0]['html'][:200]}"
        for fault in faults
        if fault["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize(("width", "theme"), LOOKS)
@pytest.mark.timeout(300)
async def test_every_step_fits_and_everybody_can_use_it(
    queues: Queues, visit: NewVisit, tmp_path: Path, width: int, theme: str
) -> None:
    """Nothing sticks out, and axe finds no serious or critical fault: before, after the count, refused, and done."""
    pictures = Path(os.environ.get("FRONTDESK_PICTURES") or tmp_path)
    pictures.mkdir(parents=True, exist_ok=True)
    gate, sender = Gate(), queues.sender("sender-demo-7f3a9c")
    sender.handler.behave["one"] = [gate]
    await queues.clinic.redis.set(keys.live("sender", "sender-demo-b1"), "1")
    one = await visit(queues.clinic, lang=LANGUAGES[width, theme], width=width, theme=theme)
    found: list[str] = []
    async with running(sender):
        sends = await queues.wait("one", "two", "three")
        await queues.ask("quanto custa?", "¿abren el sábado?")
        await until(lambda: gate.waiting)
        sent = (await queues.wait("five"))[0]  # to the first one's patient: it stays in the queue
        await queues.was_sent(sent)
        assert sends
        page = await one.go(PAGE)
        await expect(page.locator("#queue-stream")).to_contain_text("sender-demo")
        found += await _looked_at(page, f"queues-{width}-{theme}", pictures, width)
        for name in OPERATIONS:
            page = await one.go(f"{PAGE}/{name}")
            if name == "reset-to-begin":
                await page.locator("input[name=resend]").check()
            if name == "claim-pending-to-worker":
                await page.locator("select[name=worker]").select_option("sender:sender-demo-b1")
            else:
                await page.locator("select[name=stream]").select_option("all")
            await page.locator("#options button").click()
            await expect(page.locator("#trial")).to_be_visible()
            found += await _looked_at(page, f"queue-{name}-{width}-{theme}", pictures, width)
        await page.locator("input[name=confirm]").fill(INSTANCE)
        await queues.ask("mais uma")
        await page.locator("#trial button").click()
        await expect(page.get_by_role("alert")).to_be_visible()
        found += await _looked_at(page, f"queue-changed-{width}-{theme}", pictures, width)
        await page.locator("#trial button").click()
        await expect(page.locator("#result")).to_be_visible()
        found += await _looked_at(page, f"queue-done-{width}-{theme}", pictures, width)
        page = await one.go(f"/audit?instance={INSTANCE}")
        await page.screenshot(path=pictures / f"queue-audit-{width}-{theme}.png")
        gate.opened.set()
    assert found == []
