"""What do the docstrings under a class's fields say? Python drops them at run time, so the source is read."""

import ast
import inspect
import itertools
import textwrap
from typing import Any


def field_texts(kind: type) -> dict[str, str]:
    """The docstring under each field, those of the base classes included."""
    texts: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        if base.__module__.startswith(("shared", "ingest", "responder", "sender", "admin")):
            texts |= _own(base)
    return texts


def _own(kind: type) -> dict[str, str]:
    [node] = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    texts: dict[str, str] = {}
    body: list[Any] = getattr(node, "body", [])
    for field, text in itertools.pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant):
            texts[ast.unparse(field.target)] = " ".join(str(text.value.value).split())
    return texts


def type_text(kind: type, field: str) -> str:
    """The field's type as it stands in the source."""
    for base in kind.__mro__:
        if field in inspect.get_annotations(base):
            [node] = ast.parse(textwrap.dedent(inspect.getsource(base))).body
            for item in getattr(node, "body", []):
                if isinstance(item, ast.AnnAssign) and ast.unparse(item.target) == field:
                    return ast.unparse(item.annotation).replace("|", "\\|")
    return ""
