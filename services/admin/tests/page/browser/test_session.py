"""Is what somebody typed lost when their session ends in the middle of it? It comes back, or the page says so."""

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from shared.events import SendRequested

from .conftest import TOKEN, Clinic, NewVisit, Visit
from .morning import LUCIA, MARIA

WORDS = "Uma resposta longa, que ninguém quer escrever duas vezes."
SAID = {
    "pt": ("Sua sessão tinha terminado", "está guardado nesta aba", "está de volta"),
    "es": ("Su sesión había terminado", "queda guardado en esta pestaña", "está de vuelta"),
    "en": ("Your session had ended", "kept in this tab", "is back"),
}


def sent(facts: list[SendRequested]) -> list[str]:
    return [getattr(fact.content, "text", "") for fact in facts if fact.send_class == "staff"]


async def log_in_again(one: Visit, token: str = TOKEN) -> None:
    await one.log_in(token)
    await expect(one.page.locator("input[name=token]")).to_have_count(0)


@pytest.mark.parametrize("lang", SAID)
async def test_a_reply_comes_back_after_the_login_and_is_sent_once(clinic: Clinic, visit: NewVisit, lang: str) -> None:
    ended, kept, back = SAID[lang]
    one = await visit(clinic, lang=lang)
    page = await one.go(f"/chats/demo/{MARIA}")
    await page.locator("#reply-text").fill(WORDS)
    await one.forget_session()
    await page.locator("#composer button.primary").click()
    await expect(page.get_by_role("alert")).to_contain_text(ended)
    await expect(page.locator("[data-if-kept]")).to_contain_text(kept)
    await expect(page.locator("[data-if-kept]")).to_be_visible()
    assert WORDS not in sent(await clinic.facts(SendRequested))
    await log_in_again(one)
    await expect(page.locator("#reply-text")).to_have_value(WORDS)
    await expect(page.locator("#notices")).to_contain_text(back)
    await page.locator("#composer button.primary").click()
    await expect(page.locator("#messages li.message").last).to_contain_text(WORDS)
    await expect(page.locator("#reply-text")).to_have_value("")
    assert sent(await clinic.facts(SendRequested)).count(WORDS) == 1
    await page.reload()
    await expect(page.locator("#reply-text")).to_have_value("")


async def test_news_that_find_the_session_over_lose_nothing_either(clinic: Clinic, visit: NewVisit) -> None:
    """The page asks for news by itself; its answer leads to the login while somebody is writing."""
    one = await visit(clinic)
    page = await one.go(f"/chats/demo/{MARIA}")
    await expect(page.locator("#live.on")).to_be_visible()
    await page.locator("#reply-text").fill(WORDS)
    await one.forget_session(told_by_news=True)
    await clinic.morning.ago(0).write(clinic.morning.wrote(MARIA, "Maria Silva", "alô?"))
    await expect(page.get_by_role("alert")).to_contain_text("Your session has ended")
    await log_in_again(one)
    await expect(page.locator("#reply-text")).to_have_value(WORDS)


async def test_every_kind_of_field_comes_back(clinic: Clinic, visit: NewVisit) -> None:
    one = await visit(clinic)
    page = await one.go("/broadcasts/new?template=results_ready")
    await page.get_by_label("Recipients").fill("5511900000001;Ana")
    await page.get_by_role("combobox", name="Language").select_option("es")
    await page.get_by_label("Per minute").fill("7")
    await one.forget_session()
    await page.get_by_role("button", name="See what it comes to").click()
    await log_in_again(one)
    await expect(page).to_have_url(f"{one.url}/broadcasts/new?template=results_ready")
    await expect(page.get_by_label("Recipients")).to_have_value("5511900000001;Ana")
    await expect(page.get_by_role("combobox", name="Language")).to_have_value("es")
    await expect(page.get_by_label("Per minute")).to_have_value("7")
    page = await one.go(f"/chats/demo/{MARIA}")
    await page.get_by_label("VIP: is served first").uncheck()
    await page.get_by_label("Notes").fill("Prefers mornings.")
    await one.forget_session()
    await page.get_by_role("button", name="Save").click()
    await log_in_again(one)
    await expect(page.get_by_label("Notes")).to_have_value("Prefers mornings.")
    await expect(page.get_by_label("VIP: is served first")).not_to_be_checked()


async def test_a_form_that_was_refused_before_comes_back_as_well(clinic: Clinic, visit: NewVisit) -> None:
    one = await visit(clinic)
    page = await one.go("/schedule")
    await page.get_by_label("Phone").fill("12")
    await page.get_by_label("Text").fill(WORDS)
    await page.get_by_role("button", name="Schedule").click()
    await expect(page.get_by_role("alert")).to_contain_text("Phone")
    await one.forget_session()
    await page.get_by_label("Phone").fill("+55 11 98888-7777")
    await page.get_by_role("button", name="Schedule").click()
    await log_in_again(one)
    await expect(page.get_by_label("Text")).to_have_value(WORDS)
    await expect(page.get_by_label("Phone")).to_have_value("+55 11 98888-7777")


