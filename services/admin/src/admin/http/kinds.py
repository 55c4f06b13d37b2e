"""What may stand at a place of a type? Its fields, its values, what its pattern takes: told to whoever got it wrong."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec.inspect as mi

_STEP = re.compile(r"\[(?:\d+|\.\.\.)\]|\.?([^.\[\]]+)")


def type_at(kind: Any, path: str) -> mi.Type | None:
    """The type at a path such as `rows[0].title`; None when it cannot be told."""
    at: mi.Type | None = mi.type_info(kind)
    for step in _STEP.finditer(path):
        at = next((found for part in _parts(at) if (found := _below(part, step[1]))), None)
    return at


def names_of(about: mi.Type | None) -> list[str]:
    """The fields that there may be."""
    return [field.encode_name for part in _parts(about) if isinstance(part, mi.StructType) for field in part.fields]


def options_of(about: mi.Type | None) -> Sequence[Any]:
    """The values that there are, when they can be counted."""
    return [value for part in _parts(about) if isinstance(part, mi.LiteralType) for value in part.values]


def takes_of(about: mi.Type | None) -> str:
    """What a pattern takes, in the words that stand beside it."""
    extras = [part.extra or {} for part in _wrapped(about) if isinstance(part, mi.Metadata)]
    return next((str(extra["takes"]) for extra in extras if "takes" in extra), "")


def _below(about: mi.Type, name: str | None) -> mi.Type | None:
    match about:
        case mi.StructType(fields=fields) if name is not None:
            return next((field.type for field in fields if field.encode_name == name), None)
        case mi.ListType(item_type=item) | mi.VarTupleType(item_type=item) | mi.SetType(item_type=item):
            return item
        case mi.DictType(value_type=value):
            return value
    return None


def _parts(about: mi.Type | None) -> Iterator[mi.Type]:
    """The types that it may be, without what is around them."""
    return (part for part in _wrapped(about) if not isinstance(part, mi.Metadata | mi.UnionType))


def _wrapped(about: mi.Type | None) -> Iterator[mi.Type]:
    if about is None:
        return
    yield about
    if isinstance(about, mi.Metadata):
        yield from _wrapped(about.type)
    if isinstance(about, mi.UnionType):
        for part in about.types:
            yield from _wrapped(part)
