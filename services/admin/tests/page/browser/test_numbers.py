"""Can a number be made, connected by its QR code, pointed at us and paced, with a gateway like a real one?"""

import pytest
from playwright.async_api import Locator, expect

from shared.events import AdminActed, MessageReceived
from shared.streams import keys
from tests.support.waiting import until

from .conftest import Clinic, NewClinic, NewVisit
from .gateway import Gateway

HOOK = {
    "pt": ("Configurar o webhook", "aponta para cá"),
    "es": ("Configurar el webhook", "apunta aquí"),
    "en": ("Set the webhook", "points to us"),
}


@pytest.fixture
def clinic(wired: Clinic) -> Clinic:
    """One with a gateway."""
    return wired


async def test_a_new_number_shows_its_code_until_the_phone_has_scanned_it(
    clinic: Clinic, gateway: Gateway, visit: NewVisit
) -> None:
    """The picture is shown, is another one after a while, and is gone when the phone is connected."""
    one = await visit(clinic)
    page = await one.go("/instances")
    await page.clock.install()
    first = gateway.show_picture(1)
    await page.get_by_label("Name").fill("recepcao")
    await page.get_by_role("button", name="Create").click()
    picture = page.get_by_role("img", name="QR code to connect the phone")
    await expect(picture).to_have_attribute("src", first)
    assert await picture.evaluate("one => one.complete && one.naturalWidth") > 0
    await expect(page.locator("#connection")).to_contain_text("connecting")
    second = gateway.show_picture(2)
    await page.clock.fast_forward(11_000)
    await expect(picture).to_have_attribute("src", second)
    await gateway.sim("recepcao/connection", state="open")
    await page.clock.fast_forward(11_000)
    await expect(picture).to_have_count(0)
    await expect(page.locator("#connection")).to_contain_text("The phone is connected")
    page = await one.go("/instances")
    await expect(page.locator("li", has_text="recepcao")).to_contain_text("connected")
    made = [fact.action for fact in await clinic.facts(AdminActed, "recepcao")]
    assert made == ["instance.create"]


async def test_a_number_that_is_lost_is_seen_without_a_reload(
    clinic: Clinic, gateway: Gateway, visit: NewVisit
) -> None:
    """The page of a connected number follows its state as well."""
    page = await (await visit(clinic)).go("/instances/demo")
    await expect(page.locator("#connection")).to_contain_text("The phone is connected")
    await page.clock.install()
    await page.reload()
    await expect(page.locator("#connection")).to_contain_text("The phone is connected")
    await gateway.sim("demo/connection", state="close")
    await page.clock.fast_forward(11_000)
    await expect(page.locator("#connection .chip")).to_have_class("chip warn")
    await expect(page.get_by_role("img", name="QR code to connect the phone")).to_be_visible()


@pytest.mark.parametrize("lang", HOOK)
async def test_the_webhook_is_set_in_one_click_and_messages_arrive(
    clinic: Clinic, gateway: Gateway, visit: NewVisit, lang: str
) -> None:
    words, ours = HOOK[lang]
    one = await visit(clinic, lang=lang)
    page = await one.go("/instances/demo")
    await page.get_by_role("button", name=words).click()
    await expect(page.get_by_role("status").first).not_to_be_empty()
    await expect(page.locator(".chip.good", has_text=ours)).to_be_visible()
    hook = gateway.world.instances["demo"].webhook
    assert hook.bases == (f"{gateway.ingest_url}/webhooks/evolution/demo",)
    await gateway.sim("demo/messages", **{"from": "5511912340000", "text": "o webhook chegou", "name": "Nina"})

    async def arrived() -> bool:
        return any(fact.text == "o webhook chegou" for fact in await clinic.facts(MessageReceived))

    await until(arrived)
    page = await one.go("/chats")
    await expect(page.locator("#people-list")).to_contain_text("o webhook chegou")
    assert [fact.action for fact in await clinic.facts(AdminActed)] == ["instance.webhook"]


async def test_without_an_address_for_it_the_webhook_says_which_setting_is_missing(
    gateway: Gateway, new_clinic: NewClinic, visit: NewVisit
) -> None:
    clinic = await new_clinic(**gateway.settings | {"ingest_public_url": ""})
    page = await (await visit(clinic)).go("/instances/demo")
    await page.get_by_role("button", name="Set the webhook").click()
    await expect(page.get_by_role("alert")).to_contain_text("INGEST_PUBLIC_URL")


