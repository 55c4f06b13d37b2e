"""Does the page show what happens to whoever may see it, and do nothing for whoever may not?"""

import pytest
from playwright.async_api import expect

from shared.events import AdminActed

from .conftest import Clinic, NewVisit
from .morning import INSTANCE, MARIA


async def test_the_overview_follows_what_happens(clinic: Clinic, visit: NewVisit) -> None:
    page = await (await visit(clinic)).go("/")
    received = page.locator("dt", has_text="Received").locator("xpath=following-sibling::dd[1]")
    before = int(await received.inner_text())
    await clinic.morning.ago(0).write(clinic.morning.wrote(MARIA, "Maria Silva", "oi de novo"))
    await expect(received).to_have_text(str(before + 1))


async def test_a_template_is_previewed(clinic: Clinic, visit: NewVisit) -> None:
    page = await (await visit(clinic)).go("/templates")
    await page.get_by_role("link", name="results_ready").click()
    await page.get_by_label("Name", exact=True).fill("Lucía")
    await page.locator("#preview select[name=language]").select_option("es")
    await page.get_by_role("button", name="Preview").click()
    await expect(page.locator("#preview .bubble")).to_contain_text("Lucía, ")


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
    assert [fact for fact in await clinic.facts(AdminActed) if fact.actor == "eve"] == []


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
