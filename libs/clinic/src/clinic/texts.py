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
from clinic.reading import KINDS, markdown
from clinic.text import Language

MAX_NAME = 80
_NAME = re.compile(r"[\w-][\w .-]*")


def check_text(clinic: Clinic, name: str, data: bytes) -> Document:
    """The document that a file of this name and content is in `clinic`; raises ClinicError with its line.

    `parking.md` is in the clinic's first language, `parking.es.md` in Spanish.
    """
    shown = f"{clinic.id}/knowledge/{name if is_name(name) else '?'}"
    if not is_name(name):
        raise ClinicError(
            shown, 1, "", f"{name[:MAX_NAME]!r} is no name for a text: letters, digits, - and _, then .md, .txt or .pdf"
        )
    topic, _, suffix = Path(name).stem.partition(".")
    language = _language(clinic, suffix, shown)
    return Document(f"knowledge/{name}", topic, language, markdown(name, data, shown))


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


def _language(clinic: Clinic, suffix: str, shown: str) -> Language:
    if not suffix:
        return clinic.language
    for language in clinic.languages:
        if language == suffix:
            return language
    near = suggestion(suffix, clinic.languages)
    raise ClinicError(shown, 1, "", f"{suffix!r} is not a language of this clinic{near}")