async def test_a_name_that_is_taken_and_a_gateway_that_is_away_are_told(
    clinic: Clinic, gateway: Gateway, visit: NewVisit
) -> None:
    page = await (await visit(clinic)).go("/instances")
    await page.get_by_label("Name").fill("demo")
    await page.get_by_role("button", name="Create").click()
    await expect(page.get_by_role("alert")).to_contain_text("already in use")
    await expect(page.get_by_label("Name")).to_have_value("demo")
    await gateway.sim("offline", seconds=None)
    await page.get_by_label("Name").fill("nova")
    await page.get_by_role("button", name="Create").click()
    await expect(page.get_by_role("alert")).to_contain_text("does not answer")
    await expect(page.get_by_label("Name")).to_have_value("nova")
    await expect(page.locator("li", has_text="demo").first).to_be_visible()


async def test_the_pace_is_changed_and_two_do_not_overwrite_each_other(
    clinic: Clinic, gateway: Gateway, visit: NewVisit
) -> None:
    first, second = await visit(clinic), await visit(clinic)
    for one in (first, second):
        await one.go("/instances/demo")
    page = first.page
    pace = page.locator("form", has=page.get_by_label("Messages a second"))
    await page.get_by_label("Messages a second").fill("0,5")
    await page.get_by_label("At once").fill("3")
    await pace.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("status").first).to_contain_text("Saved")
    await expect(page.get_by_label("Messages a second")).to_have_value("0.5")
    assert await clinic.redis.hgetall(keys.limits("demo")) == {b"tokens_per_second": b"0.5", b"bucket_capacity": b"3"}
    await second.page.get_by_label("At once").fill("9")
    theirs = second.page.locator("form", has=second.page.get_by_label("At once"))
    await theirs.get_by_role("button", name="Save").click()
    await expect(second.page.get_by_role("alert")).to_contain_text("Somebody else changed this")
    await expect(second.page.get_by_label("At once")).to_have_value("9")
    await expect(second.page.get_by_label("Messages a second")).to_have_value("0.5")
    assert await clinic.redis.hget(keys.limits("demo"), "bucket_capacity") == b"3"
    await page.get_by_label("Messages a second").fill("fast")
    await pace.get_by_role("button", name="Save").click()
    await expect(page.get_by_label("Messages a second")).to_have_attribute("aria-invalid", "true")
    await page.get_by_label("Messages a second").fill("")
    await page.get_by_label("At once").fill("")
    await pace.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("status").first).to_contain_text("Saved")
    assert await clinic.redis.hgetall(keys.limits("demo")) == {}


async def test_a_viewer_sees_the_state_and_no_code(clinic: Clinic, gateway: Gateway, visit: NewVisit) -> None:
    await gateway.sim("demo/connection", state="close")
    one = await visit(clinic, await clinic.token("eve", "viewer"))
    page = await one.go("/instances/demo")
    await expect(page.locator("#connection")).to_contain_text("disconnected")
    await expect(page.locator("main img, main form")).to_have_count(0)


async def test_a_number_says_whether_its_bot_is_paused(clinic: Clinic, visit: NewVisit) -> None:
    page = await (await visit(clinic)).go("/instances/demo")
    bot = page.locator("#bot")
    await expect(bot.get_by_role("button", name="Resume")).to_have_count(0)
    await bot.get_by_role("combobox").select_option("")
    await bot.get_by_role("button", name="Pause").click()
    await expect(bot).to_contain_text("The bot is paused on this whole number.")
    await expect(bot.get_by_role("button", name="Pause")).to_have_count(0)
    await bot.get_by_role("button", name="Resume").click()
    await expect(bot.get_by_role("button", name="Pause")).to_be_visible()
    await expect(bot.get_by_role("status")).to_have_count(0)


async def test_on_a_desktop_no_card_stands_alone(clinic: Clinic, visit: NewVisit) -> None:
    """What is read stands on the left, what is set on the right; with nothing to set, both columns are filled."""
    page = await (await visit(clinic)).go("/instances/demo")
    assert await _columns_of(page.locator("main .card")) == [0, 0, 1, 1]
    viewer = await visit(clinic, await clinic.token("eve", "viewer"))
    page = await viewer.go("/instances/demo")
    assert await _columns_of(page.locator("main .card")) == [0, 1]


async def _columns_of(cards: Locator) -> list[int]:
    """In which column each stands."""
    lefts = [box["x"] for card in await cards.all() if (box := await card.bounding_box())]
    return [sorted(set(lefts)).index(left) for left in lefts]
