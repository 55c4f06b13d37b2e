"""What does the API look like to a program? An OpenAPI 3.1 document, made from the declared routes."""

import inspect
import re
from collections.abc import Sequence
from typing import Any

import msgspec

from admin.access import cookies, csrf
from admin.http.endpoint import JSON, Endpoint
from admin.http.remembering import HEADER
from admin.http.schemas import Schema, Schemas
from admin.http.tags import TAGS

API = "/admin"


class ProblemAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Why it was not done (RFC 9457)."""

    title: str
    status: int
    detail: str
    """A sentence for people: what is wrong, where, and what to do."""
    parameter: str = ""
    """The parameter or field that is to blame."""


REFUSALS = {
    400: "A parameter or a field is wrong; `parameter` names it.",
    401: "Nobody is logged in, or the token is not known or holds no more.",
    403: "The role does not suffice.",
    404: "There is no such thing.",
    409: "It cannot be done in the state that it is in.",
    412: "Somebody else changed it meanwhile: read it again.",
    413: "The body is too large.",
    415: "The body is of another type.",
    422: "It contradicts what was said before.",
    428: "It needs a confirmation.",
    429: "Too much at once; `Retry-After` says when to come back.",
    502: "The gateway refused it, or did not answer as it should.",
    503: "Redis or the gateway did not do it; after a write, look at the state before trying again.",
    504: "The gateway did not answer in time.",
}
_OF_READS = frozenset({400, 401, 403, 404, 429, 502, 503, 504})
_KEY_PARAMETER: Schema = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "The same key again within a day, with the same request: the first answer, and nothing is done.",
    "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
}


def document(endpoints: Sequence[Endpoint], version: str) -> dict[str, Any]:
    """The OpenAPI 3.1 document of those of these routes that are of the API."""
    shown = [endpoint for endpoint in endpoints if endpoint.path.startswith(API)]
    schemas = Schemas([ProblemAnswer, *(kind for endpoint in shown for kind in _kinds(endpoint))])
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in shown:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint, schemas)
    schemas.forget(endpoint.query for endpoint in shown)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Frontdesk admin",
            "summary": "A clinic's conversations and streams: seen and steered.",
            "version": version,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}, {"session": []}],
        "tags": [{"name": tag, "description": TAGS.get(tag, tag)} for tag in sorted({e.tag for e in shown})],
        "paths": paths,
        "components": {"schemas": schemas.components, "securitySchemes": _schemes()},
    }


def _kinds(endpoint: Endpoint) -> list[Any]:
    return [kind for kind in (endpoint.query, endpoint.body, endpoint.answer) if kind is not None]


def _schemes() -> dict[str, Any]:
    session = f"A login on the page. Writes need the header `{csrf.HEADER}`; over plain HTTP `{cookies.SESSION}`."
    return {
        "token": {"type": "http", "scheme": "bearer", "description": "`ADMIN_TOKEN`, or one of `/admin/tokens`."},
        "session": {"type": "apiKey", "in": "cookie", "name": f"__Host-{cookies.SESSION}", "description": session},
    }


def _operation(endpoint: Endpoint, schemas: Schemas) -> dict[str, Any]:
    about = inspect.cleandoc(endpoint.handler.__doc__ or "")
    summary = " ".join(re.split(r"(?<=[.;:])\s", about, maxsplit=1)[0].split())
    operation: dict[str, Any] = {
        "operationId": _id(endpoint),
        "tags": [endpoint.tag],
        "summary": summary.rstrip(".;:"),
        "description": f"{about}\n\nNeeds the role **{endpoint.role.word}**.",
        "parameters": _parameters(endpoint, schemas),
        "responses": _success(endpoint, schemas) | _refusals(endpoint, schemas),
        "x-role": endpoint.role.word,
    }
    if endpoint.body is not None:
        schema = schemas.of(endpoint.body)
        content = {"schema": schema, "example": schemas.example(schema)}
        required = bool(schemas.properties(endpoint.body)[1]) if "$ref" in schema else True
        operation["requestBody"] = {"required": required, "content": {endpoint.takes: content}}
    elif endpoint.is_write and endpoint.takes != JSON:
        operation["requestBody"] = {"required": True, "content": {endpoint.takes: {"schema": {"type": "string"}}}}
    return operation


def _id(endpoint: Endpoint) -> str:
    owner = getattr(endpoint.handler, "__qualname__", "").split(".")
    return "_".join(part.strip("_").lower() for part in owner if part and part != "<locals>")


def _parameters(endpoint: Endpoint, schemas: Schemas) -> list[Schema]:
    given, required = schemas.properties(endpoint.query)
    told = [_parameter(name, about, endpoint.path, name in required) for name, about in given.items()]
    return [*told, _KEY_PARAMETER] if endpoint.is_write and endpoint.remembers else told


def _parameter(name: str, about: Schema, path: str, required: bool) -> Schema:
    in_path = f"{{{name}}}" in path
    schema = {word: value for word, value in about.items() if word != "description"}
    text = {"description": about["description"]} if "description" in about else {}
    return {
        "name": name,
        "in": "path" if in_path else "query",
        "required": in_path or required,
        **text,
        "schema": schema,
    }


def _success(endpoint: Endpoint, schemas: Schemas) -> dict[str, Any]:
    described: dict[str, Any] = {"description": "Done."}
    if endpoint.answer is not None:
        described["content"] = {JSON: {"schema": schemas.of(endpoint.answer)}}
    elif endpoint.status != 204:
        described["content"] = {endpoint.produces: {"schema": {} if endpoint.produces == JSON else {"type": "string"}}}
    answers = {str(status): described for status in (endpoint.status, *endpoint.also)}
    if endpoint.method == "GET" and endpoint.answer is not None:
        answers["304"] = {"description": "As `If-None-Match` has it."}
    return answers


def _refusals(endpoint: Endpoint, schemas: Schemas) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": schemas.of(ProblemAnswer)}}
    return {
        str(status): {"description": said, "content": content}
        for status, said in REFUSALS.items()
        if endpoint.is_write or status in _OF_READS
    }
