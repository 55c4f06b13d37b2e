"""Which struct does this YAML tree describe, and at which line does each field stand?

The tree is composed, not loaded: every scalar is still text with its line, and the struct's type says
what it means. So `14:00` is never the number 840, `no` is never false, and no tag can build an object.
"""

import types
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from clinic.errors import ClinicError, suggestion

_SAFE = {f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "map", "seq", "timestamp")}
QUOTES = 'a text with a comma, a colon or a question mark needs quotes, as in {pt: "Oi, tudo bem?"}'
_MEANS: dict[object, str] = {int: "a whole number", Decimal: "a number such as 180.00", bool: "true or false"}


def compose(text: str, file: str) -> MappingNode:
    """The file as a tree, or where its YAML breaks."""
    try:
        node = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as broken:
        mark = broken.problem_mark or broken.context_mark
        problem = f"not valid YAML: {broken.problem}{_quotes(broken.problem or '')}"
        raise ClinicError(file, mark.line + 1 if mark else 1, "", problem) from broken
    except RecursionError as broken:
        raise ClinicError(file, 1, "", "is nested too deeply") from broken
    except yaml.YAMLError as broken:
        raise ClinicError(file, 1, "", f"not valid YAML: {' '.join(str(broken).split())}") from broken
    if not isinstance(node, MappingNode):
        raise ClinicError(file, 1, "", "a clinic file is a list of fields such as `name: ...`")
    return node


def _quotes(problem: str) -> str:
    """The usual cause of what the parser stumbles over."""
    unquoted = problem.endswith(("but got '?'", "but got ':'")) or problem == "mapping values are not allowed here"
    return f" ({QUOTES})" if unquoted else ""


class Reader:
    """Builds structs out of a tree and remembers the line of every field."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[str, int] = {}

    def error(self, field: str, problem: str, node: Node | None = None) -> ClinicError:
        line = _line(node) if node else self.lines.get(field) or self.lines.get(_parent(field), 1)
        return ClinicError(self.file, line, field, problem)

    def build(self, node: Node, kind: Any, field: str = "", given: Mapping[str, Any] | None = None) -> Any:
        """What `kind` says this node means."""
        self.lines[field] = _line(node)
        if node.tag not in _SAFE:
            raise self.error(field, f"the tag {node.tag} is not allowed here", node)
        kind, constraint = _unwrapped(kind)
        origin = get_origin(kind)
        if origin in (types.UnionType, Union):
            inner = next(arm for arm in get_args(kind) if arm is not type(None))
            return None if _empty(node) else self.build(node, inner, field)
        if hasattr(kind, "parse") and isinstance(node, ScalarNode):
            return self._parsed(node, kind, field)
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            return self._struct(node, kind, field, given or {})
        if origin is tuple:
            return self._checked(self._items(node, get_args(kind)[0], field), kind, constraint, field, node)
        if origin is dict:
            return {
                key.value: self.build(value, get_args(kind)[1], f"{field}.{key.value}")
                for key, value in self._pairs(node, field)
            }
        return self._scalar(node, kind, constraint, field)

    def _struct(self, node: Node, kind: type[msgspec.Struct], field: str, given: Mapping[str, Any]) -> Any:
        fields = {one.name: one for one in msgspec.structs.fields(kind) if one.name not in given}
        values = dict(given)
        for key, value in self._pairs(node, field):
            path = f"{field}.{key.value}".lstrip(".")
            if key.value not in fields:
                if isinstance(node, MappingNode) and node.flow_style and _empty(value):  # {pt: Oi, tudo bem}
                    raise self.error(field, f"{key.value!r} stands alone behind a comma: {QUOTES}", key)
                raise self.error(path, f"unknown field{suggestion(key.value, fields)}", key)
            values[key.value] = self.build(value, fields[key.value].type, path)
        for name, one in fields.items():
            if one.required and name not in values:
                raise self.error(f"{field}.{name}".lstrip("."), "is missing", node)
        return kind(**values)

    def _pairs(self, node: Node, field: str) -> Iterator[tuple[ScalarNode, Node]]:
        if not isinstance(node, MappingNode):
            raise self.error(field, "should be fields, each with its own line such as `name: value`", node)
        seen: set[str] = set()
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                raise self.error(field, "a field's name should be a plain word", key)
            if key.value in seen:
                raise self.error(f"{field}.{key.value}".lstrip("."), "is given twice", key)
            seen.add(key.value)
            yield key, value

    def _items(self, node: Node, kind: Any, field: str) -> tuple[Any, ...]:
        if _empty(node):
            return ()
        if not isinstance(node, SequenceNode):
            raise self.error(field, "should be a list, as in [a, b]", node)
        return tuple(self.build(item, kind, f"{field}[{index}]") for index, item in enumerate(node.value))

    def _parsed(self, node: ScalarNode, kind: Any, field: str) -> Any:
        if not node.value.strip():
            raise self.error(field, "is empty", node)
        try:
            return kind.parse(node.value.strip())
        except ValueError as wrong:
            raise self.error(field, str(wrong), node) from wrong

    def _scalar(self, node: Node, kind: Any, constraint: Any, field: str) -> Any:
        if not isinstance(node, ScalarNode):
            raise self.error(field, f"should be {_MEANS.get(kind, 'one plain value')}", node)
        if not node.value.strip():
            raise self.error(field, "is empty", node)
        if get_origin(kind) is Literal and node.value not in get_args(kind):
            raise self.error(field, f"{node.value!r} is not one of {', '.join(get_args(kind))}", node)
        return self._checked(node.value.strip(), kind, constraint, field, node)

    def _checked(self, value: Any, kind: Any, constraint: Any, field: str, node: Node) -> Any:
        if isinstance(value, tuple):
            if constraint is not None and not value:
                raise self.error(field, "needs at least one entry", node)
            return value
        try:
            return msgspec.convert(value, Annotated[kind, constraint] if constraint else kind, strict=False)
        except msgspec.ValidationError as wrong:
            raise self.error(field, _plain(wrong, value, kind), node) from wrong


def _unwrapped(kind: Any) -> tuple[Any, Any]:
    if get_origin(kind) is Annotated:
        return get_args(kind)[0], get_args(kind)[1]
    return kind, None


def _plain(wrong: msgspec.ValidationError, value: Any, kind: Any) -> str:
    """What msgspec says, for somebody who writes YAML."""
    said = str(wrong).split(" - at ")[0]
    if kind in _MEANS and ("got `str`" in said or "Invalid" in said):
        return f"{value!r} is not {_MEANS[kind]}"
    if "matching regex" in said:
        return f"{value!r} will not do: write it in small letters, digits, - and _, beginning with a letter or digit"
    return f"{value!r} will not do: {said[:1].lower()}{said[1:]}"


def _empty(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.style is None and node.value in ("", "~", "null")


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1


def _parent(field: str) -> str:
    return field[: max(field.rfind("."), field.rfind("["), 0)]
