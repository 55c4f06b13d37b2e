"""Can an operator run it from the page: dead letters, the schedule, broadcasts, tokens; and nobody else?"""

import pytest
from playwright.async_api import expect

from shared.events import AdminActed, SendReplayed

from .conftest import Clinic, NewVisit
from .morning import INSTANCE, JOAO, MARIA
from .test_talking import facts_of


async def test_the_overview_follows_what_happens(clinic: Clinic, visit: NewVisit) -> None:
    page = (await visit(clinic)).page
    received = page.locator("dt", has_text="Received").locator("xpath=following-sibling::dd[1]")
    before = int(await received.inner_text())
    await clinic.morning.ago(0).write(clinic.morning.wrote(MARIA, "Maria Silva", "oi de novo"))
    await expect(received).to_have_text(str(before + 1))


async def test_a_dead_letter_is_read_mended_and_sent_again(clinic: Clinic, visit: NewVisit) -> None:
    page = await (await visit(clinic)).go("/dead-letters?reason=WhatsApp")
    await expect(page.locator(".letter")).to_have_count(1)
    await page.get_by_role("link", name=JOAO).click()
    await expect(page.locator("table")).to_contain_text("number not on WhatsApp")
    await page.get_by_label("Phone").fill("5511912345678")
    await page.get_by_role("button", name="Send again").click()
    await expect(page.get_by_role("status").first).to_contain_text("Sent again")
    await expect(page.locator(".letter")).to_have_count(1)
    assert len(await facts_of(clinic, SendReplayed)) == 1


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
    await expect(page.locator("#letters")).to_contain_text("Nothing was left behind")


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


async def test_a_template_is_previewed(clinic: Clinic, visit: NewVisit) -> None:
    page = await (await visit(clinic)).go("/templates")
    await page.get_by_role("link", name="results_ready").click()
    await page.get_by_label("Name", exact=True).fill("Lucía")
    await page.locator("#preview select[name=language]").select_option("es")
    await page.get_by_role("button", name="Preview").click()
    await expect(page.locator("#preview .bubble")).to_contain_text("Lucía, ")


async def test_a_broadcast_is_tried_started_and_stopped(clinic: Clinic, visit: NewVisit) -> None:
    page = await (await visit(clinic)).go("/broadcasts/new?template=results_ready")
    await page.get_by_label("Recipients").fill("telefone;name\n5511900000001;Ana\n12;Bia")
    await page.get_by_role("button", name="See what it comes to").click()
    await expect(page.get_by_role("alert")).to_contain_text("line 2: Phone")
    await page.get_by_label("Recipients").fill("telefone;name\n5511900000001;Ana\n5511900000002;Bia\n5511900000002;Bia")
    await page.get_by_label("Per minute").fill("1")
    await page.get_by_role("button", name="See what it comes to").click()
    await expect(page.locator("#trial")).to_contain_text("It would go to 2 people")
    await expect(page.locator("#trial")).to_contain_text("1 line is there twice")
    await expect(page.locator("#trial .bubble").first).to_contain_text("Ana,")
    await page.get_by_label("To confirm, type demo").fill("demo")
    await page.get_by_role("button", name="Send to 2 people").click()
    await expect(page.locator("#progress")).to_contain_text("of 2")
    await page.get_by_role("button", name="Stop the broadcast").click()
    await expect(page.locator("#progress")).to_contain_text("stopped")
    await page.get_by_role("link", name="Broadcasts").first.click()
    await expect(page.locator("#broadcasts li")).to_have_count(1)


async def test_a_token_is_told_once_and_can_be_taken_back(clinic: Clinic, visit: NewVisit) -> None:
    one = await visit(clinic)
    page = await one.go("/settings")
    await page.get_by_role("textbox", name="Name", exact=True).fill("bia")
    await page.get_by_role("button", name="Make a token").click()
    secret = await page.locator("code.secret").inner_text()
    bia = await visit(clinic, secret)
    await bia.go("/chats")
    await page.reload()
    page = await one.go("/settings")
    assert secret not in await page.content()
    await page.get_by_role("button", name="Revoke bia").click()
    await expect(page.locator("#tokens")).to_contain_text("Nobody has a token of their own")
    await bia.go("/chats")
    await expect(bia.page).to_have_url(f"{bia.url}/login?next=/chats")


async def test_what_a_role_may_not_do_is_not_shown_and_refused(clinic: Clinic, visit: NewVisit) -> None:
    one = await visit(clinic, await clinic.token("eve", "viewer"))
    page = await one.go(f"/chats/demo/{MARIA}")
    assert await page.get_by_role("button", name="Take over").count() == 0
    assert await page.locator("#reply-text").count() == 0
    assert await page.get_by_role("link", name="Settings").count() == 0
    csrf = await page.locator("input[name=csrf]").first.get_attribute("value")
    for path in (f"/chats/demo/{MARIA}/take", "/dead-letters", "/settings", "/schedule", "/broadcasts/new"):
        answer = await one.context.request.post(one.url + path, form={"csrf": csrf or ""}, max_redirects=0)
        assert answer.status == 403, path
    assert (await one.go("/settings")).url == f"{one.url}/settings"
    await expect(one.page.get_by_role("heading", name="Your access does not allow this")).to_be_visible()
    assert [fact for fact in await facts_of(clinic, AdminActed) if fact.actor == "eve"] == []


async def test_a_form_of_another_site_changes_nothing(clinic: Clinic, visit: NewVisit) -> None:
    one = await visit(clinic)
    for form in ({}, {"csrf": "wrong"}):
        answer = await one.context.request.post(f"{one.url}/chats/demo/{MARIA}/take", form=form, max_redirects=0)
        assert answer.status == 403
    assert (await clinic.get(f"/admin/conversations/{MARIA}"))["status"] == "bot"


async def test_the_audit_tells_who_did_what(clinic: Clinic, visit: NewVisit) -> None:
    page = await (await visit(clinic)).go(f"/chats/demo/{MARIA}")
    await page.get_by_role("button", name="Take over", exact=True).click()
    await expect(page.locator("#talk-state")).to_contain_text("answers this chat")
    await page.goto(page.url.partition("/chats")[0] + f"/audit?instance={INSTANCE}")
    await expect(page.locator("tbody tr").first).to_contain_text("A person took over")


@pytest.mark.parametrize("path", ["/", "/chats", "/dead-letters", "/schedule", "/broadcasts", "/audit"])
async def test_an_empty_page_says_what_to_do(empty: Clinic, visit: NewVisit, path: str) -> None:
    page = await (await visit(empty)).go(path)
    await expect(page.locator(".empty").first).to_be_visible()


async def test_a_bot_that_is_paused_on_the_whole_number_is_seen_where_one_looks(
    clinic: Clinic, visit: NewVisit
) -> None:
    assert (await clinic.admin.post(f"/admin/bot/pause?instance={INSTANCE}", json={})).status == 200
    one = await visit(clinic, lang="pt")
    await expect((await one.go("/")).locator("#bot-paused")).to_contain_text(INSTANCE)
    await expect(one.page.locator("#health")).to_contain_text("mensagens não enviadas")
    page = await one.go(f"/chats/{INSTANCE}/{MARIA}")
    await expect(page.locator("#talk-state")).to_contain_text("em pausa em todo este número")
