"""What do the docstrings under a class's fields say? Python drops them at run time, so the source is read."""

import ast
import functools
import inspect
import itertools
import textwrap
from collections.abc import Mapping
from typing import Any


@functools.cache
def field_texts(kind: type) -> Mapping[str, str]:
    """The docstring under each field, those of the base classes included."""
    texts: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        if base.__module__ not in ("builtins", "typing", "msgspec", "msgspec._core"):
            texts |= _own(base)
    return texts


def _own(kind: type) -> dict[str, str]:
    try:
        [node] = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    except (OSError, TypeError, ValueError):  # made at run time: there is no source
        return {}
    texts: dict[str, str] = {}
    body: list[Any] = getattr(node, "body", [])
    for field, text in itertools.pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant):
            texts[ast.unparse(field.target)] = " ".join(str(text.value.value).split())
    return texts
