"""What is this file? Told by its first bytes, never by its name; and what may it be called?

Only what WhatsApp takes is known. The signatures are those of the formats' own specifications.
"""

import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from typing import Literal

Kind = Literal["image", "audio", "video", "document"]
NAME_MAX = 100


@dataclass(frozen=True, slots=True)
class FileType:
    """A kind of file that can be sent."""

    kind: Kind
    mimetype: str
    suffixes: tuple[str, ...]
    """The first is given to a name that has none of them."""


JPEG = FileType("image", "image/jpeg", (".jpg", ".jpeg"))
PNG = FileType("image", "image/png", (".png",))
WEBP = FileType("image", "image/webp", (".webp",))
OGG = FileType("audio", "audio/ogg", (".ogg", ".opus", ".oga"))
MP3 = FileType("audio", "audio/mpeg", (".mp3",))
WAV = FileType("audio", "audio/wav", (".wav",))
AAC = FileType("audio", "audio/aac", (".aac",))
AMR = FileType("audio", "audio/amr", (".amr",))
M4A = FileType("audio", "audio/mp4", (".m4a", ".mp4"))
MP4 = FileType("video", "video/mp4", (".mp4", ".m4v"))
THREE_GP = FileType("video", "video/3gpp", (".3gp", ".3gpp"))
PDF = FileType("document", "application/pdf", (".pdf",))
_OFFICE = "application/vnd.openxmlformats-officedocument"
DOCX = FileType("document", f"{_OFFICE}.wordprocessingml.document", (".docx",))
XLSX = FileType("document", f"{_OFFICE}.spreadsheetml.sheet", (".xlsx",))
PPTX = FileType("document", f"{_OFFICE}.presentationml.presentation", (".pptx",))
TXT = FileType("document", "text/plain", (".txt", ".csv"))

_BEGINNINGS = (
    (b"\xff\xd8\xff", JPEG), (b"\x89PNG\r\n\x1a\n", PNG), (b"OggS", OGG), (b"ID3", MP3), (b"\xff\xfb", MP3),
    (b"\xff\xf3", MP3), (b"\xff\xf2", MP3), (b"\xff\xf1", AAC), (b"\xff\xf9", AAC), (b"#!AMR", AMR), (b"%PDF-", PDF),
)  # fmt: skip
_OFFICE_PARTS = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX, "ppt/presentation.xml": PPTX}
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


def file_type(data: bytes) -> FileType | None:
    """What the bytes are; None: nothing that can be sent."""
    for beginning, found in _BEGINNINGS:
        if data.startswith(beginning):
            return found
    if data[:4] == b"RIFF":
        return {b"WEBP": WEBP, b"WAVE": WAV}.get(data[8:12])
    if data[4:8] == b"ftyp":
        return _of_brand(data[8:12])
    if data[:4] == b"PK\x03\x04":
        return _office(data)
    return TXT if _is_text(data) else None


def _of_brand(brand: bytes) -> FileType | None:
    if brand.startswith((b"M4A", b"M4B")):
        return M4A
    if brand.startswith((b"3gp", b"3g2")):
        return THREE_GP
    return None if brand.startswith((b"heic", b"heix", b"mif1", b"avif", b"qt")) else MP4


def _office(data: bytes) -> FileType | None:
    """An Office document is an archive with a certain part in it; other archives are not for patients."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return None
    if any(name.endswith("vbaProject.bin") for name in names):
        return None  # macros
    return next((found for part, found in _OFFICE_PARTS.items() if part in names), None)


def _is_text(data: bytes) -> bool:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    markup = text.lstrip("\ufeff \t\r\n")[:1] == "<"  # a page can carry a script, and opens in a browser
    return bool(text.strip()) and not markup and not text.startswith("#!") and not _UNPRINTABLE.search(text)


def clean_name(name: str, found: FileType) -> str:
    """A name for the patient's phone: one part, nothing invisible, and an ending that says what the file is."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    plain = "".join(" " if c.isspace() else c for c in last if unicodedata.category(c)[0] != "C" or c.isspace())
    plain = re.sub(r'[<>:"|?*\s]+', " ", plain).strip(" .")
    if plain.lower().endswith(found.suffixes):
        stem, suffix = plain[: plain.rindex(".")], plain[plain.rindex(".") :]
    else:
        stem, suffix = plain, found.suffixes[0]
    return (stem.strip(" .")[: NAME_MAX - len(suffix)] or "file") + suffix
