"""Can an operator mend what was not sent, one or many at once, without a patient getting anything twice?"""

import pytest
from playwright.async_api import expect

from shared.events import (
    AdminActed,
    SendAccepted,
    SendReplayed,
    SendRequested,
    decode,
    following,
)
from shared.streams import keys

from .conftest import Clinic, NewVisit
from .morning import EVE, INSTANCE, JOAO

READ = {JOAO: "+55 11 97777-6666", EVE: "+55 11 96666-5555"}
"""As a reader sees them."""
SENT_MEANWHILE = {
    "pt": ("Enviar de novo", "Agora não dá", "Enviar mesmo se já foi"),
    "es": ("Reenviar", "Ahora no se puede", "Enviar aunque ya se haya enviado"),
    "en": ("Send again", "Not possible now", "Send even if it went out already"),
}


async def waiting(clinic: Clinic) -> list[SendRequested]:
    """What is to be sent."""
    found = [decode(fields[b"e"]) for _, fields in await clinic.redis.xrange(keys.outbound(INSTANCE))]
    return [event for event in found if isinstance(event, SendRequested)]


async def sent_meanwhile(clinic: Clinic, to: str) -> None:
    """The gateway took the reminder after all."""
    (asked,) = [fact for fact in await clinic.facts(SendRequested) if fact.to == to and fact.send_class == "reminder"]
    now = clinic.morning.ago(1).later(0)
    await clinic.morning.write(
        following(SendAccepted, asked, "late", now, send_id=asked.id, attempt=1, message_id="BAE5LATE")
    )


async def test_words_and_number_are_mended_and_it_goes_out_once(clinic: Clinic, visit: NewVisit) -> None:
    page = await (await visit(clinic)).go("/dead-letters")
    await page.get_by_role("link", name=READ[JOAO]).click()
    await page.get_by_label("Phone").fill("12")
    await page.get_by_label("Text").fill("Sua consulta é depois de amanhã às 9h.")
    await page.get_by_role("button", name="Send again").click()
    await expect(page.get_by_role("alert").locator(".chip")).to_have_text("Phone")
    await expect(page.get_by_label("Text")).to_have_value("Sua consulta é depois de amanhã às 9h.")
    await page.get_by_label("Phone").fill("+55 11 91234-5678")
    await page.get_by_role("button", name="Send again").click()
    await expect(page.get_by_role("status").first).to_contain_text("Sent again")
    (send,) = await waiting(clinic)
    assert (send.to, getattr(send.content, "text", "")) == ("5511912345678", "Sua consulta é depois de amanhã às 9h.")
    await expect(page.locator(".letter")).to_have_count(1)


@pytest.mark.parametrize("lang", SENT_MEANWHILE)
async def test_one_that_was_sent_meanwhile_goes_out_only_when_that_is_wanted(
    clinic: Clinic, visit: NewVisit, lang: str
) -> None:
    again, told, resend = SENT_MEANWHILE[lang]
    page = await (await visit(clinic, lang=lang)).go("/dead-letters")
    await page.get_by_role("link", name=READ[JOAO]).click()
    await sent_meanwhile(clinic, JOAO)
    await page.get_by_role("button", name=again).click()
    await expect(page.get_by_role("alert")).to_contain_text(told)
    await expect(page.get_by_role("alert").locator(".chip")).to_have_text(resend)
    assert (await waiting(clinic), await clinic.facts(SendReplayed)) == ([], [])
    await page.get_by_label(resend).check()
    await page.get_by_role("button", name=again).click()
    await expect(page.locator(".letter")).to_have_count(1)
    assert len(await waiting(clinic)) == 1


async def test_of_many_that_are_replayed_those_sent_meanwhile_stay(clinic: Clinic, visit: NewVisit) -> None:
    page = await (await visit(clinic)).go("/dead-letters")
    await sent_meanwhile(clinic, JOAO)
    await page.get_by_role("button", name="Send the ticked again").click()
    await expect(page.get_by_role("alert").locator(".chip")).to_have_text("Ticked")
    await page.get_by_label("All on this page").check()
    await page.get_by_role("button", name="Send the ticked again").click()
    await expect(page.get_by_role("heading", name="1 would be sent again")).to_be_visible()
    await expect(page.locator(".trial")).to_contain_text("sent meanwhile")
    assert await waiting(clinic) == []
    await page.get_by_label("To confirm, type demo").fill("demo")
    await page.get_by_role("button", name="Send again", exact=True).click()
    await expect(page.get_by_role("status").first).to_contain_text("Sent again")
    assert [send.to for send in await waiting(clinic)] == [EVE]
    await expect(page.locator(".letter")).to_have_count(1)
    await expect(page.locator(".letter")).to_contain_text(READ[JOAO])


