"""How is a PDF read without its taking this process's time and memory? In another one, which may have so much of both.

What was read is kept by its content for a while: a clinic's texts are put together anew whenever one of them changes.
"""

import hashlib
import json
import subprocess
import sys
import threading
from collections import OrderedDict

from clinic.errors import ClinicError
from clinic.pdf_reading import BEYOND

MAX_PDF_BYTES = 5 << 20  # a PDF is mostly fonts and pictures
WAIT_S = 30.0  # five seconds of computing on a machine that is busy with much else
READER = (sys.executable, "-I", "-m", "clinic.pdf_reading")
MOST_KEPT = 250  # more than a clinic may have; of at most a megabyte each, and mostly of some kilobytes

_kept: OrderedDict[bytes, str] = OrderedDict()
_one_at_a_time = threading.Lock()  # a container has memory for one


def pdf_text(data: bytes, shown: str) -> str:
    """The text of all pages; raises ClinicError for `shown` with the page of the mistake."""
    if len(data) > MAX_PDF_BYTES:
        raise ClinicError(shown, 1, "", f"is larger than {MAX_PDF_BYTES} bytes")
    digest = hashlib.blake2b(data, digest_size=16).digest()
    text = _kept.get(digest)
    if text is None:
        text = _kept[digest] = _sound("\n\n".join(_pages(data, shown)))
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return text


def _sound(text: str) -> str:
    """The text without NULs; half a character (a lone surrogate), which nobody could encode, becomes a mark."""
    return text.replace("\x00", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _pages(data: bytes, shown: str) -> list[str]:
    try:
        with _one_at_a_time:
            ended = subprocess.run(READER, input=data, capture_output=True, timeout=WAIT_S, check=False)  # noqa: S603
        told = json.loads(ended.stdout)
    except (subprocess.TimeoutExpired, ValueError):  # ValueError: the system ended it before it said anything
        raise ClinicError(shown, 1, "", BEYOND) from None
    if "problem" in told:
        raise ClinicError(shown, told["page"], "", told["problem"])
    pages: list[str] = told["pages"]
    return pages
