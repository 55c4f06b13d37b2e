"""Does every page look right on a phone and on a desktop, light and dark, and can everybody use it?

Pictures are kept in the folder that FRONTDESK_PICTURES names, for people to look at.
"""

import os
from pathlib import Path

import pytest
from playwright.async_api import Error, Page, expect

from .addresses import DOINGS, EXAMPLES, OUTSIDE, PROBLEMS, pages_of, prepare
from .conftest import Clinic, NewVisit
from .morning import MARIA

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text("utf-8")
RUN = "axe.run({resultTypes: ['violations']})"
ASKED = {(390, "light"), (1440, "dark")}
"""Where axe is asked: every layout and every colour is in one of the two."""
LOOKS = [(390, "light"), (390, "dark"), (1440, "light"), (1440, "dark")]
if os.environ.get("FRONTDESK_CI") == "1":  # twenty minutes are short, and nobody looks at the pictures there
    LOOKS = sorted(ASKED)
LANGUAGES = {(390, "light"): "pt", (390, "dark"): "es", (1440, "light"): "en", (1440, "dark"): "pt"}


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = Path(os.environ.get("FRONTDESK_PICTURES") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


async def pictured(page: Page, path: Path) -> None:
    """On a busy machine Chromium can say that it is "unable to capture" a page that is all right: ask again."""
    try:
        await page.screenshot(path=path)
    except Error:
        await page.wait_for_timeout(1000)
        await page.screenshot(path=path)


class Look:
    """Looks at one page after the other, and gathers what is wrong."""

    def __init__(self, pictures: Path, width: int, theme: str) -> None:
        self._pictures, self._width, self._theme = pictures, width, theme
        self.found: list[str] = []

    async def at(self, name: str, page: Page) -> None:
        """Nothing sticks out, and axe finds no serious or critical fault."""
        await pictured(page, self._pictures / f"{name}-{self._width}-{self._theme}.png")
        if await page.evaluate("document.documentElement.scrollWidth") > self._width:
            self.found.append(f"{name} is wider than {self._width}")
        if (self._width, self._theme) not in ASKED:
            return
        await page.evaluate(AXE)
        faults = (await page.evaluate(RUN))["violations"]
        self.found += [
            f"{name}: {fault['id']}: {fault['nodes'][0]['html'][:200]}"
            for fault in faults
            if fault["impact"] in ("serious", "critical")
        ]


async def test_every_page_has_an_example(empty: Clinic) -> None:
    """So that none can be forgotten by the tests below."""
    assert pages_of(empty.admin.app) == set(EXAMPLES)
    assert [path for path, examples in EXAMPLES.items() if not examples and path != "/login"] == []


@pytest.mark.parametrize(("width", "theme"), LOOKS)
@pytest.mark.timeout(300)
async def test_every_page_fits_and_everybody_can_use_it(
    wired: Clinic, visit: NewVisit, pictures: Path, tmp_path: Path, width: int, theme: str
) -> None:
    lang = LANGUAGES[width, theme]
    look, prepared = Look(pictures, width, theme), await prepare(wired)
    operator = await visit(wired, lang=lang, width=width, theme=theme)
    for examples in (*EXAMPLES.values(), PROBLEMS):
        for name, address in examples.items():
            await look.at(name, await operator.go(prepared.at(address)))
    for name, doing in DOINGS.items():
        await look.at(name, await doing(operator, tmp_path))
    viewer = await visit(wired, await wired.token("eve", "viewer"), lang=lang, width=width, theme=theme)
    await look.at("problem-403", await viewer.go("/settings"))
    stranger = await visit(wired, "", lang=lang, width=width, theme=theme)
    for name, address in OUTSIDE.items():
        await look.at(name, await stranger.go(address))
    await stranger.log_in("wrong")
    await expect(stranger.page.get_by_role("alert")).to_be_visible()
    await look.at("login-wrong", stranger.page)
    assert look.found == []


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
