"""Does what stands side by side stay so where there is little room?"""

import pytest

from .conftest import Clinic, NewVisit
from .morning import INSTANCE, LUCIA


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
