"""What is wrong with a field, in plain words? msgspec tells it to programmers; here it is told to whoever filled it in.

The one place for it: the API, the command line and the page say what stands here. A pattern says what it takes in words
of its own, beside it: `Meta(pattern=…, extra={"takes": "…"})`.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec.inspect as mi

from admin.http.kinds import names_of, options_of, takes_of, type_at

_KINDS = {
    "str": "a text", "int": "a whole number", "float": "a number", "bool": "true or false", "array": "a list",
    "object": "an object with fields", "null": "null", "bytes": "base64",
}  # fmt: skip
_WHOLE = re.compile(r"^(?P<said>.*?)(?: - at (?P<key>`key` in )?`\$(?P<path>[^`]*)`)?$", re.S)
_NAMED = re.compile(r"Object (?P<what>missing required|contains unknown) field `(?P<name>[^`]+)`")
_LENGTH = re.compile(r"Expected `(?P<kind>\w+)` of length (?P<than>>=|<=|==) (?P<n>\d+)")
_BOUND = re.compile(r"Expected `(?:int|float)` (?P<than>>=|<=|>|<) (?P<n>\S+)")
_STEP = re.compile(r"Expected `(?:int|float)` that's a multiple of (?P<n>\S+)")
_PATTERN = re.compile(r"Expected `str` matching regex ")
_KIND = re.compile(r"Expected `(?P<wanted>[^`]+)`, got `(?P<got>[^`]+)`")
_OPTION = re.compile(r"Invalid (?:enum )?value (?P<value>.+)", re.S)
_OTHERS = {"Number out of range": "is too large a number", "Invalid base64 encoded string": "is not base64"}
_THAN = {">=": "must be at least", "<=": "must be at most", ">": "must be more than", "<": "must be less than"}


def told(error: Exception, kind: Any) -> tuple[str, str]:
    """The field that msgspec's error is about, empty when it is the whole, and what is wrong with it.

    `kind` is the type that was wanted: it knows which values there are.
    """
    found = _WHOLE.match(str(error))
    assert found is not None  # it matches anything
    said, path = found["said"], (found["path"] or "").lstrip(".")
    if named := _NAMED.fullmatch(said):
        name = f"{path}.{named['name']}" if path else named["name"]
        return name, "is missing" if named["what"] == "missing required" else _unknown(kind, path)
    wrong = _said(said, None if found["key"] else type_at(kind, path))
    return path, f"has a name that {wrong}" if found["key"] else wrong


def _unknown(kind: Any, path: str) -> str:
    names = names_of(type_at(kind, path))
    return f"there is no such field; there are {', '.join(names)}" if names else "there is no such field"


def _said(said: str, about: mi.Type | None) -> str:
    for shape, words in _SHAPES.items():
        if found := shape.match(said):
            return words(found.groupdict(), about)
    return _OTHERS.get(said) or said[:1].lower() + said[1:]


def _length(found: Mapping[str, str], _about: mi.Type | None) -> str:
    n = int(found["n"])
    of = "character" if found["kind"] == "str" else "byte" if found["kind"] == "bytes" else "entry"
    many = {"entry": "entries"}.get(of, f"{of}s") if n != 1 else of
    if found["than"] == ">=":
        return "is empty" if n == 1 else f"is too short: at least {n} {many}"
    return f"is too long: at most {n} {many}" if found["than"] == "<=" else f"must have {n} {many}"


def _bound(found: Mapping[str, str], _about: mi.Type | None) -> str:
    return f"{_THAN[found['than']]} {found['n'].removesuffix('.0')}"


def _step(found: Mapping[str, str], _about: mi.Type | None) -> str:
    return f"must be a multiple of {found['n']}"


def _pattern(_found: Mapping[str, str], about: mi.Type | None) -> str:
    takes = takes_of(about)
    return f"takes {takes}" if takes else "is not written as it should be"


def _kind(found: Mapping[str, str], about: mi.Type | None) -> str:
    wanted = [kind for kind in found["wanted"].split(" | ") if kind != "null"]
    options = options_of(about)
    if options and found["got"] != "null":
        return f"must be one of {', '.join(map(str, options))}"
    return f"must be {' or '.join(_KINDS.get(kind, kind) for kind in wanted)}"


def _option(found: Mapping[str, str], about: mi.Type | None) -> str:
    options = options_of(about)
    known = f"must be one of {', '.join(map(str, options))}" if options else "is not known"
    return f"{known}, not {found['value']}" if options else f"{found['value']} {known}"


_SHAPES: Mapping[re.Pattern[str], Callable[[Mapping[str, str], mi.Type | None], str]] = {
    _LENGTH: _length, _BOUND: _bound, _STEP: _step, _PATTERN: _pattern, _KIND: _kind, _OPTION: _option,
}  # fmt: skip
