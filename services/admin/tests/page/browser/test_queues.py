"""Can an operator see and steer a number's queues from the page, told beforehand what it comes to?"""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import redis.asyncio as aioredis
from playwright.async_api import Page, expect

from shared.clock import SYSTEM
from shared.streams import keys
from tests.support.replica import Gate, Streams, running
from tests.support.servers import RedisServer
from tests.support.waiting import until

from .conftest import TOKEN, Clinic, NewVisit, one_loop
from .morning import INSTANCE, Morning
from .queues import CLAIM_IDLE_MS, PAGE, STREAM, Queues, seen

SEE = "See what would happen"
BEGIN, LATEST = "Hand out again what is in the queue", "Skip what waits"
ENGLISH = {"Accept-Language": "en"}
RECREATE, CLAIM = "Make the queue's group anew", "Give the queue to another worker"


@one_loop
async def queues(new_admin: Any, server: RedisServer, client: aioredis.Redis) -> AsyncIterator[Queues]:
    """The number `demo`, whose replicas are ten times as quick as in production."""
    admin = await new_admin(server.url, token=TOKEN, stream_claim_idle_ms=CLAIM_IDLE_MS, lease_ms=600)
    await client.sadd(keys.INSTANCES, INSTANCE)
    streams = Streams(client, server.url, INSTANCE)
    yield Queues(Clinic(admin, client, Morning(client, SYSTEM.now_ms())), streams, server.url)
    await streams.aclose()


async def _audited(page: Page, action: str, reason: str) -> None:
    await page.get_by_role("link", name="See it in the audit").click()
    row = page.locator("tbody tr").first
    await expect(row).to_contain_text(action)
    await expect(row).to_contain_text(reason)


async def test_the_queues_are_seen_with_who_works_them(queues: Queues, visit: NewVisit) -> None:
    gate, sender = Gate(), queues.sender("sender-1")
    sender.handler.behave["one"] = [gate]
    async with running(sender):
        await queues.wait("one", "two")
        await until(lambda: gate.waiting)
        page = await (await visit(queues.clinic)).go(PAGE)
        row = page.locator("#queue-stream")
        await expect(row).to_contain_text("sender-1")
        await expect(row.locator("td").nth(1)).to_have_text("1")
        await expect(page.locator("#queue-vip")).to_contain_text("sender-1")
        await expect(page.locator("#queue-inbound")).to_contain_text("nobody, nothing waits")
        await expect(page.locator("main")).to_contain_text("has the queue")
        await queues.ask("quanto custa?")
        await expect(page.locator("#queue-inbound").locator("td").nth(1)).to_have_text("1")  # by itself
        await expect(page.locator("#queue-inbound")).to_contain_text("nobody now")
        gate.opened.set()
        await expect(row.locator("td").nth(1)).to_have_text("0")


async def test_what_waits_is_handed_out_again_and_what_was_sent_is_not(queues: Queues, visit: NewVisit) -> None:
    sends = await queues.wait("sent", "two", "three")
    await queues.was_sent(sends[0])
    await queues.take(3)
    page = await (await visit(queues.clinic)).go("/")
    await seen(page, BEGIN, BEGIN)
    before = await queues.state()
    await page.get_by_role("button", name=SEE).click()
    trial = page.locator("#trial")
    await expect(trial).to_contain_text("2 messages would be handed out again.")
    await expect(trial).to_contain_text("1 more was sent already, the log says: it would leave the queue")
    assert await queues.state() == before
    await page.get_by_label("Reason").fill("nobody took them")
    await page.get_by_role("button", name="Hand out again").click()
    await expect(page.locator("#result")).to_contain_text("2 messages are handed out again.")
    await expect(page.locator("#result")).to_contain_text("1 more had been sent already, and left the queue.")
    sender = queues.sender("sender-1")
    async with running(sender):
        await until(queues.streams.idle)
    assert sorted(sender.handler.begun) == ["three", "two"]
    await _audited(page, "Began the queue anew", "nobody took them")
    await expect(page.locator("tbody tr").first).to_contain_text("Queues: Messages to be sent, To be sent first (VIP)")


