"""What is shown of what the clinics know?"""

import msgspec


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One text."""

    name: str
    topic: str
    language: str
    characters: int
    uploaded: bool
    over_a_file: bool = False


class Texts(msgspec.Struct, frozen=True, kw_only=True):
    """All of a clinic's."""

    clinic: str
    items: list[Line]
    broken: list[str] = []


class TextInFull(msgspec.Struct, frozen=True):
    clinic: str
    line: Line
    text: str


class Found(msgspec.Struct, frozen=True):
    """A piece of a text that speaks to a question."""

    source: str
    heading: str
    text: str
    coverage: float


class Findings(msgspec.Struct, frozen=True):
    language: str
    hits: list[Found]
