"""Can an operator keep what the clinic knows: upload, write, mend, remove, try; and is nobody's work overwritten?"""

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from shared.events import AdminActed, decode
from shared.streams import keys

from .conftest import Clinic, NewVisit

TEXT = "# Bicicletário\n\nHá um bicicletário coberto ao lado da entrada, com vinte vagas e câmera."
MORE = TEXT + "\n\nO cadeado é do paciente."
QUESTION = "Tem bicicletário?"
SAYS = {
    "pt": ("Novo texto", "Nome do arquivo", "Texto", "Salvar", "Outra pessoa mudou isto", "O que vale agora"),
    "es": ("Nuevo texto", "Nombre del archivo", "Texto", "Guardar", "Otra persona lo cambió", "Lo que vale ahora"),
    "en": ("New text", "File name", "Text", "Save", "Somebody else changed this", "What stands there now"),
}


async def texts(clinic: Clinic) -> dict[str, str]:
    """What was uploaded."""
    found = await clinic.redis.hgetall(keys.clinic_texts("demo"))
    return {name.decode(): data.decode() for name, data in found.items()}


async def upload(page: Page, url: str, file: Path, name: str = "") -> None:
    await page.goto(f"{url}/knowledge/new")
    await page.get_by_label("File name").fill(name)
    await page.locator("input[type=file]").set_input_files(file)
    await page.get_by_role("button", name="Save").click()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "bicicletas.md"
    file.write_text(TEXT, "utf-8")
    return file


async def test_a_file_is_uploaded_answers_and_is_in_the_audit(clinic: Clinic, visit: NewVisit, file: Path) -> None:
    one = await visit(clinic)
    page = await one.go("/knowledge")
    await page.get_by_role("textbox", name="Question").fill(QUESTION)
    await page.get_by_role("button", name="Look").click()
    await expect(page.locator("#playground")).not_to_contain_text("vinte vagas")
    await upload(page, one.url, file)
    await expect(page.get_by_role("status").first).to_contain_text("Saved")
    await expect(page.locator("li", has_text="bicicletas.md")).to_contain_text("edited here")
    assert await texts(clinic) == {"bicicletas.md": TEXT}
    page = await one.go("/knowledge")
    await page.get_by_role("textbox", name="Question").fill(QUESTION)
    await page.get_by_role("button", name="Look").click()
    await expect(page.locator(".answer-hit").first).to_contain_text("vinte vagas")
    await expect(page.locator(".answer-hit code").first).to_contain_text("bicicletas.md")
    page = await one.go("/audit")
    await page.get_by_role("link", name="Access and texts").click()
    await expect(page.locator("tbody tr").first).to_contain_text("Changed a text")
    await expect(page.locator("tbody tr").first).to_contain_text("bicicletas.md")


async def test_a_question_that_nothing_answers_says_what_the_bot_would_do(clinic: Clinic, visit: NewVisit) -> None:
    page = await (await visit(clinic, lang="pt")).go("/knowledge?question=xyzzy+plugh")
    await expect(page.locator("#playground")).to_contain_text("O robô ofereceria uma pessoa")


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd.md", "a/b.md", ".hidden.md", "<img src=x onerror=alert(1)>.md", "x.exe", "parking.xx.md"],
)  # fmt: skip
async def test_a_name_that_is_none_is_refused_and_the_text_is_not_lost(
    clinic: Clinic, visit: NewVisit, file: Path, name: str
) -> None:
    one = await visit(clinic)
    await upload(one.page, one.url, file, name)
    await expect(one.page.get_by_role("alert").locator(".chip")).to_have_text("Name")
    await expect(one.page.get_by_label("File name")).to_have_attribute("aria-invalid", "true")
    await expect(one.page.get_by_role("textbox", name="Text", exact=True)).to_have_value(TEXT)
    assert await one.page.locator("main img").count() == 0
    assert await texts(clinic) == {}
    await one.page.get_by_label("File name").fill("bicicletas.md")  # mended, without choosing the file again
    await one.page.get_by_role("button", name="Save").click()
    await expect(one.page.get_by_role("status").first).to_contain_text("Saved")
    assert await texts(clinic) == {"bicicletas.md": TEXT}


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [("a.md", b"\x89PNG\r\n\x1a\n\x00\x00", "UTF-8"), ("a.md", b"um\x00dois", "control character"),
     ("a.md", b" \n\n ", "empty"), ("a.pdf", b"MZ\x90\x00", "no PDF"),
     ("a.md", b"x" * (1024**2 + 1), "larger than 1048576 bytes")],
)  # fmt: skip
async def test_a_file_that_is_no_text_is_refused_with_its_reason(
    clinic: Clinic, visit: NewVisit, tmp_path: Path, name: str, data: bytes, why: str
) -> None:
    (tmp_path / name).write_bytes(data)
    one = await visit(clinic)
    await upload(one.page, one.url, tmp_path / name)
    await expect(one.page.get_by_role("alert")).to_contain_text(why)
    assert await texts(clinic) == {}