async def test_sending_twice_is_asked_for_and_told(queues: Queues, visit: NewVisit) -> None:
    sends = await queues.wait("sent", "two")
    await queues.was_sent(sends[0])
    page = await (await visit(queues.clinic)).go(f"{PAGE}/reset-to-begin")
    await page.get_by_label("Which queue").select_option(label="Messages to be sent, VIPs' too")
    await page.get_by_label("Send again even what was sent").check()
    await page.get_by_role("button", name=SEE).click()
    await expect(page.locator("#trial")).to_contain_text("2 messages would be handed out again.")
    await expect(page.locator("#trial")).to_contain_text("1 of them was sent already: the patient would get it twice.")
    await page.get_by_role("button", name="Hand out again").click()
    await expect(page.locator("#result")).to_contain_text("2 messages are handed out again.")
    assert await queues.streams.depth() == 2


async def test_a_backlog_is_skipped_only_by_the_numbers_name(queues: Queues, visit: NewVisit) -> None:
    await queues.wait("old", "older")
    page = await (await visit(queues.clinic)).go("/")
    await seen(page, LATEST, LATEST)
    await page.get_by_role("button", name=SEE).click()
    await expect(page.locator("#trial")).to_contain_text("2 messages would go to the dead letters.")
    before = await queues.state()
    await page.get_by_label("Reason").fill("from yesterday")
    await page.get_by_label("To confirm, type demo").fill("dmo")
    await page.get_by_role("button", name="Skip them").click()
    await expect(page.get_by_role("alert")).to_contain_text("must repeat the instance's name")
    await expect(page.get_by_label("Reason")).to_have_value("from yesterday")
    assert await queues.state() == before
    await queues.wait("came since")
    await page.get_by_label("To confirm, type demo").fill("demo")
    await page.get_by_role("button", name="Skip them").click()
    await expect(page.locator("#result")).to_contain_text("went to the dead letters.")
    await page.get_by_role("link", name="Dead letters", exact=True).last.click()
    await expect(page.locator(".letter").first).to_contain_text("the queue was skipped")
    await page.goto(f"{page.url.partition('/dead')[0]}{PAGE}/reset-to-latest")
    assert [fact.reason for fact in await queues.acted()][:1] == ["from yesterday"]


async def test_what_came_since_it_was_counted_is_not_skipped(queues: Queues, visit: NewVisit) -> None:
    await queues.wait("old", "older")
    page = await (await visit(queues.clinic)).go(f"{PAGE}/reset-to-latest")
    await page.get_by_role("button", name=SEE).click()
    await page.get_by_label("To confirm, type demo").fill("demo")
    await queues.wait("came since")
    await page.get_by_role("button", name="Skip them").click()
    await expect(page.locator("#result")).to_contain_text("2 messages went to the dead letters.")
    assert await queues.clinic.redis.xlen(STREAM) == 1


async def test_the_group_is_made_anew(queues: Queues, visit: NewVisit) -> None:
    await queues.wait("one", "two")
    await queues.take(2)
    page = await (await visit(queues.clinic)).go("/")
    await seen(page, RECREATE, RECREATE)
    await page.get_by_role("button", name=SEE).click()
    await expect(page.locator("#trial")).to_contain_text(
        "The group would be made anew, and 2 messages handed out again."
    )
    await page.get_by_label("To confirm, type demo").fill("demo")
    await page.get_by_role("button", name="Make it anew").click()
    await expect(page.locator("#result")).to_contain_text("2 messages are handed out again.")
    assert (await queues.clinic.redis.xinfo_groups(STREAM))[0]["pending"] == 0
    sender = queues.sender("sender-1")
    async with running(sender):
        await until(queues.streams.idle)
    assert sorted(sender.handler.begun) == ["one", "two"]
    await _audited(page, "Made the queue's group anew", "")


