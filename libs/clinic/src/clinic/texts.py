"""Is this text fit to answer from, and what becomes of a clinic when texts are added to it?

A text is a file of the clinic's knowledge folder, or one that staff uploaded; both go through `check_text`, so what an
upload is refused for is what a file is refused for.
"""

import re
from collections.abc import Mapping
from pathlib import Path

import msgspec

from clinic.errors import ClinicError, suggestion
from clinic.model import Clinic, Document
from clinic.text import Language

MAX_BYTES = 1 << 20  # a megabyte of text is far more than any clinic says about itself
MAX_NAME = 80
KINDS = frozenset({".md"})
_NAME = re.compile(r"[\w-][\w .-]*")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


def check_text(clinic: Clinic, name: str, data: bytes) -> Document:
    """The document that a file of this name and content is in `clinic`; raises ClinicError with its line.

    `parking.md` is in the clinic's first language, `parking.es.md` in Spanish.
    """
    shown = f"{clinic.id}/knowledge/{name if is_name(name) else '?'}"
    if not is_name(name):
        raise ClinicError(
            shown, 1, "", f"{name[:MAX_NAME]!r} is no name for a text: letters, digits, - and _, then .md"
        )
    topic, _, suffix = Path(name).stem.partition(".")
    language = _language(clinic, suffix, shown)
    text = decoded(data, shown)
    if found := _UNPRINTABLE.search(text):
        line = text[: found.start()].count("\n") + 1
        raise ClinicError(shown, line, "", f"has the control character {found[0]!r}: this is no text")
    if not text.strip():
        raise ClinicError(shown, 1, "", "the file is empty")
    return Document(f"knowledge/{name}", topic, language, text)


def with_texts(clinic: Clinic, texts: Mapping[str, bytes]) -> Clinic:
    """The clinic with these texts (file name -> content) beside its own; one of the same name replaces it.

    Raises ClinicError for the first that is not fit. Without texts it is the same object.
    """
    if not texts:
        return clinic
    added = {one.source: one for one in (check_text(clinic, name, texts[name]) for name in sorted(texts))}
    documents = {one.source: one for one in clinic.documents} | added
    return msgspec.structs.replace(clinic, documents=tuple(documents[source] for source in sorted(documents)))


def is_name(name: str) -> bool:
    """May a text be called so? Nothing that leads out of its folder, or that is hidden in it."""
    return len(name) <= MAX_NAME and _NAME.fullmatch(name) is not None and Path(name).suffix in KINDS


def decoded(data: bytes, shown: str) -> str:
    """UTF-8 of a bearable size, or ClinicError."""
    if len(data) > MAX_BYTES:
        raise ClinicError(shown, 1, "", f"is larger than {MAX_BYTES} bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = data[: wrong.start].count(b"\n") + 1
        raise ClinicError(shown, line, "", "is not UTF-8: save the file with that encoding") from wrong


def _language(clinic: Clinic, suffix: str, shown: str) -> Language:
    if not suffix:
        return clinic.language
    for language in clinic.languages:
        if language == suffix:
            return language
    near = suggestion(suffix, clinic.languages)
    raise ClinicError(shown, 1, "", f"{suffix!r} is not a language of this clinic{near}")
