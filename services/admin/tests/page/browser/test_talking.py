"""Can staff follow a chat, see why the bot said what it said, take it over, write, and give it back?"""

import pytest
from playwright.async_api import Page, expect

from shared.events import HandoffTaken, SendRequested
from tests.support.waiting import until

from .conftest import Clinic, NewVisit
from .morning import HOSTILE, INSTANCE, LUCIA, MARIA

TAKE = {"pt": ("Assumir", "atende esta conversa"), "es": ("Atender yo", "atiende este chat"),
        "en": ("Take over", "answers this chat")}  # fmt: skip
GIVE_BACK = {"pt": "Devolver ao robô", "es": "Devolver al bot", "en": "Give back to the bot"}


def last_message(page: Page):
    return page.locator("#messages li.message").last


@pytest.mark.parametrize("lang", TAKE)
async def test_staff_take_a_chat_over_write_and_give_it_back(clinic: Clinic, visit: NewVisit, lang: str) -> None:
    page = await (await visit(clinic, await clinic.token("ana", "staff"), lang=lang)).go("/chats")
    await page.get_by_role("link", name="Lucía Pérez").click()
    take, taken = TAKE[lang]
    await page.get_by_role("button", name=take, exact=True).click()
    await expect(page.locator("#talk-state")).to_contain_text(taken)
    await page.locator("#reply-text").fill("Hola Lucía, soy Ana.")
    await page.keyboard.press("Enter")
    await expect(last_message(page)).to_contain_text("Hola Lucía, soy Ana.")
    await expect(page.locator("#reply-text")).to_have_value("")
    (written,) = [send for send in await clinic.facts(SendRequested) if send.chat == LUCIA and send.by == "ana"]
    assert written.send_class == "staff"
    await page.get_by_role("button", name=GIVE_BACK[lang]).click()
    await expect(page.get_by_role("button", name=take, exact=True)).to_be_visible()


async def test_the_story_of_an_answer_tells_its_sources(clinic: Clinic, visit: NewVisit) -> None:
    one = await visit(clinic)
    page = await one.go(f"/chats/demo/{MARIA}")
    answer = page.locator("#messages li.message", has_text="R$ 180,00")
    await answer.get_by_role("link", name="See the story").click()
    story = page.locator("#open-story")
    for step in ("Message received", "Answer found", "Queued", "Handed to the gateway", "Sent", "Arrived on the phone"):
        await expect(story.get_by_text(step, exact=True)).to_be_visible()
    await expect(story).to_contain_text("dental.md#limpeza")


async def test_the_story_of_a_question_is_told_once(clinic: Clinic, visit: NewVisit) -> None:
    """Its answer has the same one."""
    page = await (await visit(clinic)).go(f"/chats/demo/{MARIA}")
    question = page.locator("#messages li.message", has_text="Quanto custa a limpeza?")
    await question.get_by_role("link", name="See the story").click()
    await expect(question.locator(".story")).to_be_visible()
    await expect(page.locator(".story")).to_have_count(1)


async def test_a_patients_html_is_text(clinic: Clinic, visit: NewVisit) -> None:
    await clinic.morning.ago(0).write(clinic.morning.wrote("5511900009999", HOSTILE, HOSTILE))
    await clinic.seen()
    one = await visit(clinic)  # a dialog or a broken policy fails the test
    for path in ("/chats", "/chats/demo/5511900009999", f"/chats/demo/{MARIA}", "/", "/audit"):
        page = await one.go(path)
        assert await page.locator("main img[src=x], main script").count() == 0
    page = await one.go("/chats/demo/5511900009999")
    await expect(page.locator("#messages")).to_contain_text(HOSTILE)
    await expect(page.locator("#talk-name")).to_have_text(HOSTILE)