async def test_a_queue_is_given_to_another_worker(queues: Queues, visit: NewVisit) -> None:
    gate, other, one, two = Gate(), Gate(), queues.sender("sender-1"), queues.sender("sender-2")
    one.handler.behave["one"], two.handler.behave["two"] = [gate], [other]
    async with running(one):
        await queues.wait("one")
        await queues.wait("two")  # to the same patient
        await until(lambda: gate.waiting)
        async with running(two):
            page = await (await visit(queues.clinic)).go("/")
            await seen(page, CLAIM, CLAIM)
            await page.get_by_label("To which worker").select_option("sender:sender-2")
            await page.get_by_role("button", name=SEE).click()
            await expect(page.locator("#trial")).to_contain_text("sender-1 lets the queue go, sender-2 takes it.")
            await page.get_by_label("Reason").fill("sender-1 hangs")
            await page.get_by_role("button", name="Give it the queue").click()
            lane = one.consumer._lanes[INSTANCE]
            await until(lambda: lane._stopping)  # asked at its next renewal; what is under way goes on
            gate.opened.set()
            await expect(page.locator("#result")).to_contain_text("The queue goes to sender-2")
            await page.get_by_role("link", name="Queues", exact=True).click()
            await expect(page.locator("#queue-stream")).to_contain_text("sender-2")
            other.opened.set()
            await until(queues.streams.idle)
    assert (one.handler.begun, two.handler.begun) == (["one"], ["two"])
    assert [(fact.action, fact.reason) for fact in await queues.acted()] == [
        ("claim-pending-to-worker", "sender-1 hangs")
    ]


async def test_whoever_has_all_of_it_is_given_nothing(queues: Queues, visit: NewVisit) -> None:
    gate, sender = Gate(), queues.sender("sender-1")
    sender.handler.behave["one"] = [gate]
    async with running(sender):
        await queues.wait("one")
        await until(lambda: gate.waiting)
        person = await visit(queues.clinic)

        async def told() -> bool:  # a busy machine may renew the lease a moment late
            choice = (await person.go(f"{PAGE}/claim-pending-to-worker")).get_by_label("To which worker")
            return "sender-1 (has the queue now)" in (await choice.text_content() or "")

        await until(told)
        page = await person.go(f"{PAGE}/claim-pending-to-worker")
        await page.get_by_role("button", name=SEE).click()
        await expect(page.locator("#trial")).to_contain_text("there is nothing to do")
        await expect(page.get_by_role("button", name="Give it the queue")).to_have_count(0)
        gate.opened.set()


async def test_without_a_worker_none_can_be_chosen(queues: Queues, visit: NewVisit) -> None:
    page = await (await visit(queues.clinic)).go(f"{PAGE}/claim-pending-to-worker")
    await expect(page.locator("#options")).to_contain_text("No worker is alive.")
    await expect(page.get_by_role("button", name=SEE)).to_have_count(0)


@pytest.mark.parametrize("lang", ["en", "pt", "es"])
async def test_a_queue_that_changed_since_is_told_and_left_alone(queues: Queues, visit: NewVisit, lang: str) -> None:
    headline, numbers = {
        "en": ("The queue has changed since you saw it", "It would be 3 now, not 2. Nothing was done."),
        "pt": ("A fila mudou desde que você a viu", "Agora seriam 3, não 2. Nada foi feito."),
        "es": ("La cola cambió desde que la vio", "Ahora serían 3, no 2. No se hizo nada."),
    }[lang]
    await queues.wait("one", "two")
    page = await (await visit(queues.clinic, lang=lang)).go(f"{PAGE}/reset-to-begin")
    await page.locator("#options button").click()
    await page.locator("input[name=reason]").fill("stuck")
    await queues.wait("three")
    before = await queues.state()
    await page.locator("#trial button").click()
    await expect(page.get_by_role("alert")).to_contain_text(headline)
    await expect(page.get_by_role("alert")).to_contain_text(numbers)
    assert await queues.state() == before
    assert await queues.acted() == []
    await expect(page.locator("#trial strong").first).to_contain_text("3 ")
    await expect(page.locator("input[name=reason]")).to_have_value("stuck")
    await page.locator("#trial button").click()
    await expect(page.locator("#result")).to_contain_text("3 ")
    assert [(fact.touched, fact.reason) for fact in await queues.acted()] == [(3, "stuck")]


