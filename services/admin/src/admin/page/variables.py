"""What is a template's variable called? In the reader's language where we know it, else as the clinic's file has it."""

import re
from collections.abc import Sequence

from admin.page.words import LANGUAGES, Words, catalog

_PLACE = re.compile(r"\{([^{}]*)\}")


def label(t: Words, name: str) -> str:
    """The variable, as a reader calls it."""
    return t.known(f"variable.{name}", name)


def labelled(t: Words, text: str) -> str:
    """A template's words, with the places of its variables called as a reader calls them."""
    return _PLACE.sub(lambda found: f"{{{label(t, found[1])}}}", text)


def variable_of(title: str, variables: Sequence[str]) -> str:
    """The variable that a column's title means, by its name or by what any language calls it; else the title."""
    if title in variables:
        return title
    said = title.casefold()
    return next((name for name in variables if said in _called(name)), title)


def _called(name: str) -> set[str]:
    entry = catalog().get(f"variable.{name}")
    return {name.casefold()} | {str(getattr(entry, language)).casefold() for language in LANGUAGES if entry}
