"""How is an English sentence of the API's said in the reader's language? By its shape, whose groups its words name."""

import re
from collections.abc import Callable, Mapping

from admin.page.words import Words

Value = Callable[[Words, str, str], str | int]
"""What a group of a shape is in the reader's language, by its name and what stands there."""


class Shapes:
    """The shapes of one kind of sentence. Their words are in the catalog's room of this name."""

    def __init__(self, room: str, shapes: Mapping[str, str], value: Value) -> None:
        self._room, self._value = room, value
        self._shapes = [(name, re.compile(shape, re.S)) for name, shape in shapes.items()]

    def said(self, t: Words, sentence: str) -> str | None:
        """The sentence in the reader's language; None when its shape is not known."""
        for name, shape in self._shapes:
            if found := shape.fullmatch(sentence):
                given = {what: value for what, value in found.groupdict().items() if value is not None}
                return t(f"{self._room}.{name}", **{what: self._value(t, what, given[what]) for what in given})
        return None
