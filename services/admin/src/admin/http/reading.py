"""What does a request ask? Path, query and body as typed structs; every fault is told by the field that has it."""

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeVar

import msgspec
from aiohttp import web

from admin.http.faults import told
from admin.http.problems import BROKEN, Problem

T = TypeVar("T", bound=msgspec.Struct)
B = TypeVar("B")


class File(NamedTuple):
    """A file of a form."""

    name: str
    data: bytes


BROUGHT = web.RequestKey("BROUGHT", File)
"""The file of a form that is read already, for the route that is asked to keep it."""


def asked_of(request: web.Request, kind: type[T]) -> T:
    """The path's and the query's parameters. Raises Problem 400 for one that is unknown, doubled, missing or wrong."""
    known = [field.encode_name for field in msgspec.structs.fields(kind)]
    for name in request.query:
        if name not in known or name in request.match_info:
            others = ", ".join(name for name in known if name not in request.match_info) or "none"
            raise Problem(400, f"unknown parameter {name!r}; known here: {others}", parameter=name)
        if len(request.query.getall(name)) > 1:
            raise Problem(400, f"{name!r} is given more than once", parameter=name)
    given = {name: value for name, value in request.query.items() if value != ""} | dict(request.match_info)
    for name, value in given.items():
        if not _is_text(value):
            raise Problem(400, f"`{name}` is not valid text", parameter=name)
    try:
        return msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as error:
        raise _problem(error, kind, "the query") from None


def body_of(data: bytes, kind: type[B]) -> B:
    """The JSON body; nothing at all is `{}`. Raises Problem 400 that names the field."""
    try:
        return msgspec.json.decode(data if data.strip() else b"{}", type=kind)
    except msgspec.ValidationError as error:
        raise _problem(error, kind, "the body") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(400, f"the body is not JSON: {error}") from None


async def form_of(request: web.Request) -> Mapping[str, Any]:
    """The fields of a form. Raises Problem 400 when it is none, 413 when it brings too much."""
    try:
        return await request.post()
    except ValueError:  # what aiohttp says of a form that is cut off or has no boundary
        raise BROKEN from None
    except web.HTTPRequestEntityTooLarge:
        most = request.client_max_size // 1024**2
        raise Problem(413, f"this form may bring at most {most} MiB, with its file") from None


def _is_text(value: str) -> bool:
    try:
        return bool(value.encode()) and "\x00" not in value
    except UnicodeEncodeError:
        return False


def _problem(error: Exception, kind: Any, whole: str) -> Problem:
    name, wrong = told(error, kind)
    more: dict[str, Any] = {"parameter": name} if name else {}
    return Problem(400, f"{name or whole}: {wrong}", **more)
