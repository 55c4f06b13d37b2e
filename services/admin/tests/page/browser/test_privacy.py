"""Can a person's data be handed to them and erased from the page, and is nobody else's touched by a slip?"""

import json

import pytest
from playwright.async_api import expect

from shared.events import AdminActed, MessageReceived

from .conftest import Clinic, NewVisit
from .morning import LUCIA, MARIA

SAYS = {
    "pt": ("Dados de uma pessoa", "Telefone", "Ver o que há", "Para confirmar",
           "Apagar para sempre", "A pessoa foi apagada"),
    "es": ("Datos de una persona", "Teléfono", "Ver qué hay", "Para confirmar",
           "Borrar para siempre", "La persona fue borrada"),
    "en": ("A person's data", "Phone", "See what there is", "To confirm",
           "Erase for good", "The person was erased"),
}  # fmt: skip


async def anywhere(clinic: Clinic, word: str) -> list[bytes]:
    """The keys in whose name or value `word` stands."""
    found = []
    async for key in clinic.redis.scan_iter():
        dumped = await clinic.redis.dump(key) or b""
        if word.encode() in key or word.encode() in dumped:
            found.append(key)
    return found


@pytest.mark.parametrize("lang", SAYS)
async def test_a_person_is_looked_up_erased_and_nowhere_left(clinic: Clinic, visit: NewVisit, lang: str) -> None:
    title, phone, look, confirm, erase, done = SAYS[lang]
    assert await anywhere(clinic, LUCIA)
    one = await visit(clinic, lang=lang)
    page = await one.go("/settings")
    await page.get_by_role("link", name=title).click()
    await page.get_by_label(phone).fill("+54 9 11 5555-6666" if lang == "es" else "+54 911 5555 6666")
    await page.get_by_role("button", name=look).click()
    await expect(page.locator("#known")).to_contain_text("3 m")
    await page.get_by_label(confirm).fill(LUCIA)
    await page.get_by_role("button", name=erase).click()
    await expect(page.locator("#erasure")).to_contain_text(done)
    assert LUCIA not in page.url
    assert await anywhere(clinic, LUCIA) == []
    assert [fact.sender_name for fact in await clinic.facts(MessageReceived) if fact.chat == MARIA]
    page = await one.go("/chats?find=Luc%C3%ADa")
    await expect(page.locator(".person")).to_have_count(0)


async def test_a_number_that_is_confirmed_wrongly_erases_nobody(clinic: Clinic, visit: NewVisit) -> None:
    one = await visit(clinic)
    page = await one.go(f"/chats/demo/{LUCIA}")
    await page.get_by_role("link", name="Download or erase their data").click()
    await expect(page.get_by_label("Phone")).to_have_value(LUCIA)
    await page.get_by_label("Reason").fill("asked for it by e-mail")
    await page.get_by_label("To confirm").fill(MARIA)
    await page.get_by_role("button", name="Erase for good").click()
    await expect(page.get_by_role("alert")).to_contain_text("must repeat the phone number")
    await expect(page.get_by_label("Reason")).to_have_value("asked for it by e-mail")
    await expect(page.get_by_label("To confirm")).to_have_value("")
    await page.get_by_label("Reason").fill("Lucía Pérez asked for it")
    await page.get_by_label("To confirm").fill(LUCIA)
    await page.get_by_role("button", name="Erase for good").click()
    await expect(page.get_by_role("alert")).to_contain_text("must not name the person")
    assert await anywhere(clinic, LUCIA)
    assert [fact for fact in await clinic.facts(MessageReceived) if fact.chat == LUCIA]


async def test_a_number_that_nobody_has_is_told_before_anything_is_erased(clinic: Clinic, visit: NewVisit) -> None:
    one = await visit(clinic)
    page = await one.go("/settings/privacy")
    await page.get_by_label("Phone").fill("+55 11 90000-1234")
    await page.get_by_role("button", name="See what there is").click()
    await expect(page.locator("#known")).to_contain_text("no chat with this number")
    await page.get_by_label("Phone").fill("12")
    await page.get_by_role("button", name="See what there is").click()
    await expect(page.get_by_role("alert").locator(".chip")).to_have_text("Phone")
    await expect(page.locator("#erase")).to_have_count(0)


async def test_a_persons_data_are_downloaded_and_the_audit_says_so_without_a_name(
    clinic: Clinic, visit: NewVisit
) -> None:
    one = await visit(clinic)
    page = await one.go(f"/settings/privacy?chat={LUCIA}")
    async with page.expect_download() as waiting:
        await page.get_by_role("link", name="Download the data").click()
    download = await waiting.value
    lines = [json.loads(line) for line in (await download.path()).read_text("utf-8").splitlines()]
    assert {line["chat"] for line in lines} == {LUCIA}
    assert any("¿Abren los sábados?" in str(line) for line in lines)
    (acted,) = [fact for fact in await clinic.facts(AdminActed) if fact.action == "privacy.export"]
    assert (acted.touched, acted.chat) == (len(lines), "")
    page = await one.go("/audit")
    await expect(page.locator("tbody tr").first).to_contain_text("Exported a person's data")
    await expect(page.locator("tbody tr").first).not_to_contain_text(LUCIA)


async def test_a_chat_is_downloaded_by_whoever_may_see_it(clinic: Clinic, visit: NewVisit) -> None:
    one = await visit(clinic, await clinic.token("eve", "viewer"))
    page = await one.go(f"/chats/demo/{LUCIA}")
    async with page.expect_download() as waiting:
        await page.get_by_role("link", name="Download this chat").click()
    lines = (await (await waiting.value).path()).read_text("utf-8").splitlines()
    assert "Quiero hablar con una persona" in lines[0]
    await expect(page.get_by_role("link", name="Download or erase their data")).to_have_count(0)
    await one.go(f"/settings/privacy?chat={LUCIA}")
    await expect(page.get_by_role("heading", name="Your access does not allow this")).to_be_visible()


async def test_without_a_script_an_erasure_is_followed_by_looking_again(clinic: Clinic, visit: NewVisit) -> None:
    one = await visit(clinic, script=False)
    page = await one.go(f"/settings/privacy?chat={LUCIA}")
    await page.get_by_label("To confirm").fill("+54 911 5555 6666")
    await page.get_by_role("button", name="Erase for good").click()
    done = page.locator("#erasure.good")
    again = page.get_by_role("link", name="See how it stands")
    while await again.count() and not await done.count():
        await again.click()
    await expect(done).to_contain_text("nothing was found")
