"""Is this clinic's file, with its knowledge, fit to answer from?"""

import re
from pathlib import Path
from typing import Any

import msgspec

from clinic.countries import country_of
from clinic.errors import ClinicError
from clinic.model import GIVEN, Clinic, Document
from clinic.reading import KINDS, decoded
from clinic.rules import problems
from clinic.text import LANGUAGES, Text, Words
from clinic.texts import check_text
from clinic.tree import Reader, compose


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
    country = clinic.country or country_of(clinic.timezone)
    return msgspec.structs.replace(clinic, vips=vips, country=country, documents=_documents(path, clinic))


def line_of(path: Path, field: str) -> tuple[str, int]:
    """Where a field of a sound file stands: for a mistake that only shows beside another file."""
    reader = Reader(_shown(path))
    given: dict[str, Any] = dict.fromkeys(GIVEN, ())
    reader.build(compose(_read(path), reader.file), Clinic, given=given | {"id": path.stem, "path": path})
    return reader.file, reader.lines.get(field, 1)


def instances_of(path: Path) -> frozenset[str] | None:
    """The instances that a broken file answers for, as far as it can be read; None: nobody can say."""
    try:
        reader = Reader(_shown(path))
        fields = {str(key.value): value for key, value in compose(_read(path), reader.file).value}
        return frozenset(reader.build(fields["instances"], tuple[str, ...])) if "instances" in fields else None
    except ClinicError:
        return None


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


def knowledge_files(path: Path) -> list[Path]:
    """The texts in the folder that is named like a clinic's file."""
    folder = path.parent / path.stem / "knowledge"
    return sorted(file for file in folder.glob("*") if file.suffix in KINDS and not file.name.startswith("."))


def _documents(path: Path, clinic: Clinic) -> tuple[Document, ...]:
    return tuple(_document(file, clinic) for file in knowledge_files(path))


def _document(file: Path, clinic: Clinic) -> Document:
    try:
        return check_text(clinic, file.name, _bytes(file))
    except ClinicError as wrong:
        raise ClinicError(_shown(file), wrong.line, wrong.field, wrong.problem) from wrong


def _read(path: Path) -> str:
    return decoded(_bytes(path), _shown(path))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as gone:
        raise ClinicError(_shown(path), 1, "", f"cannot be read: {gone.strerror}") from gone


def _shown(path: Path) -> str:
    """The path from the clinics folder on: what an operator recognises in a container as on a laptop."""
    parts = path.parts
    start = max((at for at, part in enumerate(parts) if part == "clinics"), default=max(len(parts) - 2, 0))
    return "/".join(parts[start:])
