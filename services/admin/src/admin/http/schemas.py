"""What do our types look like as JSON Schema? With the docstring of every field, and an example of every body."""

import re
import types
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Union, get_args, get_origin

import msgspec
import msgspec.inspect as mi

from admin.http.described import field_texts

Schema = dict[str, Any]
_REF = "#/components/schemas/{name}"
_DEEPEST = 12  # levels of an example


class Schemas:
    """The schemas of some types, and those that they are made of."""

    def __init__(self, kinds: Iterable[Any]) -> None:
        parts = list(_distinct(part for kind in kinds for part in _parts(kind)))
        made = msgspec.json.schema_components(parts, ref_template=_REF)
        refs, self.components = _renamed(made)
        self._refs = {repr(part): ref for part, ref in zip(parts, refs, strict=True)}
        for kind in _distinct(found for part in parts for found in _structs(mi.type_info(part))):
            self._describe(kind)

    def of(self, kind: Any) -> Schema:
        """The schema of a type: as a rule a reference to a component."""
        found = [self._refs[repr(part)] for part in _parts(kind)]
        return found[0] if len(found) == 1 else {"anyOf": found}

    def properties(self, kind: type[msgspec.Struct]) -> tuple[Schema, set[str]]:
        """The fields of a struct with their schemas, and the names of those that must be given."""
        about = self.components[_name(self.of(kind))]
        return about.get("properties", {}), set(about.get("required", ()))

    def forget(self, kinds: Iterable[Any]) -> None:
        """Drop components that nothing refers to: structs of parameters."""
        for name in {_name(self.of(kind)) for kind in kinds}:
            del self.components[name]

    def example(self, schema: Schema, depth: int = 0) -> Any:
        """Something that the schema allows, as small as can be and still telling."""
        if "$ref" in schema:
            return self.example(self.components[_name(schema)], depth + 1)
        for word in ("examples", "enum"):
            if word in schema:
                return schema[word][0]
        if "const" in schema:
            return schema["const"]
        if options := schema.get("anyOf") or schema.get("oneOf"):
            return self.example(next((o for o in options if o.get("type") != "null"), options[0]), depth + 1)
        return self._plain(schema, depth)

    def _plain(self, schema: Schema, depth: int) -> Any:
        match schema.get("type"):
            case "object" if depth < _DEEPEST:
                given, required = schema.get("properties", {}), schema.get("required", ())
                return {
                    name: self.example(about, depth + 1)
                    for name, about in given.items()
                    if name in required or "examples" in about
                }
            case "array":
                return [self.example(schema["items"], depth + 1)] if schema.get("minItems") else []
            case "string":
                return schema.get("default") or "a" * schema.get("minLength", 1)
            case "integer" | "number":
                return schema.get("default") or schema.get("minimum", 1)
            case "boolean":
                return schema.get("default", False)
        return {}

    def _describe(self, kind: Any) -> None:
        refs, _ = _renamed(msgspec.json.schema_components([kind], ref_template=_REF))
        about = self.components.get(_name(self._refs.get(repr(kind), refs[0])), {})
        names = {field.encode_name: field.name for field in _fields(kind)}
        for name, schema in about.get("properties", {}).items():
            text = field_texts(get_origin(kind) or kind).get(names.get(name, name))
            if text:
                schema.setdefault("description", text)


def _renamed(made: tuple[tuple[Schema, ...], dict[str, Schema]]) -> tuple[list[Schema], dict[str, Schema]]:
    """`Page_Day_`, which is how a `Page[Day]` is called, becomes `DayPage`."""
    text = re.sub(rb'(?<=["/])(\w+?)_(\w+)_(?=")', rb"\2\1", msgspec.json.encode(made))
    refs, components = msgspec.json.decode(text)
    return refs, components


def _fields(kind: Any) -> Sequence[msgspec.structs.FieldInfo]:
    plain = get_origin(kind) or kind
    return msgspec.structs.fields(plain) if issubclass(plain, msgspec.Struct) else ()


def _parts(kind: Any) -> Sequence[Any]:
    """A union of structs, which msgspec takes for no type, one by one; else the type itself."""
    if get_origin(kind) in (Union, types.UnionType):
        structs = [part for part in get_args(kind) if hasattr(get_origin(part) or part, "__struct_fields__")]
        if len(structs) == len(get_args(kind)):
            return structs
    return (kind,)


def _structs(about: Any) -> Iterator[Any]:
    """Every struct that a type is made of."""
    todo, seen = [about], set()
    while todo:
        item = todo.pop()
        if isinstance(item, mi.StructType | mi.DataclassType):
            if repr(item.cls) in seen:
                continue
            seen.add(repr(item.cls))
            yield item.cls
        if isinstance(item, mi.Type | mi.Field):
            todo += [getattr(item, name) for name in item.__struct_fields__]
        elif isinstance(item, tuple):
            todo += item


def _distinct(kinds: Iterable[Any]) -> Iterator[Any]:
    seen: set[str] = set()
    for kind in kinds:
        if repr(kind) not in seen:
            seen.add(repr(kind))
            yield kind


def _name(ref: Schema) -> str:
    return str(ref["$ref"]).rpartition("/")[2]
