"""Can a person come in, in their language, and be told why not?"""

import pytest
from playwright.async_api import expect

from .conftest import TOKEN, Clinic, NewVisit

WORDS = {
    "pt": ("Entrar no Frontdesk", "Este código não é conhecido", "Visão geral"),
    "es": ("Entrar en Frontdesk", "Este código no se conoce", "Resumen"),
    "en": ("Log in to Frontdesk", "This token is not known", "Overview"),
}


@pytest.mark.parametrize("lang", WORDS)
async def test_a_wrong_token_is_told_and_a_right_one_opens(empty: Clinic, visit: NewVisit, lang: str) -> None:
    page = (await visit(empty, "", lang=lang)).page
    title, refused, inside = WORDS[lang]
    await expect(page.get_by_role("heading", name=title)).to_be_visible()
    await page.locator("input[name=token]").fill("wrong")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text(refused)
    await page.locator("input[name=token]").fill(TOKEN)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name=inside, level=1)).to_be_visible()
    await expect(page.locator("html")).to_have_attribute("lang", lang)


async def test_the_language_and_the_appearance_are_kept(clinic: Clinic, visit: NewVisit) -> None:
    page = await (await visit(clinic, lang="en")).go("/")
    await page.get_by_title("Español").last.click()
    await expect(page.get_by_role("heading", name="Resumen", level=1)).to_be_visible()
    await page.get_by_title("Oscuro").last.click()
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    await page.goto(page.url.partition("?")[0] + "chats")
    await expect(page.get_by_role("heading", name="Chats", level=1)).to_be_visible()
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")


async def test_logging_out_shuts_the_door(clinic: Clinic, visit: NewVisit) -> None:
    one = await visit(clinic)
    await one.go("/")
    await one.page.get_by_role("button", name="Log out").click()
    await one.go("/chats")
    await expect(one.page).to_have_url(f"{one.url}/login?next=/chats")


async def test_what_goes_wrong_is_a_page_for_people(clinic: Clinic, visit: NewVisit) -> None:
    one = await visit(clinic, lang="pt")
    page = await one.go("/chats/demo/5500000000000")
    await expect(page.get_by_role("heading", name="Isto não existe (mais)")).to_be_visible()
    page = await one.go("/chats?status=sleeping")
    await expect(page.get_by_role("heading", name="Algo no pedido não está certo")).to_be_visible()


async def test_the_skip_link_leads_to_the_content(clinic: Clinic, visit: NewVisit) -> None:
    page = await (await visit(clinic)).go("/")
    await page.keyboard.press("Tab")
    await expect(page.locator(":focus")).to_have_text("Skip to content")
    await page.keyboard.press("Enter")
    await expect(page.locator(":focus")).to_have_attribute("id", "main")
