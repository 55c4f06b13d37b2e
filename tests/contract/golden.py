"""What did an event look like when it was first written? Examples of every type, kept for ever in `golden/`.

A log outlives the code that wrote it: today's code must read the bytes of every version that was ever in use.
`python tests/contract/golden.py --write` adds what is missing, for a new type or a new kind of content. It never
changes a file: a type whose old examples no longer read the same is to get a new version instead.
"""

import argparse
import json
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from shared.events import TYPES, Event, encode

FOLDER = Path(__file__).parent / "golden"
ID = "019a2b3c-4d5e-7f60-8a9b-0c1d2e3f4051"
AT = 1_795_479_370_123


def examples(kind: type[Event]) -> Iterator[tuple[str, Event]]:
    """An example with its required fields alone, and one of each shape with every field."""
    yield "least", kind(**_fields(kind, required=True))
    for name, shape in _shapes(kind):
        yield name, kind(**(_fields(kind) | shape))


def _shapes(kind: type[msgspec.Struct]) -> Iterator[tuple[str, dict[str, Any]]]:
    """One for each member of a union of structs among the fields."""
    unions = {name: _structs(hint) for name, hint in get_type_hints(kind).items()}
    several = {name: members for name, members in unions.items() if len(members) > 1}
    if not several:
        yield "full", {}
    for name, members in several.items():
        for member in members:
            yield f"full-{member.__struct_config__.tag}", {name: member(**_fields(member))}


def _structs(hint: Any) -> list[type[msgspec.Struct]]:
    return [m for m in get_args(hint) if isinstance(m, type) and issubclass(m, msgspec.Struct)]


def _fields(kind: type[msgspec.Struct], *, required: bool = False) -> dict[str, Any]:
    hints = get_type_hints(kind, include_extras=False)
    info = msgspec.structs.fields(kind)
    return {field.name: _sample(field.name, hints[field.name]) for field in info if field.required or not required}


def _sample(name: str, hint: Any) -> Any:
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _sample(name, args[0])
    if origin is Literal:
        return args[-1]
    if origin in (Union, types.UnionType):
        return _sample(name, args[0])
    if origin is tuple:
        return (_sample(name, args[0]),)
    if origin is dict:
        return {"a": _sample(name, args[1])}
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return hint(**_fields(hint))
    return _plain(name, hint)


def _plain(name: str, hint: Any) -> Any:
    if hint is str:
        known = {"id": ID, "instance": "wa1", "chat": "5511988887777", "to": "5511988887777"}
        return known.get(name, f"{name}: Olá 👋")
    if hint is bool:
        return True
    if hint is int:
        return AT if name.endswith(("_at", "until", "not_before", "since")) else 7
    assert hint is float, (name, hint)
    return 0.5


def stored() -> Iterator[tuple[str, Path]]:
    """Every golden file with the type that it is of."""
    for path in sorted(FOLDER.glob("*/*.json")):
        yield path.parent.name, path


def write() -> list[Path]:
    """Add what is missing; the new files."""
    made = []
    for tag, kind in TYPES.items():
        for name, event in examples(kind):
            path = FOLDER / tag / f"{name}.json"
            if path.exists():
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            view = {"json": msgspec.to_builtins(event), "msgpack": encode(event).hex()}
            path.write_text(json.dumps(view, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
            made.append(path)
    return made


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", required=True, help="add the examples that are missing")
    parser.parse_args()
    for path in write():
        sys.stdout.write(f"{path.relative_to(FOLDER)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
