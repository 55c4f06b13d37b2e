"""Do the shapes by which the page knows the API's sentences agree with their words, and with what the code says?"""

import re
from pathlib import Path

import pytest

from admin.page import failings, findings, reasons, refusals
from admin.page.words import catalog

TABLES = {
    "refusal": refusals.SHAPES, "reason": reasons.SHAPES, "check": findings.SHAPES, "failing": failings.SHAPES,
}  # fmt: skip
EVERYBODY = Path(__file__).parents[4]
"""All services: the sender tells why a message failed."""
BESIDE = re.compile(r"refusal\.nobody|reason\.stream_\w+|check\.(name|ago|each)_\w+")
"""Words of those rooms that are parts of a sentence."""


@pytest.mark.parametrize("room", TABLES)
def test_every_shape_has_its_words_and_the_other_way_round(room: str) -> None:
    shapes = TABLES[room]
    keys = {key for key in catalog() if key.startswith(f"{room}.") and not BESIDE.fullmatch(key)}
    assert keys == {f"{room}.{name}" for name in shapes}
    for name, shape in shapes.items():
        assert set(re.compile(shape).groupindex) >= _fields(f"{room}.{name}"), name


def _fields(key: str) -> set[str]:
    entry = catalog()[key].en
    return set(re.findall(r"{(\w+)}", entry if isinstance(entry, str) else entry.other))


@pytest.mark.parametrize("room", ["refusal", "reason", "failing"])
def test_every_shape_is_of_a_sentence_that_the_code_says(room: str) -> None:
    """A sentence that is changed without its shape would fall back to English without anybody noticing.

    What the doctor says, `test_findings.py` has it say.
    """
    source = "\n".join(file.read_text("utf-8") for file in EVERYBODY.glob("services/*/src/**/*.py") if _speaks(file))
    told = [(name, shape) for name, shape in TABLES[room].items() if not shape.startswith(refusals.FIELD)]
    assert [(name, words) for name, shape in told for words in _literal(shape) if words not in source] == []


def _speaks(file: Path) -> bool:
    return file.name not in ("refusals.py", "reasons.py", "findings.py", "failings.py")


def _literal(shape: str) -> list[str]:
    """The longest words of a shape that stand in the code as they are; nothing when they are too short to tell."""
    plain = re.split(r"\(\?P<\w+>[^)]*\)|\(\?:[^)]*\)\??|[|]|\\S\+|\\d\+|\\w\+|\[[^\]]*\]\+?|\.[+*]\??|`|'|\\.", shape)
    longest = max(plain, key=len).strip()
    return [longest] if len(longest) > 12 else []
