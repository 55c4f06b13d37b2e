"""Can an operator send a template to a pasted list, see what is wrong with it, watch it and stop it; and take back
what is scheduled?"""

import pytest
from playwright.async_api import expect

from shared.events import SendCancelled, SendDelivered, SendRequested, following
from shared.streams import keys

from .conftest import Clinic, NewVisit
from .morning import INSTANCE, MARIA

BAD = "telefone;name\n5511900000001;Ana\n\n12;Bia\n5511900000002\n5511900000001;Outra\n5511900000003;Caio;mais"
GOOD = "telefone;name\n" + "\n".join(f"(11) 90000-00{n:02};Pessoa {n}" for n in range(1, 31))
SAYS = {
    "pt": ("Destinatários", "Ver como fica", "4 linhas a corrigir", "Iria para 30 pessoas",
           "Enviar para 30 pessoas", "Parar o envio", "parado"),
    "es": ("Destinatarios", "Ver cómo queda", "4 líneas por corregir", "Iría a 30 personas",
           "Enviar a 30 personas", "Detener el envío", "detenido"),
    "en": ("Recipients", "See what it comes to", "4 lines to mend", "It would go to 30 people",
           "Send to 30 people", "Stop the broadcast", "stopped"),
}  # fmt: skip


@pytest.mark.parametrize("lang", SAYS)
async def test_a_list_is_pasted_mended_tried_sent_watched_and_stopped(
    clinic: Clinic, visit: NewVisit, lang: str
) -> None:
    recipients, look, wrong, would, send, stop, stopped = SAYS[lang]
    page = await (await visit(clinic, lang=lang)).go("/broadcasts/new?template=results_ready")
    await page.get_by_label(recipients).fill(BAD)
    await page.get_by_role("button", name=look).click()
    await expect(page.get_by_role("heading", name=wrong)).to_be_visible()
    lines = page.locator("#faults li")
    for at, (number, said) in enumerate([(4, "12;Bia"), (5, "5511900000002"), (6, "Outra"), (7, "mais")]):
        await expect(lines.nth(at).locator("strong")).to_contain_text(str(number))
        await expect(lines.nth(at)).to_contain_text(said)
    await expect(page.get_by_label(recipients)).to_have_value(BAD)
    await page.get_by_label(recipients).fill(GOOD)
    await page.get_by_role("button", name=look).click()
    await expect(page.locator("#trial")).to_contain_text(would)
    await expect(page.locator("#trial .bubble")).to_have_count(3)
    await expect(page.locator("#trial")).to_contain_text("+55 11 90000-0001")
    await expect(page.locator("#numbers li")).to_have_count(30)
    assert not [fact for fact in await clinic.facts(SendRequested) if fact.send_class == "broadcast"]
    await page.locator("#trial input[name=confirm]").fill("demo")
    await page.get_by_role("button", name=send).click()
    await expect(page.locator("#progress")).to_contain_text("10")  # as many as may wait ahead of a patient's answer
    first, *_ = [fact for fact in await clinic.facts(SendRequested) if fact.send_class == "broadcast"]
    await page.get_by_role("button", name=stop).click()
    await expect(page.locator("#progress")).to_contain_text(stopped)
    await expect(page.get_by_role("button", name=stop)).to_have_count(0)
    asked = [fact for fact in await clinic.facts(SendRequested) if fact.send_class == "broadcast"]
    assert first in asked
    assert len(asked) == len(await clinic.facts(SendCancelled)) == 10
    assert await clinic.redis.xlen(keys.outbound(INSTANCE)) == 0