async def test_the_same_name_again_leads_to_the_text_that_is_there(
    clinic: Clinic, visit: NewVisit, file: Path, tmp_path: Path
) -> None:
    one = await visit(clinic)
    await upload(one.page, one.url, file)
    await expect(one.page.get_by_role("status").first).to_contain_text("Saved")
    other = tmp_path / "more.md"
    other.write_text(MORE, "utf-8")
    await upload(one.page, one.url, other, "bicicletas.md")
    await expect(one.page.get_by_role("alert")).to_contain_text("already")
    await expect(one.page.get_by_role("textbox", name="Text", exact=True)).to_have_value(MORE)
    assert await texts(clinic) == {"bicicletas.md": TEXT}
    await one.page.get_by_role("link", name="Open bicicletas.md").click()
    await one.page.get_by_role("textbox", name="Text", exact=True).fill(MORE)
    await one.page.get_by_role("button", name="Save").click()
    await expect(one.page.get_by_role("status").first).to_contain_text("Saved")
    assert await texts(clinic) == {"bicicletas.md": MORE}


@pytest.mark.parametrize("lang", SAYS)
async def test_of_two_who_edit_a_text_the_second_sees_what_the_first_wrote(
    clinic: Clinic, visit: NewVisit, lang: str
) -> None:
    new, name, label, save, told, theirs = SAYS[lang]
    first, second = await visit(clinic, lang=lang), await visit(clinic, lang=lang)
    page = await first.go("/knowledge")
    await page.get_by_role("link", name=new).click()
    await page.get_by_label(name).fill("bicicletas.md")
    await page.get_by_role("textbox", name=label, exact=True).fill(TEXT)
    await page.get_by_role("button", name=save).click()
    for one in (first, second):
        await one.go("/knowledge/texts/bicicletas.md")
    await first.page.get_by_role("textbox", name=label, exact=True).fill(MORE)
    await first.page.get_by_role("button", name=save).click()
    mine = TEXT + "\n\nSó de dia."
    await second.page.get_by_role("textbox", name=label, exact=True).fill(mine)
    await second.page.get_by_role("button", name=save).click()
    await expect(second.page.get_by_role("alert")).to_contain_text(told)
    await expect(second.page.get_by_role("textbox", name=label, exact=True)).to_have_value(mine)
    await expect(second.page.get_by_role("heading", name=theirs)).to_be_visible()
    await expect(second.page.locator("#theirs pre")).to_contain_text("O cadeado é do paciente.")
    assert await texts(clinic) == {"bicicletas.md": MORE}
    await second.page.get_by_role("textbox", name=label, exact=True).fill(MORE + "\n\nSó de dia.")
    await second.page.get_by_role("button", name=save).click()
    await expect(second.page.get_by_role("status").first).not_to_be_empty()
    assert await texts(clinic) == {"bicicletas.md": MORE + "\n\nSó de dia."}


async def test_a_text_is_removed_in_two_steps_and_the_clinics_own_file_holds_again(
    clinic: Clinic, visit: NewVisit
) -> None:
    one = await visit(clinic)
    page = await one.go("/knowledge")
    own = await page.locator("ul.tight a").first.inner_text()
    await page.get_by_role("link", name=own, exact=True).click()
    before = await page.get_by_role("textbox", name="Text", exact=True).input_value()
    await page.get_by_role("textbox", name="Text", exact=True).fill(TEXT)
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("li", has_text=own)).to_contain_text("edited here")
    await page.get_by_role("link", name=own, exact=True).click()
    await expect(page.get_by_role("textbox", name="Text", exact=True)).to_have_value(TEXT)
    remove = page.get_by_role("button", name=f"Remove {own}")
    await expect(remove).to_be_hidden()
    await page.locator("#remove summary").click()
    await expect(page.locator("#remove")).to_contain_text("The clinic's own file of this name holds again")
    await remove.click()
    await expect(page.get_by_role("status").first).to_contain_text("Removed")
    await expect(page.locator("li", has_text=own)).not_to_contain_text("edited here")
    await page.get_by_role("link", name=own, exact=True).click()
    await expect(page.get_by_role("textbox", name="Text", exact=True)).to_have_value(before)
    assert await texts(clinic) == {}
    told = [decode(fields[b"e"]) for _, fields in await clinic.redis.xrange(keys.AUDIT)]
    assert [fact.action for fact in told if isinstance(fact, AdminActed)][-2:] == ["knowledge.put", "knowledge.remove"]


async def test_a_text_that_somebody_else_changed_is_not_removed(clinic: Clinic, visit: NewVisit, file: Path) -> None:
    one = await visit(clinic)
    await upload(one.page, one.url, file)
    page = await one.go("/knowledge/texts/bicicletas.md")
    answer = await clinic.admin.put("/admin/knowledge/bicicletas.md?instance=demo", data=MORE.encode())
    assert answer.status == 200
    await page.locator("#remove summary").click()
    await page.get_by_role("button", name="Remove bicicletas.md").click()
    await expect(page.get_by_role("alert")).to_contain_text("Somebody else changed this")
    await expect(page.get_by_role("textbox", name="Text", exact=True)).to_have_value(MORE)
    assert await texts(clinic) == {"bicicletas.md": MORE}


async def test_staff_read_what_the_clinic_knows_and_change_nothing(clinic: Clinic, visit: NewVisit, file: Path) -> None:
    one = await visit(clinic, await clinic.token("ana", "staff"))
    page = await one.go("/knowledge")
    await expect(page.get_by_role("link", name="New text")).to_have_count(0)
    await page.locator("ul.tight a").first.click()
    await expect(page.locator("pre")).not_to_be_empty()
    await expect(page.locator("textarea, main button")).to_have_count(0)
    await one.go("/knowledge/new")
    await expect(page.get_by_role("heading", name="Your access does not allow this")).to_be_visible()