async def test_all_with_a_reason_are_chosen_only_when_that_is_ticked(clinic: Clinic, visit: NewVisit) -> None:
    page = await (await visit(clinic)).go("/dead-letters?reason=400")
    await page.get_by_role("button", name="Discard the ticked").click()
    await expect(page.get_by_role("alert").locator(".chip")).to_have_text("Ticked")
    await page.get_by_label("All with this reason").check()
    await page.get_by_role("button", name="Discard the ticked").click()
    await expect(page.get_by_role("heading", name="1 would be discarded")).to_be_visible()
    await page.get_by_label("To confirm, type demo").fill("demo")
    await page.get_by_role("button", name="Discard", exact=True).click()
    await expect(page.get_by_role("status").first).to_contain_text("Discarded")
    await expect(page.locator(".letter")).to_contain_text(READ[JOAO])


async def test_many_are_discarded_only_when_confirmed(clinic: Clinic, visit: NewVisit) -> None:
    page = await (await visit(clinic)).go("/dead-letters")
    await page.get_by_label("All on this page").check()
    await page.get_by_role("button", name="Discard the ticked").click()
    await expect(page.get_by_role("heading", name="2 would be discarded")).to_be_visible()
    await page.get_by_label("To confirm, type demo").fill("dmo")
    await page.get_by_role("button", name="Discard", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("must repeat the instance's name")
    await expect(page.locator(".letter")).to_have_count(2)
    await page.get_by_role("button", name="Discard the ticked").click()
    await page.get_by_label("To confirm, type demo").fill("demo")
    await page.get_by_role("button", name="Discard", exact=True).click()
    await expect(page.locator("#letters")).to_contain_text("Nothing waits for a decision")


async def test_one_is_discarded_and_who_did_it_is_kept(clinic: Clinic, visit: NewVisit) -> None:
    one = await visit(clinic)
    page = await one.go("/dead-letters")
    await page.get_by_role("link", name=READ[EVE]).click()
    await page.get_by_role("button", name="Discard").click()
    await expect(page.get_by_role("status").first).to_contain_text("Discarded")
    await expect(page.locator(".letter")).to_have_count(1)
    (acted,) = await clinic.facts(AdminActed)
    assert (acted.actor, acted.action) == ("admin", "dead_letter.discard")
    page = await one.go("/audit")
    await expect(page.locator("tbody tr").first).to_contain_text("Discarded")


async def test_one_that_somebody_else_saw_to_is_told_to_be_gone(clinic: Clinic, visit: NewVisit) -> None:
    first, second = await visit(clinic), await visit(clinic)
    for one in (first, second):
        page = await one.go("/dead-letters")
        await page.get_by_role("link", name=READ[EVE]).click()
    await first.page.get_by_role("button", name="Discard").click()
    await expect(first.page.locator(".letter")).to_have_count(1)
    await second.page.get_by_role("button", name="Send again").click()
    await expect(second.page.get_by_role("heading", name="There is no such thing")).to_be_visible()
    assert await waiting(clinic) == []


async def test_without_a_script_some_are_ticked_by_hand(clinic: Clinic, visit: NewVisit) -> None:
    page = await (await visit(clinic, script=False)).go("/dead-letters")
    await page.get_by_label(f"Tick {READ[EVE]}").check()
    await page.get_by_role("button", name="Discard the ticked").click()
    await page.get_by_label("To confirm, type demo").fill("demo")
    await page.get_by_role("button", name="Discard", exact=True).click()
    await expect(page.locator(".letter")).to_have_count(1)
    await expect(page.locator(".letter")).to_contain_text(READ[JOAO])


async def test_a_reason_is_told_in_the_readers_language_and_leads_to_all_that_have_it(
    clinic: Clinic, visit: NewVisit
) -> None:
    page = await (await visit(clinic, lang="pt")).go("/dead-letters")
    letter = page.locator("li.letter", has_text="o número não tem WhatsApp")
    await expect(page.locator("li.letter")).to_have_count(2)
    await letter.get_by_role("link", name="só as deste motivo").click()
    await expect(page.locator("li.letter")).to_have_count(1)
    await page.locator("li.letter a").click()
    await expect(page.get_by_role("heading", level=1).locator("..")).to_contain_text("o número não tem WhatsApp")
    await expect(page.locator("tbody")).to_contain_text("recusada de vez: o número não tem WhatsApp")
