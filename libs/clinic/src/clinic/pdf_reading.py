"""What stands on the pages of a PDF? Read in a process of its own: a PDF is a program, and takes what it likes.

Run as `python -m clinic.pdf_reading`, with the PDF on stdin; says a JSON object on stdout: `{"pages": […]}`, or
`{"page": 1, "problem": "…"}`.
"""

import contextlib
import io
import json
import os
import resource
import sys
from pathlib import Path

MAX_PAGES = 100
MAX_DRAWN = 2 << 20  # bytes of drawing instructions on all pages, unpacked: a page of text has some 5 to 50 kB
CPU_S = 5  # a hundred dense pages of text take about 1 s
MEMORY = 96 << 20  # of address space; a hundred dense pages take 50 MiB, and the smallest container has 256 for all
BEYOND = (
    f"takes more than {CPU_S} s or {MEMORY >> 20} MiB of memory to read: print it to a simpler PDF, or write it as "
    "Markdown"
)


class TooMuch(Exception):  # noqa: N818 - a signal of this module
    """It is not read, and why; `page` is where."""

    def __init__(self, page: int, problem: str) -> None:
        super().__init__(problem)
        self.page = page


def pages(data: bytes) -> list[str]:
    """The text of each page. Raises TooMuch, and whatever the reader raises for what is no PDF."""
    from pypdf import PdfReader  # noqa: PLC0415 - a quarter of a second that most clinics never need

    reader = PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        raise TooMuch(1, "is protected by a password: save it without one")
    if len(reader.pages) > MAX_PAGES:
        raise TooMuch(MAX_PAGES + 1, f"has {len(reader.pages)} pages; {MAX_PAGES} are read")
    drawn = 0
    for number, page in enumerate(reader.pages, 1):
        contents = page.get_contents()
        drawn += len(contents.get_data()) if contents is not None else 0
        if drawn > MAX_DRAWN:
            raise TooMuch(number, f"has more than {MAX_DRAWN} bytes of drawing instructions: write it as Markdown")
    return [page.extract_text() or "" for page in reader.pages]


def _told(data: bytes) -> dict[str, object]:
    try:
        return {"pages": pages(data)}
    except TooMuch as why:
        return {"page": why.page, "problem": str(why)}
    except MemoryError:
        return {"page": 1, "problem": BEYOND}
    except Exception as wrong:  # noqa: BLE001 - the reader raises anything, and a file's mistake is no bug of ours
        return {"page": 1, "problem": f"is no PDF that can be read ({type(wrong).__name__}): export it anew"}


def main() -> None:
    """Read stdin within bounds that the system holds, behind whoever answers a patient."""
    os.nice(10)
    with contextlib.suppress(OSError):  # of all in a container that is too small, this is what the kernel ends first
        Path("/proc/self/oom_score_adj").write_text("1000")
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    json.dump(_told(sys.stdin.buffer.read()), sys.stdout)


if __name__ == "__main__":
    main()
