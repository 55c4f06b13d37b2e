"""Does what stands side by side stay so where there is little room?"""

import pytest
from playwright.async_api import FloatRect

from .conftest import Clinic, NewVisit
from .morning import INSTANCE, JOHN, LUCIA


@pytest.mark.parametrize("lang", ["pt", "es", "en"])
@pytest.mark.parametrize("width", [340, 390, 1440])
async def test_the_tabs_of_the_chats_are_one_line(clinic: Clinic, visit: NewVisit, lang: str, width: int) -> None:
    assert (await clinic.admin.post(f"/admin/conversations/{LUCIA}/pause?instance={INSTANCE}", json={})).ok
    await clinic.seen()
    page = await (await visit(clinic, lang=lang, width=width)).go("/chats")
    tops = await page.locator("#status-tabs a").evaluate_all("all => all.map(one => one.getBoundingClientRect().top)")
    assert len(tops) == 5
    assert len(set(tops)) == 1
    assert await page.locator("#status-tabs").evaluate("one => one.scrollWidth - one.clientWidth") <= 0
    assert await page.evaluate("document.documentElement.scrollWidth") <= width


async def test_a_place_of_the_navigation_is_one_line(clinic: Clinic, visit: NewVisit) -> None:
    """Also the one that is bold because one is there."""
    page = await (await visit(clinic, lang="pt")).go("/broadcasts")
    heights = await page.locator(".side .places a").evaluate_all("all => all.map(one => one.offsetHeight)")
    assert len(set(heights)) == 1


async def test_the_words_of_a_chart_do_not_overlap(clinic: Clinic, visit: NewVisit) -> None:
    page = await (await visit(clinic, lang="pt", width=390)).go("/")
    words = page.locator("svg[aria-labelledby^=took] text")
    boxes = [box for one in await words.all() if (box := await one.bounding_box())]
    assert len(boxes) > 10
    together = [(a, b) for at, a in enumerate(boxes) for b in boxes[:at] if _overlap(a, b)]
    assert together == []


async def test_what_can_be_done_about_a_chat_stays_together(clinic: Clinic, visit: NewVisit) -> None:
    page = await (await visit(clinic, lang="pt", width=390)).go(f"/chats/{INSTANCE}/{JOHN}")
    tops = await page.locator("#talk-state button").evaluate_all("all => all.map(one => one.offsetTop)")
    assert len(tops) == 2
    assert len(set(tops)) == 1


def _overlap(a: FloatRect, b: FloatRect) -> bool:
    """By more than the room that a font leaves above and below its letters."""
    across = min(a["x"] + a["width"], b["x"] + b["width"]) - max(a["x"], b["x"])
    down = min(a["y"] + a["height"], b["y"] + b["height"]) - max(a["y"], b["y"])
    return across > 0 and down > 2
