"""Does every page look right on a phone and on a desktop, light and dark, and can everybody use it?

Pictures are kept in the folder that FRONTDESK_PICTURES names, for people to look at.
"""

import os
from pathlib import Path

import pytest
from playwright.async_api import expect

from .conftest import Clinic, NewVisit
from .morning import INSTANCE, MARIA

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text("utf-8")
PAGES = {
    "overview": "/",
    "chats": "/chats",
    "chat": f"/chats/{INSTANCE}/{MARIA}",
    "contact": f"/chats/{INSTANCE}/{MARIA}?about=1",
    "chat-template": f"/chats/{INSTANCE}/{MARIA}?template=reminder",
    "dead-letters": "/dead-letters",
    "schedule": "/schedule",
    "broadcasts": "/broadcasts",
    "broadcast-new": "/broadcasts/new?template=reminder",
    "templates": "/templates?name=reminder",
    "knowledge": "/knowledge?question=estacionamento",
    "instances": "/instances",
    "audit": "/audit",
    "settings": "/settings",
}
LOOKS = [(390, "light"), (390, "dark"), (1440, "light"), (1440, "dark")]
LANGUAGES = {(390, "light"): "pt", (390, "dark"): "es", (1440, "light"): "en", (1440, "dark"): "pt"}


@pytest.mark.parametrize(("width", "theme"), LOOKS)
@pytest.mark.timeout(300)
async def test_every_page_fits_and_everybody_can_use_it(
    clinic: Clinic, visit: NewVisit, tmp_path: Path, width: int, theme: str
) -> None:
    """Nothing sticks out, and axe finds no serious or critical fault."""
    pictures = Path(os.environ.get("FRONTDESK_PICTURES") or tmp_path)
    pictures.mkdir(parents=True, exist_ok=True)
    when = str((await clinic.get("/admin/overview"))["at"] + 90_000_000)
    scheduled = {"instance": INSTANCE, "to": MARIA, "text": "Até amanhã!", "class": "reminder", "send_at": int(when)}
    assert (await clinic.admin.post("/admin/messages", json=scheduled)).status == 202
    await clinic.token("ana", "staff")
    one = await visit(clinic, lang=LANGUAGES[width, theme], width=width, theme=theme)
    found = []
    await one.page.goto(f"{one.url}/")
    for name, path in PAGES.items():
        page = await one.go(path)
        await expect(page.locator("#live.on")).to_be_visible()
        await page.screenshot(path=pictures / f"{name}-{width}-{theme}.png")
        if await page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"{name} is wider than {width}")
        await page.evaluate(AXE)
        faults = (await page.evaluate("axe.run({resultTypes: ['violations']})"))["violations"]
        found += [
            f"{name}: {fault['id']}: {fault['nodes'][0]['html'][:200]}"
            for fault in faults
            if fault["impact"] in ("serious", "critical")
        ]
    assert found == []


async def test_the_login_and_a_problem_can_be_used_by_everybody(clinic: Clinic, visit: NewVisit) -> None:
    one = await visit(clinic, "")
    for path in ("/login", "/nowhere"):
        page = await one.go(path)
        await page.evaluate(AXE)
        faults = (await page.evaluate("axe.run({resultTypes: ['violations']})"))["violations"]
        assert [fault["id"] for fault in faults if fault["impact"] in ("serious", "critical")] == []


async def test_an_update_moves_nothing(clinic: Clinic, visit: NewVisit) -> None:
    """The layout does not shift when news come."""
    one = await visit(clinic)
    page = await one.go("/")
    await expect(page.locator("#live.on")).to_be_visible()
    await page.evaluate(
        "window.shift = 0; new PerformanceObserver(list => list.getEntries().forEach(e => window.shift += e.value))"
        ".observe({type: 'layout-shift', buffered: false})"
    )
    for n in range(3):
        await clinic.morning.ago(0).write(clinic.morning.wrote(MARIA, "Maria Silva", f"oi {n}"))
        await clinic.seen()
    await page.wait_for_timeout(1_500)  # two refreshes of the page
    assert await page.evaluate("window.shift") < 0.02
