"""Can an operator see what is wrong, who may what, and who did what?"""

import pytest
from playwright.async_api import expect

from .conftest import Clinic, NewVisit

DOCTOR = {
    "pt": ("Diagnóstico", "certo", "Verificar de novo", "Arquivos das clínicas", "Inicie o serviço"),
    "es": ("Diagnóstico", "bien", "Revisar de nuevo", "Archivos de las clínicas", "Inicie el servicio"),
    "en": ("Doctor", "fine", "Check again", "Clinics", "Start it"),
}
TOKENS = {
    "pt": ("Nome", "Pode", "Criar código", "Copie agora", "Revogar"),
    "es": ("Nombre", "Puede", "Crear código", "Cópielo ahora", "Revocar"),
    "en": ("Name", "Role", "Make a token", "Copy it now", "Revoke"),
}


@pytest.mark.parametrize("lang", DOCTOR)
async def test_the_doctor_says_what_is_wrong_and_how_to_mend_it(clinic: Clinic, visit: NewVisit, lang: str) -> None:
    name, fine, again, clinics, start = DOCTOR[lang]
    page = await (await visit(clinic, lang=lang)).go("/settings")
    await page.get_by_role("link", name=name).click()
    await expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
    lines = page.locator("main ul.list li")
    await expect(lines.filter(has_text=clinics).first).to_contain_text(fine)
    broken = lines.filter(has_text=start)
    await expect(broken.locator(".chip")).not_to_have_text(fine)
    await expect(lines.locator("[lang=en]")).to_have_count(0)
    await page.get_by_role("link", name=again).click()
    await expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


async def test_the_doctor_is_for_operators(clinic: Clinic, visit: NewVisit) -> None:
    one = await visit(clinic, await clinic.token("ana", "staff"))
    page = await one.go("/settings/doctor")
    await expect(page.get_by_role("heading", name="Your access does not allow this")).to_be_visible()


@pytest.mark.parametrize("lang", TOKENS)
async def test_a_token_is_made_with_a_role_and_an_end(clinic: Clinic, visit: NewVisit, lang: str) -> None:
    name, role, make, once, revoke = TOKENS[lang]
    one = await visit(clinic, lang=lang)
    page = await one.go("/settings")
    await page.get_by_role("textbox", name=name, exact=True).fill("bia")
    await page.get_by_role("combobox", name=role).select_option("viewer")
    await page.locator("input[name=days]").fill("30")
    await page.get_by_role("button", name=make).click()
    await expect(page.locator(".notice.good")).to_contain_text(once)
    secret = await page.locator("code.secret").inner_text()
    (line,) = (await (await clinic.admin.get("/admin/tokens")).json())["items"]
    assert (line["name"], line["role"]) == ("bia", "viewer")
    assert 29 * 86_400_000 < line["expires_at"] - line["created_at"] <= 30 * 86_400_000
    bia = await visit(clinic, secret, lang=lang)
    await expect((await bia.go("/chats")).locator(".who-name")).to_have_text("bia")
    assert (await bia.context.request.get(f"{bia.url}/settings")).status == 403
    await page.get_by_role("button", name=f"{revoke} bia").click()
    await expect(page.locator("#tokens table")).to_have_count(0)
    page = await one.go("/audit?of=access")
    await expect(page.locator("tbody tr", has_text="bia")).not_to_have_count(0)


async def test_a_name_that_is_taken_is_told_and_no_second_token_is_made(clinic: Clinic, visit: NewVisit) -> None:
    await clinic.token("ana", "staff")
    page = await (await visit(clinic)).go("/settings")
    await page.get_by_role("textbox", name="Name", exact=True).fill("ana")
    await page.get_by_role("button", name="Make a token").click()
    await expect(page.get_by_role("alert").locator(".chip")).to_have_text("Name")
    await expect(page.get_by_role("textbox", name="Name", exact=True)).to_have_value("ana")
    await expect(page.locator("code.secret")).to_have_count(0)
    assert len((await (await clinic.admin.get("/admin/tokens")).json())["items"]) == 1


async def test_a_secret_of_the_settings_is_never_shown(clinic: Clinic, visit: NewVisit) -> None:
    page = await (await visit(clinic)).go("/settings")
    await expect(page.locator("#in-force")).to_contain_text("ADMIN_TOKEN")
    assert "s3cret-token" not in await page.content()


async def test_the_audit_tells_of_logins_and_tokens_before_there_is_a_number(empty: Clinic, visit: NewVisit) -> None:
    await empty.token("ana", "staff")
    page = await (await visit(empty)).go("/audit")
    await expect(page.locator(".empty")).to_be_visible()
    await page.get_by_role("link", name="Access and texts").click()
    await expect(page.locator("tbody tr").first).to_contain_text("Logged in")
    await expect(page.locator("tbody")).to_contain_text("Made a token")


async def test_a_long_audit_is_read_page_by_page(clinic: Clinic, visit: NewVisit) -> None:
    for n in range(60):
        act = "resume" if n % 2 else "pause"
        assert (await clinic.admin.post(f"/admin/bot/{act}?instance=demo", json={})).status == 200
    page = await (await visit(clinic)).go("/audit")
    await expect(page.locator("tbody tr")).to_have_count(50)
    await page.get_by_role("link", name="More").click()
    await expect(page.locator("tbody tr").first).to_be_visible()
    assert await page.locator("tbody tr").count() < 50
