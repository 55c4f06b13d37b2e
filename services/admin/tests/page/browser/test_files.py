"""Can staff send a picture or a document from a chat, and is what cannot be sent told before anything is lost?"""

import zipfile
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from shared.events import Media, SendRequested, upload_id
from shared.streams import keys

from .conftest import Clinic, NewVisit
from .gateway import picture
from .morning import INSTANCE, MARIA

SAYS = {
    "pt": ("Enviar um arquivo", "Este tipo de arquivo não pode ser enviado", "O arquivo está vazio."),
    "es": ("Enviar un archivo", "Este tipo de archivo no se puede enviar", "El archivo está vacío."),
    "en": ("Send a file", "This kind of file cannot be sent", "The file is empty."),
}


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    import base64

    file = tmp_path / "raio-x.png"
    file.write_bytes(base64.b64decode(picture(1).partition(",")[2]))
    return file


async def open_chat(page: Page, url: str, attach: str = "Send a file") -> None:
    await page.goto(f"{url}/chats/{INSTANCE}/{MARIA}")
    await page.get_by_text(attach, exact=True).click()


async def media_of(clinic: Clinic) -> list[SendRequested]:
    return [fact for fact in await clinic.facts(SendRequested) if isinstance(fact.content, Media)]


async def test_a_picture_goes_out_with_its_words(clinic: Clinic, visit: NewVisit, photo: Path) -> None:
    one = await visit(clinic, await clinic.token("ana", "staff"))
    page = one.page
    await open_chat(page, one.url)
    await page.locator("#reply-file").set_input_files(photo)
    await page.locator("#reply-text").fill("Veja o seu raio-x.")
    await page.keyboard.press("Enter")
    last = page.locator("#messages li.message").last
    await expect(last).to_contain_text("Veja o seu raio-x.")
    await expect(last.locator(".chip")).to_have_text("Image")
    (send,) = await media_of(clinic)
    assert (send.send_class, send.by, send.chat) == ("staff", "ana", MARIA)
    assert (send.content.mediatype, send.content.caption) == ("image", "Veja o seu raio-x.")
    kept = await clinic.redis.hgetall(keys.upload(INSTANCE, upload_id(send.content)))
    assert (kept[b"data"], kept[b"name"]) == (photo.read_bytes(), b"raio-x.png")
    assert kept[b"only_for"].decode() == send.id  # so its room is free as soon as it was sent


async def test_a_document_goes_out_alone_and_is_told_by_its_name(
    clinic: Clinic, visit: NewVisit, tmp_path: Path
) -> None:
    file = tmp_path / "..exame <b>.pdf"
    file.write_bytes(b"%PDF-1.7\nexame")
    one = await visit(clinic)
    await open_chat(one.page, one.url)
    await one.page.locator("#reply-file").set_input_files(file)
    await one.page.get_by_role("button", name="Send", exact=True).click()
    last = one.page.locator("#messages li.message").last
    await expect(last.locator(".chip")).to_have_text("Document")
    await expect(last).to_contain_text("exame b.pdf")
    (send,) = await media_of(clinic)
    assert (send.content.mediatype, send.content.caption) == ("document", "")


@pytest.mark.parametrize("lang", SAYS)
async def test_what_is_no_such_file_is_told_and_the_words_stay(
    clinic: Clinic, visit: NewVisit, tmp_path: Path, lang: str
) -> None:
    """By what is in it, whatever it is called: a program, an archive, a page, something that is empty."""
    one, (attach, refused, empty) = await visit(clinic, lang=lang), SAYS[lang]
    with zipfile.ZipFile(tmp_path / "b.pdf", "w") as archive:
        archive.writestr("x", "x")
    (tmp_path / "a.png").write_bytes(b"MZ\x90\x00\x03")
    (tmp_path / "c.txt").write_text("<html><script>alert(1)</script>")
    for name in ("a.png", "b.pdf", "c.txt"):
        await open_chat(one.page, one.url, attach)
        await one.page.locator("#reply-text").fill(f"Segue {name}.")
        await one.page.locator("#reply-file").set_input_files(tmp_path / name)
        await one.page.locator("#composer button.primary").click()
        await expect(one.page.get_by_role("alert")).to_contain_text(refused)
        await expect(one.page.locator("#reply-text")).to_have_value(f"Segue {name}.")
        await expect(one.page.locator("#reply-file")).to_have_attribute("aria-invalid", "true")
    (tmp_path / "empty.pdf").write_bytes(b"")
    await one.page.locator("#reply-file").set_input_files(tmp_path / "empty.pdf")
    await one.page.locator("#composer button.primary").click()
    await expect(one.page.get_by_role("alert")).to_contain_text(empty)
    assert await media_of(clinic) == []
    assert [key async for key in clinic.redis.scan_iter(keys.upload(INSTANCE, "*"))] == []


async def test_a_file_that_is_too_large_is_told_before_it_is_sent(
    clinic: Clinic, visit: NewVisit, tmp_path: Path
) -> None:
    one, large = await visit(clinic), tmp_path / "video.pdf"
    large.write_bytes(b"%PDF-" + bytes(16 * 1024**2))
    await open_chat(one.page, one.url)
    await one.page.locator("#reply-text").fill("Segue.")
    await one.page.locator("#reply-file").set_input_files(large)
    assert await one.page.locator("#reply-file").evaluate("one => one.validationMessage") == (
        "The file has more than 16 MiB."
    )
    await one.page.locator("#composer button.primary").click()
    await expect(one.page.locator("#reply-text")).to_have_value("Segue.")
    assert await media_of(clinic) == []


async def test_without_a_script_a_file_is_sent_and_one_that_is_too_large_is_told(
    clinic: Clinic, visit: NewVisit, photo: Path, tmp_path: Path
) -> None:
    one, large = await visit(clinic, script=False), tmp_path / "video.pdf"
    large.write_bytes(b"%PDF-" + bytes(16 * 1024**2))
    await open_chat(one.page, one.url)
    await one.page.locator("#reply-text").fill("Segue o vídeo.")
    await one.page.locator("#reply-file").set_input_files(large)
    await one.page.get_by_role("button", name="Send", exact=True).click()
    await expect(one.page.get_by_role("alert")).to_contain_text("at most 16 MiB")
    await expect(one.page.locator("#reply-text")).to_have_value("Segue o vídeo.")
    await one.page.locator("#reply-file").set_input_files(photo)
    async with one.page.expect_navigation():
        await one.page.get_by_role("button", name="Send", exact=True).click()
    (send,) = await media_of(clinic)
    assert (send.content.mediatype, send.content.caption) == ("image", "Segue o vídeo.")


async def test_words_that_are_too_many_for_a_caption_are_told(clinic: Clinic, visit: NewVisit, photo: Path) -> None:
    one = await visit(clinic)
    await open_chat(one.page, one.url)
    await one.page.locator("#reply-text").fill("a" * 1025)
    await one.page.locator("#reply-file").set_input_files(photo)
    await one.page.get_by_role("button", name="Send", exact=True).click()
    await expect(one.page.get_by_role("alert").locator(".chip")).to_have_text("Text")
    await expect(one.page.locator("#reply-text")).to_have_value("a" * 1025)
    assert await media_of(clinic) == []
