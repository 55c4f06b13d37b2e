"""Do the shapes by which the page knows the API's sentences agree with their words, and with what the code says?"""

import re
from collections.abc import Mapping
from importlib import resources
from typing import Any

import pytest

from admin.page import findings, reasons, refusals
from admin.page.words import catalog

TABLES = {"refusal": refusals.SHAPES, "reason": reasons.SHAPES, "check": findings.SHAPES}
BESIDE = re.compile(r"refusal\.nobody|reason\.stream_\w+|check\.(name|ago)_\w+")
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


@pytest.mark.parametrize("shapes", [refusals.SHAPES, reasons.SHAPES], ids=["refusal", "reason"])
def test_every_shape_is_of_a_sentence_that_the_code_says(shapes: Mapping[str, str]) -> None:
    """A sentence that is changed without its shape would fall back to English without anybody noticing.

    What the doctor says, `test_findings.py` has it say.
    """
    source = "\n".join(file.read_text("utf-8") for file in _modules(resources.files("admin")))
    told = [(name, shape) for name, shape in shapes.items() if not shape.startswith(refusals.FIELD)]
    assert [(name, words) for name, shape in told for words in _literal(shape) if words not in source] == []


def _modules(folder: Any) -> list[Any]:
    found = []
    for one in folder.iterdir():
        if one.is_dir():
            found += _modules(one)
        elif one.name.endswith(".py") and one.name not in ("refusals.py", "reasons.py", "findings.py"):
            found.append(one)
    return found


def _literal(shape: str) -> list[str]:
    """The longest words of a shape that stand in the code as they are; nothing when they are too short to tell."""
    plain = re.split(r"\(\?P<\w+>[^)]*\)|\(\?:[^)]*\)\??|[|]|\\S\+|\\d\+|\\w\+|\[[^\]]*\]\+?|\.[+*]\??|`|'|\\.", shape)
    longest = max(plain, key=len).strip()
    return [longest] if len(longest) > 12 else []
