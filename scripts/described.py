"""What do the docstrings under a class's fields say, and how do their types read? From the source."""

import ast
import inspect
import textwrap

from admin.http.described import field_texts

__all__ = ["field_texts", "type_text"]


def type_text(kind: type, field: str) -> str:
    """The field's type as it stands in the source."""
    for base in kind.__mro__:
        if field in inspect.get_annotations(base):
            [node] = ast.parse(textwrap.dedent(inspect.getsource(base))).body
            for item in getattr(node, "body", []):
                if isinstance(item, ast.AnnAssign) and ast.unparse(item.target) == field:
                    return ast.unparse(item.annotation).replace("|", "\\|")
    return ""