async def test_a_worker_that_died_since_is_told(queues: Queues, visit: NewVisit) -> None:
    client = queues.clinic.redis
    await queues.wait("one")
    await client.set(keys.live("sender", "sender-9"), "1")
    page = await (await visit(queues.clinic, lang="pt")).go(f"{PAGE}/claim-pending-to-worker")
    await page.locator("#options button").click()
    await expect(page.locator("#trial")).to_contain_text("Ninguém tem a fila agora; sender-9 a assume.")
    await client.delete(keys.live("sender", "sender-9"))
    await page.locator("#trial button").click()
    await expect(page.get_by_role("alert")).to_contain_text("sender-9 não está ativa (Envio).")
    assert not await client.exists(keys.assign(INSTANCE, "sender"))
    assert await queues.acted() == []


async def test_it_works_without_a_script(queues: Queues, visit: NewVisit) -> None:
    await queues.wait("one", "two")
    page = await (await visit(queues.clinic, script=False)).go("/")
    await seen(page, LATEST, LATEST)
    await page.get_by_label("Which queue").select_option(label="All queues")
    await page.get_by_role("button", name=SEE).click()
    await page.get_by_label("To confirm, type demo").fill("demo")
    await page.get_by_role("button", name="Skip them").click()
    await expect(page.locator("#result")).to_contain_text("2 messages went to the dead letters.")
    await _audited(page, "Set aside what waited", "")


async def test_a_confirmation_that_is_sent_twice_has_its_effect_once(queues: Queues, visit: NewVisit) -> None:
    await queues.wait("one", "two")
    one = await visit(queues.clinic, script=False)
    page = await one.go(f"{PAGE}/reset-to-begin")
    await page.get_by_role("button", name=SEE).click()
    fields = await page.locator("#trial input[type=hidden]").evaluate_all(
        "all => all.map(one => [one.name, one.value])"
    )
    for _ in range(2):
        answer = await one.context.request.post(f"{one.url}{PAGE}/reset-to-begin", form=dict(fields), headers=ENGLISH)
        assert "2 messages are handed out again." in await answer.text()
    assert len(await queues.acted()) == 1


async def test_a_viewer_sees_the_queues_and_changes_nothing(queues: Queues, visit: NewVisit) -> None:
    await queues.wait("one")
    one = await visit(queues.clinic, await queues.clinic.token("eve", "viewer"))
    page = await one.go(PAGE)
    await expect(page.locator("#queue-stream").locator("td").nth(1)).to_have_text("1")
    await expect(page.get_by_text("When a queue stands still")).to_have_count(0)
    before = await queues.state()
    csrf = await page.locator("input[name=csrf]").first.get_attribute("value")
    sure = {"csrf": csrf or "", "sure": "1", "seen": "*", "confirm": INSTANCE, "stream": "all"}
    for name in ("reset-to-begin", "reset-to-latest", "destroy-recreate", "claim-pending-to-worker"):
        answer = await one.context.request.post(f"{one.url}{PAGE}/{name}", form=sure)
        assert answer.status == 403, name
        assert (await one.context.request.get(f"{one.url}{PAGE}/{name}")).status == 403
    assert await queues.state() == before
    assert await queues.acted() == []


async def test_what_there_is_not_is_a_page_for_people(queues: Queues, visit: NewVisit) -> None:
    one = await visit(queues.clinic)
    for path in ("/instances/nobody/queues", f"{PAGE}/flush", "/instances/nobody/queues/reset-to-begin"):
        page = await one.go(path)
        await expect(page.get_by_role("heading", name="There is no such thing")).to_be_visible()
