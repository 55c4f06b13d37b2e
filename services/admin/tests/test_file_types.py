"""Is a file known by what is in it, and does its name do no harm?"""

import io
import zipfile

import pytest

from admin.messages.file_types import DOCX, JPEG, PDF, TXT, clean_name, file_type


def archive(*names: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return data.getvalue()


@pytest.mark.parametrize(
    ("data", "mimetype"),
    [
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"OggS\x00\x02....OpusHead", "audio/ogg"),
        (b"ID3\x04....", "audio/mpeg"),
        (b"\xff\xfb\x90\x00", "audio/mpeg"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "audio/wav"),
        (b"#!AMR\n<", "audio/amr"),
        (b"\x00\x00\x00\x20ftypM4A \x00", "audio/mp4"),
        (b"\x00\x00\x00\x20ftypisom\x00", "video/mp4"),
        (b"\x00\x00\x00\x1cftyp3gp4\x00", "video/3gpp"),
        (b"%PDF-1.7\n", "application/pdf"),
        (archive("word/document.xml"), DOCX.mimetype),
        (b"Preparo: 8 horas de jejum.\n", "text/plain"),
        (b"a;b\r\n1;2\r\n", "text/plain"),
    ],
)
def test_what_whatsapp_takes_is_known_by_its_beginning(data: bytes, mimetype: str) -> None:
    found = file_type(data)
    assert found
    assert found.mimetype == mimetype


@pytest.mark.parametrize(
    "data",
    [
        b"", b"  \n", b"MZ\x90\x00", b"\x7fELF\x02", b"PK\x03\x04broken", archive("a.exe"),
        archive("word/document.xml", "word/vbaProject.bin"), b"<svg onload=alert(1)>", b"\xef\xbb\xbf <html>",
        b"#!/bin/sh\nrm -rf ~", b"RIFF\x00\x00\x00\x00AVI ", b"\x00\x00\x00\x20ftypheic", b"caf\xe9", b"a\x00b",
    ],
)  # fmt: skip
def test_what_nobody_should_be_sent_is_not(data: bytes) -> None:
    assert file_type(data) is None


@pytest.mark.parametrize(
    ("given", "becomes"),
    [
        ("exame.pdf", "exame.pdf"),
        ("Resultado de María.PDF", "Resultado de María.PDF"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\ana\\exame.pdf", "exame.pdf"),
        ("exame.pdf.exe", "exame.pdf.exe.pdf"),
        ("exame\u202efdp.exe", "examefdp.exe.pdf"),
        ("a\r\nContent-Type: x.pdf", "a Content-Type x.pdf"),
        ("\x00\x07.pdf", "pdf.pdf"),
        ("", "file.pdf"),
        ("...", "file.pdf"),
        (".htaccess", "htaccess.pdf"),
        ('a<b>"c|d?.pdf', "a b c d.pdf"),
        ("x" * 500 + ".pdf", "x" * 96 + ".pdf"),
    ],
)
def test_a_hostile_name_comes_out_harmless(given: str, becomes: str) -> None:
    assert clean_name(given, PDF) == becomes


def test_a_name_gets_the_ending_of_what_the_file_is() -> None:
    assert clean_name("foto.png", JPEG) == "foto.png.jpg"
    assert clean_name("foto.jpeg", JPEG) == "foto.jpeg"
    assert clean_name("pagina.html", TXT) == "pagina.html.txt"
