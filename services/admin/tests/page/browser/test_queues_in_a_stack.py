"""Does steering the queues from the page do what it says while all services run, and reach no patient twice?"""

from collections import Counter
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from demo.stack import ADMIN_TOKEN, Stack
from shared.events import AdminActed
from tests.e2e.desk import admin, arrived, ask, sleepless_clinics
from tests.e2e.story import Story
from tests.support.waiting import until

from .queues import PAGE, seen
from .test_queues import BEGIN, CLAIM, LATEST, RECREATE, SEE

SENDERS = ("sender-0", "sender-1")
QUESTION = "quanto custa a limpeza dental?"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


def _chat(n: int) -> str:
    return f"55119876500{n:02}"


def _phones(stack: Stack) -> Counter[str]:
    """How many messages each patient has on the phone."""
    return Counter(str(message["chat"]) for message in arrived(stack))


async def _answered(stack: Stack, *chats: int) -> None:
    """These patients, and nobody else, have an answer each; whoever stands there twice has two."""
    wanted = Counter(_chat(n) for n in chats)
    await until(lambda: _phones(stack) >= wanted, seconds=60, every=0.2)
    assert _phones(stack) == wanted


async def _waiting(stack: Stack, page: Page, *chats: int) -> None:
    """With no sender alive, the answers to these patients wait, and the page shows it by itself."""
    for name in SENDERS:
        stack.processes[name].stop()
    await page.goto(f"{stack.url('admin-0')}{PAGE}")
    for n in chats:
        ask(stack, QUESTION, _chat(n))
    await expect(page.locator("#queue-stream").locator("td").nth(1)).to_have_text(f"{len(chats)}", timeout=60_000)


async def _done(page: Page, operation: str, would: str, button: str, did: str) -> None:
    await seen(page, operation, operation)
    await page.get_by_role("button", name=SEE).click()
    await expect(page.locator("#trial")).to_contain_text(would)
    await page.get_by_label("Reason").fill("tried out")
    if await page.get_by_label("To confirm, type demo").count():
        await page.get_by_label("To confirm, type demo").fill("demo")
    await page.get_by_role("button", name=button).click()
    await expect(page.locator("#result")).to_contain_text(did)


async def test_a_day_with_everything_that_can_be_done(chromium: Browser, tmp_path: Path) -> None:
    clinics = sleepless_clinics(tmp_path / "clinics")
    with Stack(replicas={"sender": 2}, environ={"CLINICS_DIR": str(clinics)}, folder=tmp_path) as stack:
        context = await chromium.new_context(locale="en-US", viewport={"width": 1440, "height": 900})
        context.set_default_timeout(20_000)
        page = await context.new_page()
        ask(stack, QUESTION, _chat(0))
        await _answered(stack, 0)
        await page.goto(f"{stack.url('admin-0')}/login")
        await page.locator("input[name=token]").fill(ADMIN_TOKEN)
        await page.locator("main button").click()

        await _waiting(stack, page, 1, 2)
        await _done(page, BEGIN, "2 messages would be handed out again.", "Hand out again", "2 messages are handed out")
        for name in SENDERS:
            stack.restart(name)
        await _answered(stack, 0, 1, 2)

        await _waiting(stack, page, 3, 4)
        await _done(page, RECREATE, "2 messages handed out again", "Make it anew", "2 messages are handed out")
        for name in SENDERS:
            stack.restart(name)
        await _answered(stack, 0, 1, 2, 3, 4)

        await _waiting(stack, page, 5, 6)
        await _done(page, LATEST, "2 messages would go to the dead letters.", "Skip them", "2 messages went")
        for name in SENDERS:
            stack.restart(name)
        ask(stack, QUESTION, _chat(7))
        await _answered(stack, 0, 1, 2, 3, 4, 7)

        await _give_it_to_the_other(stack, page)
        ask(stack, QUESTION, _chat(8))
        await _answered(stack, 0, 0, 1, 2, 3, 4, 7, 8)
        await page.goto(f"{stack.url('admin-0')}/audit?instance=demo")
        for action in (
            "Gave the queue",
            "Set aside what waited",
            "Made the queue's group anew",
            "Began the queue anew",
        ):
            await expect(page.locator("tbody")).to_contain_text(action)
        story = Story.read(stack.redis.url)
        await context.close()
    assert story.repeated == []
    assert {fact.reason for fact in story.of(AdminActed) if "streams" in fact.detail} == {"tried out"}


async def _give_it_to_the_other(stack: Stack, page: Page) -> None:
    """The lane goes to a sender that does not have it."""
    health = admin(stack, "GET", "/streams/health")
    holder = (health["lanes"]["sender"] or {"replica": ""})["replica"]
    other = next(name for name in health["consumers"]["sender"] if name != holder)
    await seen(page, CLAIM, CLAIM)
    await page.get_by_label("To which worker").select_option(f"sender:{other}")
    await page.get_by_role("button", name=SEE).click()
    await page.get_by_label("Reason").fill("tried out")
    await page.get_by_role("button", name="Give it the queue").click()
    await expect(page.locator("#result")).to_contain_text(f"The queue goes to {other}")
    ask(stack, "obrigada", _chat(0))  # its answer wakes the lane

    def has_it() -> bool:
        lane = admin(stack, "GET", "/streams/health")["lanes"]["sender"]
        return bool(lane) and lane["replica"] == other

    await until(has_it, seconds=30, every=0.2)