async def test_a_form_of_an_earlier_login_is_kept_too(clinic: Clinic, visit: NewVisit) -> None:
    """Somebody logged out and in again in another tab: the form's proof that it is ours holds no more."""
    one = await visit(clinic)
    page = await one.go("/schedule")
    await page.get_by_label("Text").fill(WORDS)
    await page.get_by_label("Phone").fill("+55 11 98888-7777")
    other = await one.context.new_page()
    await other.goto(f"{one.url}/chats")
    await other.get_by_role("button", name="Log out").click()
    await other.locator("input[name=token]").fill(TOKEN)
    await other.locator("main button").click()
    await expect(other.get_by_role("heading", name="Overview", level=1)).to_be_visible()
    await page.get_by_role("button", name="Schedule").click()
    await expect(page.get_by_role("heading", name="This form is of an earlier login")).to_be_visible()
    await page.get_by_role("link", name="Back to the form").click()
    await expect(page.get_by_label("Text")).to_have_value(WORDS)
    await page.get_by_role("button", name="Schedule").click()
    await expect(page.locator("#waiting")).to_contain_text(WORDS)


async def test_nobody_else_sees_it_and_a_logout_forgets_it(clinic: Clinic, visit: NewVisit) -> None:
    one = await visit(clinic, await clinic.token("ana", "staff"))
    page = await one.go(f"/chats/demo/{MARIA}")
    await page.locator("#reply-text").fill(WORDS)
    await one.forget_session()
    await page.locator("#composer button.primary").click()
    await log_in_again(one, await clinic.token("bia", "staff"))
    await expect(page.locator("#talk-name")).to_have_text("Maria Silva")
    await expect(page.locator("#reply-text")).to_have_value("")
    await page.locator("#reply-text").fill(WORDS)
    await page.get_by_role("button", name="Log out").click()
    await log_in_again(one, await clinic.token("caio", "staff"))
    page = await one.go(f"/chats/demo/{MARIA}")
    await expect(page.locator("#reply-text")).to_have_value("")
    assert await page.evaluate("sessionStorage.length") == 0


async def test_what_was_left_behind_on_purpose_does_not_come_back(clinic: Clinic, visit: NewVisit) -> None:
    one = await visit(clinic)
    page = await one.go(f"/chats/demo/{MARIA}")
    await page.locator("#reply-text").fill(WORDS)
    await one.go(f"/chats/demo/{LUCIA}")
    page = await one.go(f"/chats/demo/{MARIA}")
    await expect(page.locator("#talk-name")).to_have_text("Maria Silva")
    await expect(page.locator("#reply-text")).to_have_value("")


async def test_without_a_script_the_login_says_that_it_is_lost(clinic: Clinic, visit: NewVisit) -> None:
    one = await visit(clinic, script=False)
    page = await one.go(f"/chats/demo/{MARIA}")
    await page.locator("#reply-text").fill(WORDS)
    await one.forget_session()
    await page.locator("#composer button.primary").click()
    await expect(page.get_by_role("alert")).to_contain_text("nothing was sent or changed")
    await expect(page.get_by_role("alert")).to_contain_text("could not be kept")
    await log_in_again(one)
    await expect(page).to_have_url(f"{one.url}/chats/demo/{MARIA}")
    await expect(page.locator("#talk-name")).to_have_text("Maria Silva")


async def test_a_file_that_is_too_large_for_its_form_costs_no_words(
    clinic: Clinic, visit: NewVisit, tmp_path: Path
) -> None:
    one = await visit(clinic)
    page: Page = await one.go("/knowledge/new")
    large = tmp_path / "large.md"
    large.write_bytes(b"x" * (7 * 1024**2))
    await page.get_by_label("File name").fill("parking.md")
    await page.get_by_role("textbox", name="Text", exact=True).fill(WORDS)
    await page.locator("input[type=file]").set_input_files(large)
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("heading", name="It is too large")).to_be_visible()
    await page.get_by_role("link", name="Back to the form").click()
    await expect(page.get_by_role("textbox", name="Text", exact=True)).to_have_value(WORDS)
    await expect(page.get_by_label("File name")).to_have_value("parking.md")


async def test_a_reply_that_was_refused_stays_and_the_chat_goes_on(clinic: Clinic, visit: NewVisit) -> None:
    """The answer to a form stands at an address that cannot be looked at; what follows asks for the page itself."""
    one = await visit(clinic)
    page = await one.go(f"/chats/demo/{MARIA}?template=reminder")
    await page.get_by_label("service").fill("Limpeza")
    await page.locator("button.send-template").click()
    await expect(page.get_by_role("alert")).to_contain_text("missing: Date")
    await expect(page).to_have_url(f"{one.url}/chats/demo/{MARIA}?template=reminder")
    await clinic.morning.ago(0).write(clinic.morning.wrote(MARIA, "Maria Silva", "mais uma coisa"))
    await expect(page.locator("#messages")).to_contain_text("mais uma coisa")
    await expect(page.locator("#people-list .person")).not_to_have_count(0)
    await expect(page.get_by_label("service")).to_have_value("Limpeza")