async def test_a_broadcast_moves_on_the_page_as_it_moves(clinic: Clinic, visit: NewVisit) -> None:
    """What becomes of its messages is counted without a reload."""
    page = await (await visit(clinic)).go("/broadcasts/new?template=results_ready")
    await page.get_by_label("Recipients").fill("5511900000001;Ana\n5511900000002;Bia\n5511900000002;Bia")
    await page.get_by_role("button", name="See what it comes to").click()
    await expect(page.locator("#trial")).to_contain_text("1 line is there twice")
    await expect(page.locator("#trial")).to_be_in_viewport()
    await page.get_by_label("To confirm, type demo").fill("demo")
    await page.get_by_role("button", name="Send to 2 people").click()
    await expect(page.locator("#progress")).to_contain_text("2 of 2")
    await expect(page.locator("#progress")).to_contain_text("all requested")
    await expect(page.locator("#live.on")).to_be_visible()
    for send in [fact for fact in await clinic.facts(SendRequested) if fact.send_class == "broadcast"]:
        now = clinic.morning.ago(0).later(0)
        arrived = following(SendDelivered, send, "there", now, send_id=send.id, message_id=f"B{send.to}")
        await clinic.morning.write(arrived)
    await expect(page.locator("#progress dl")).to_contain_text("delivered")
    await expect(page.locator("#progress dl")).not_to_contain_text("queued")


async def test_a_list_without_anybody_and_a_wrong_confirmation_send_nothing(clinic: Clinic, visit: NewVisit) -> None:
    page = await (await visit(clinic)).go("/broadcasts/new?template=results_ready")
    await page.get_by_role("button", name="See what it comes to").click()
    await expect(page.get_by_role("alert").locator(".chip")).to_have_text("Recipients")
    await page.get_by_label("Recipients").fill("5511900000001;Ana")
    await page.get_by_role("button", name="See what it comes to").click()
    await page.get_by_label("To confirm, type demo").fill("demos")
    await page.get_by_role("button", name="Send to 1 person").click()
    await expect(page.get_by_role("alert")).to_contain_text("must repeat the instance's name")
    await expect(page.get_by_label("Recipients")).to_have_value("5511900000001;Ana")
    assert await clinic.get("/admin/broadcasts") == {"items": [], "next": None}


async def test_a_reminder_is_scheduled_and_taken_back(clinic: Clinic, visit: NewVisit) -> None:
    page = await (await visit(clinic, await clinic.token("ana", "staff"))).go("/schedule")
    await expect(page.locator("#waiting")).to_contain_text("Nothing is scheduled")
    await page.get_by_label("Phone").fill("12")
    await page.get_by_label("Text").fill("Sua consulta é amanhã.")
    await page.get_by_role("button", name="Schedule").click()
    await expect(page.get_by_role("alert")).to_contain_text("Phone")
    await expect(page.get_by_label("Text")).to_have_value("Sua consulta é amanhã.")
    await page.get_by_label("Phone").fill("+55 11 98888-7777")
    await page.get_by_role("button", name="Schedule").click()
    await expect(page.locator("#waiting")).to_contain_text("Sua consulta é amanhã.")
    await page.get_by_role("button", name="Cancel").click()
    await expect(page.locator("#waiting")).to_contain_text("Nothing is scheduled")


async def test_a_reminder_that_went_out_meanwhile_is_not_said_to_be_cancelled(clinic: Clinic, visit: NewVisit) -> None:
    when = str((await clinic.get("/admin/overview"))["at"] + 3_600_000)
    body = {"instance": INSTANCE, "to": MARIA, "text": "Até já!", "class": "reminder", "send_at": int(when)}
    assert (await clinic.admin.post("/admin/messages", json=body)).status == 202
    page = await (await visit(clinic)).go("/schedule")
    await expect(page.locator("#waiting")).to_contain_text("Até já!")
    await clinic.redis.delete(keys.due(INSTANCE), keys.parked(INSTANCE))  # as if its time had come
    await page.get_by_role("button", name="Cancel").click()
    await expect(page.get_by_role("alert")).to_contain_text("too late")
    assert await clinic.facts(SendCancelled) == []


async def test_what_is_cancelled_says_who_did_it(clinic: Clinic, visit: NewVisit) -> None:
    one = await visit(clinic, await clinic.token("ana", "staff"), lang="es")
    page = await one.go("/schedule")
    await page.get_by_label("Teléfono").fill(MARIA)
    await page.get_by_label("Texto").fill("Hasta mañana.")
    await page.get_by_role("button", name="Programar").click()
    await page.get_by_role("button", name="Cancelar").click()
    await expect(page.get_by_role("status").first).to_contain_text("El envío fue cancelado")
    (fact,) = await clinic.facts(SendCancelled)
    assert fact.by == "ana"
    assert await clinic.redis.zcard(keys.due(INSTANCE)) == 0