async def test_a_new_message_shows_without_a_reload(clinic: Clinic, visit: NewVisit) -> None:
    one = await visit(clinic)
    page = await one.go(f"/chats/demo/{MARIA}")
    await expect(page.locator("#live.on")).to_be_visible()
    await page.locator("#reply-text").fill("half a sen")
    await clinic.morning.ago(0).write(clinic.morning.wrote(MARIA, "Maria Silva", "mais uma coisa"))
    await expect(last_message(page)).to_contain_text("mais uma coisa")
    await expect(page.locator("#reply-text")).to_have_value("half a sen")  # what was being written stays
    await expect(page.locator(f"#person-{MARIA}")).to_contain_text("mais uma coisa")


async def test_chats_are_found_by_name_and_by_status(clinic: Clinic, visit: NewVisit) -> None:
    one = await visit(clinic)
    page = await one.go("/chats")
    await page.get_by_role("searchbox").fill("lucía")
    await expect(page.locator(".person")).to_have_count(1)
    page = await one.go("/chats?status=wanted")
    await expect(page.locator(".person")).to_have_count(2)
    await expect(page.locator(".person", has_text="John Miller")).to_contain_text("Urgent")
    page = await one.go("/chats?find=nobody-is-called-this")
    await expect(page.locator("#people-list")).to_contain_text("Nothing found")


async def test_a_template_is_filled_in_previewed_and_sent(clinic: Clinic, visit: NewVisit) -> None:
    one = await visit(clinic, await clinic.token("ana", "staff"))
    page = await one.go(f"/chats/demo/{MARIA}")
    await page.get_by_text("Use a template").click()
    await page.get_by_role("link", name="results_ready").click()
    await expect(page.locator(".picked").get_by_label("Name", exact=True)).to_have_value("Maria Silva")
    await page.get_by_role("button", name="Preview").click()
    await expect(page.locator(".picked .bubble")).to_contain_text("Maria Silva,")
    await page.locator("button.send-template").click()
    await expect(last_message(page)).to_contain_text("Maria Silva,")
    (send,) = [send for send in await clinic.facts(SendRequested) if send.template == "results_ready"]
    assert send.by == "ana"


async def test_a_missing_variable_is_told_by_its_name(clinic: Clinic, visit: NewVisit) -> None:
    one = await visit(clinic)
    page = await one.go(f"/chats/demo/{MARIA}?template=reminder")
    await page.get_by_label("Service").fill("Limpeza")
    await page.locator("button.send-template").click()
    await expect(page.get_by_role("alert")).to_contain_text("This is missing: Date.")
    await expect(page.get_by_label("Service")).to_have_value("Limpeza")
    await expect(page.get_by_label("Date")).to_have_attribute("aria-invalid", "true")


async def test_the_bot_is_paused_and_resumed(clinic: Clinic, visit: NewVisit) -> None:
    one = await visit(clinic)
    page = await one.go(f"/chats/demo/{MARIA}")
    await page.get_by_label("For how long").select_option("120")
    await page.get_by_label("Reason").fill("calling her")
    await page.get_by_role("button", name="Pause the bot").click()
    await expect(page.locator("#talk-state")).to_contain_text("The bot is paused until")
    await page.get_by_role("button", name="Resume the bot").click()
    await expect(page.locator("#talk-state")).to_contain_text("The bot answers this chat")


async def test_of_two_who_edit_a_contact_the_second_is_told(clinic: Clinic, visit: NewVisit) -> None:
    first, second = await visit(clinic), await visit(clinic)
    for one in (first, second):
        await one.go(f"/chats/demo/{MARIA}")
    await first.page.get_by_label("Notes").fill("Prefers mornings.")
    await first.page.get_by_label("VIP: is served first").uncheck()
    await first.page.get_by_role("button", name="Save").click()
    await expect(first.page.get_by_role("status").first).to_contain_text("Saved")
    await second.page.get_by_label("Notes").fill("Prefers evenings.")
    await second.page.get_by_label("Wants no reminders").check()
    await second.page.get_by_role("button", name="Save").click()
    await expect(second.page.get_by_role("alert")).to_contain_text("Somebody else changed this")
    await expect(second.page.get_by_label("Notes")).to_have_value("Prefers evenings.")
    await expect(second.page.get_by_label("Wants no reminders")).to_be_checked()
    await expect(second.page.locator("#theirs")).to_contain_text("Prefers mornings.")
    assert (await clinic.get(f"/admin/contacts/{MARIA}"))["notes"] == "Prefers mornings."


