"""How does a person's data get into a file? Whole or not at all, and for its owner's eyes."""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file instead.")]


def to_file(path: Path, lines: Iterable[str]) -> int:
    """Write the lines; how many there were. What breaks off leaves no file, and an older one as it was."""
    part = path.with_name(f"{path.name}.part")
    count = 0
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            for count, line in enumerate(lines, 1):  # noqa: B007 - how many is what is told
                file.write(line + "\n")
        part.replace(path)
    except OSError as error:
        raise typer.BadParameter(f"{path} cannot be written: {error.strerror}", param_hint="--output") from None
    finally:
        with suppress(OSError):
            part.unlink()
    return count
