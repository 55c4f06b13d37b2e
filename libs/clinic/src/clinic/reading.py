"""What does a file say, be it Markdown, plain text or PDF? Always told as Markdown, which is cut at its headings.

Plain text and PDFs have no headings of their own: a short line that stands alone, without a sentence's end, is one.
"""

import re
from collections.abc import Iterator
from pathlib import PurePath

from clinic.errors import ClinicError
from clinic.pdf import pdf_text

MAX_BYTES = 1 << 20  # a megabyte of text is far more than any clinic says about itself
MAX_TITLE = 60
KINDS = frozenset({".md", ".txt", ".pdf"})
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


def markdown(name: str, data: bytes, shown: str) -> str:
    """The text of the file `name`; raises ClinicError for `shown` with the line (of a PDF: the page) of the mistake."""
    match PurePath(name).suffix:
        case ".pdf":
            text = with_headings(_pdf(data, shown))
        case ".txt":
            text = with_headings(decoded(data, shown))
        case _:
            text = decoded(data, shown)
    if found := _UNPRINTABLE.search(text):
        line = text[: found.start()].count("\n") + 1
        raise ClinicError(shown, line, "", f"has the control character {found[0]!r}: this is no text")
    if not text.strip():
        raise ClinicError(shown, 1, "", "the file is empty")
    return text


def decoded(data: bytes, shown: str) -> str:
    """UTF-8 of a bearable size, or ClinicError."""
    if len(data) > MAX_BYTES:
        raise ClinicError(shown, 1, "", f"is larger than {MAX_BYTES} bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = data[: wrong.start].count(b"\n") + 1
        raise ClinicError(shown, line, "", "is not UTF-8: save the file with that encoding") from wrong


def with_headings(text: str) -> str:
    """Plain text as Markdown."""
    return "\n".join(_marked(text.splitlines()))


def _marked(lines: list[str]) -> Iterator[str]:
    for at, line in enumerate(lines):
        alone = (at == 0 or not lines[at - 1].strip()) and not (lines[at + 1 : at + 2] or [""])[0].strip()
        said = line.strip()
        yield f"## {said}" if alone and _is_title(said) else line


def _is_title(line: str) -> bool:
    return 0 < len(line) <= MAX_TITLE and line[-1] not in ".!?;:,…" and not line.startswith(("-", "*", "•", "#"))


def _pdf(data: bytes, shown: str) -> str:
    text = pdf_text(data, shown)
    if len(text) > MAX_BYTES:
        raise ClinicError(shown, 1, "", f"has more than {MAX_BYTES} characters of text")
    if not text.strip():
        raise ClinicError(
            shown, 1, "", "has no text in it, only pictures: use a PDF with text, or write it as Markdown"
        )
    return text