async def test_on_a_phone_the_list_comes_first_and_then_the_chat(clinic: Clinic, visit: NewVisit) -> None:
    one = await visit(clinic, width=390)
    page = await one.go("/chats")
    await expect(page.locator("#talk")).to_have_count(0)
    await page.get_by_role("link", name="Maria Silva").click()
    await expect(page.locator("#talk")).to_be_visible()
    await expect(page.locator(".people")).to_be_hidden()
    await page.get_by_role("link", name="Contact", exact=True).click()
    await expect(page.get_by_label("Notes")).to_have_value("Prefere a Dra. Helena.")
    await page.get_by_role("link", name="Conversation").click()
    await page.get_by_role("link", name="Back to the list").click()
    await expect(page.locator(".people")).to_be_visible()


async def test_everything_but_liveness_works_without_a_script(clinic: Clinic, visit: NewVisit) -> None:
    one = await visit(clinic, await clinic.token("ana", "staff"), script=False)
    page = await one.go("/chats")
    await page.get_by_role("searchbox").fill("Lucía")
    await page.get_by_role("searchbox").press("Enter")
    await page.get_by_role("link", name="Lucía Pérez").click()
    await page.get_by_role("button", name="Take over", exact=True).click()
    await page.locator("#reply-text").fill("Hola, sin script.")
    async with page.expect_navigation():
        await page.get_by_role("button", name="Send", exact=True).click()

    async def is_shown() -> bool:
        await page.reload()
        return "Hola, sin script." in await page.locator("#messages").inner_text()

    await until(is_shown)
    assert [fact.by for fact in await clinic.facts(HandoffTaken) if fact.chat == LUCIA] == ["ana"]
    await page.locator("#messages li.message", has_text="sábados de 8").get_by_role("link").click()
    await expect(page.locator("#open-story")).to_contain_text("Message received")


async def test_a_form_that_is_sent_twice_has_its_effect_once(clinic: Clinic, visit: NewVisit) -> None:
    one = await visit(clinic, script=False)
    page = await one.go(f"/chats/demo/{MARIA}")
    fields = await page.locator("#composer input[type=hidden]").evaluate_all(
        "all => all.map(one => [one.name, one.value])"
    )
    data = dict(fields) | {"text": "once is enough"}
    for _ in range(2):
        answer = await one.context.request.post(f"{one.url}/chats/demo/{MARIA}/reply", form=data, max_redirects=0)
        assert answer.status == 303
    sends = [
        send for send in await clinic.facts(SendRequested) if getattr(send.content, "text", "") == "once is enough"
    ]
    assert len(sends) == 1


async def test_a_story_opens_in_sight_and_only_the_messages_scroll(clinic: Clinic, visit: NewVisit) -> None:
    """Nothing scrolls but the list of messages: the page's head stays where it is."""
    page = await (await visit(clinic, lang="pt")).go(f"/chats/{INSTANCE}/{MARIA}")
    for said in ("obrigada!", "Oi, bom dia!"):
        await page.locator("#messages li.message", has_text=said).locator(".meta a").click()
        await expect(page.locator("#open-story li").first).to_be_in_viewport()
        overflow = "document.documentElement.scrollHeight - innerHeight"
        assert await page.evaluate(overflow) == 0
        scrolled = "document.querySelector('.frame').scrollTop + document.body.scrollTop + scrollY"
        assert await page.evaluate(scrolled) == 0
    await expect(page.locator("#live.on")).to_be_visible()
    await clinic.morning.ago(0).write(clinic.morning.wrote(MARIA, "Maria Silva", "mais uma coisa"))
    await expect(page.locator("#messages")).to_contain_text("mais uma coisa")
    await expect(page.locator("#open-story li").first).to_be_visible()  # news do not close it
