"""What lies in a folder of clinics and is read by nobody?"""

from collections.abc import Iterator
from pathlib import Path

from clinic.reading import KINDS

TEXTS = "knowledge"


def strays(directory: Path) -> Iterator[str]:
    """A sentence for each file and folder that has no effect; what is hidden is left alone."""
    clinics = {path.stem for path in directory.glob("*.yaml")}
    for path in _seen(directory):
        if path.is_dir():
            yield from _of_clinic(path) if path.name in clinics else [_said(path, f"there is no {path.name}.yaml")]
        elif path.suffix != ".yaml":
            yield _said(path, "a clinic's file is called NAME.yaml")


def _of_clinic(folder: Path) -> Iterator[str]:
    for path in _seen(folder):
        if path.name != TEXTS or not path.is_dir():
            yield _said(path, f"texts belong into {folder.name}/{TEXTS}/")
            continue
        for text in _seen(path):
            if text.is_dir() or text.suffix not in KINDS:
                yield _said(text, f"a text is a file of the kind {', '.join(sorted(KINDS))}")


def _seen(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def _said(path: Path, why: str) -> str:
    return f"{path}: is not read: {why}"
