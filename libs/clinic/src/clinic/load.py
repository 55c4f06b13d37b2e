"""Is this clinic's file, with its knowledge, fit to answer from?"""

import re
from pathlib import Path
from typing import Any

import msgspec

from clinic.errors import ClinicError, suggestion
from clinic.model import GIVEN, Clinic, Document
from clinic.rules import problems
from clinic.text import LANGUAGES, Language, Text, Words
from clinic.tree import Reader, compose

MAX_BYTES = 1 << 20  # a megabyte of text is far more than any clinic says about itself


def load(path: Path) -> Clinic:
    """The clinic of `path` and of the knowledge folder named like it; raises ClinicError."""
    reader = Reader(_shown(path))
    tree = compose(_read(path), reader.file)
    given: dict[str, Any] = dict.fromkeys(GIVEN, ())
    clinic: Clinic = reader.build(tree, Clinic, given=given | {"id": path.stem, "path": path})
    clinic = _filled(clinic, clinic, "", reader)
    for field, problem in problems(clinic):
        raise reader.error(field, problem)
    vips = tuple(re.sub(r"\D", "", number) for number in clinic.vips)
    return msgspec.structs.replace(clinic, vips=vips, documents=_documents(path, clinic))


def line_of(path: Path, field: str) -> tuple[str, int]:
    """Where a field of a sound file stands: for a mistake that only shows beside another file."""
    reader = Reader(_shown(path))
    given: dict[str, Any] = dict.fromkeys(GIVEN, ())
    reader.build(compose(_read(path), reader.file), Clinic, given=given | {"id": path.stem, "path": path})
    return reader.file, reader.lines.get(field, 1)


def _filled(value: Any, clinic: Clinic, field: str, reader: Reader) -> Any:
    """`value` with every text present in every language, out of the clinic's first one."""
    if isinstance(value, Text):
        first = value.say(clinic.language)
        if not first:
            raise reader.error(field, f"needs a text in {clinic.language}, the clinic's first language")
        return Text(*(value.say(language) or first for language in LANGUAGES))
    if isinstance(value, tuple):
        return tuple(_filled(item, clinic, f"{field}[{at}]", reader) for at, item in enumerate(value))
    if isinstance(value, dict):
        return {key: _filled(item, clinic, f"{field}.{key}", reader) for key, item in value.items()}
    if isinstance(value, msgspec.Struct) and not isinstance(value, Words):
        names = [name for name in value.__struct_fields__ if name not in GIVEN]
        filled = {name: _filled(getattr(value, name), clinic, f"{field}.{name}".lstrip("."), reader) for name in names}
        return msgspec.structs.replace(value, **filled)
    return value


def _documents(path: Path, clinic: Clinic) -> tuple[Document, ...]:
    files = sorted((path.parent / path.stem / "knowledge").glob("*.md"))
    return tuple(_document(file, clinic) for file in files)


def _document(file: Path, clinic: Clinic) -> Document:
    """`parking.md` is in the clinic's first language, `parking.es.md` in Spanish."""
    topic, _, suffix = file.stem.partition(".")
    language: Language = clinic.language
    if suffix:
        named: list[Language] = [one for one in clinic.languages if one == suffix]
        if not named:
            near = suggestion(suffix, clinic.languages)
            raise ClinicError(_shown(file), 1, "", f"{suffix!r} is not a language of this clinic{near}")
        language = named[0]
    text = _read(file)
    if not text.strip():
        raise ClinicError(_shown(file), 1, "", "the file is empty")
    return Document(f"knowledge/{file.name}", topic, language, text)


def _read(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as gone:
        raise ClinicError(_shown(path), 1, "", f"cannot be read: {gone.strerror}") from gone
    if len(raw) > MAX_BYTES:
        raise ClinicError(_shown(path), 1, "", f"is larger than {MAX_BYTES} bytes")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = raw[: wrong.start].count(b"\n") + 1
        raise ClinicError(_shown(path), line, "", "is not UTF-8: save the file with that encoding") from wrong


def _shown(path: Path) -> str:
    """The path from the clinics folder on: what an operator recognises in a container as on a laptop."""
    parts = path.parts
    start = max((at for at, part in enumerate(parts) if part == "clinics"), default=max(len(parts) - 2, 0))
    return "/".join(parts[start:])
