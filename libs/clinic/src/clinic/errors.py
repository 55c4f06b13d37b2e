"""How is a mistake in a clinic's files told, so that whoever wrote it can mend it?"""

import difflib
from collections.abc import Iterable


class ClinicError(ValueError):
    """One mistake: the file, its line (0: none of its lines), the field, and what is wrong with it."""

    def __init__(self, file: str, line: int, field: str, problem: str) -> None:
        super().__init__(": ".join(part for part in (f"{file}:{line}" if line else file, field, problem) if part))
        self.file = file
        self.line = line
        self.field = field
        self.problem = problem


def suggestion(word: str, known: Iterable[str]) -> str:
    """` (did you mean x?)`, or the whole choice when nothing is near."""
    choice = sorted(known)
    near = difflib.get_close_matches(word, choice, n=1, cutoff=0.6)
    if near:
        return f" (did you mean {near[0]}?)"
    return f" (known: {', '.join(choice)})" if choice else ""
