"""What does the API look like to a program? An OpenAPI 3.1 document, made from the declared routes."""

import inspect
import re
from collections.abc import Sequence
from typing import Any

import msgspec

from admin.http.endpoint import JSON, Endpoint


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
    401: "Nobody is logged in, or the token is not known.",
    403: "The role does not suffice.",
    404: "There is no such thing.",
    409: "It cannot be done in the state that it is in.",
    412: "Somebody else changed it meanwhile: read it again.",
    413: "The body is too large.",
    422: "It contradicts what was said before.",
    428: "It needs a confirmation.",
    429: "Too much at once; `Retry-After` says when to come back.",
    503: "Redis or the gateway did not do it; look at the state before trying again.",
}
_REF = "#/components/schemas/{name}"


def document(endpoints: Sequence[Endpoint], version: str) -> dict[str, Any]:
    """The OpenAPI 3.1 document of these routes."""
    types = [e.answer for e in endpoints if e.answer is not None] + [e.body for e in endpoints if e.body is not None]
    queries = [e.query for e in endpoints]
    _, components = msgspec.json.schema_components([*types, *queries, ProblemAnswer], ref_template=_REF)
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint, components)
    for query in queries:
        components.pop(query.__name__, None)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Frontdesk admin", "version": version, "license": {"name": "MIT", "identifier": "MIT"}},
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "tags": [{"name": tag} for tag in sorted({e.tag for e in endpoints})],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(endpoint: Endpoint, components: dict[str, Any]) -> dict[str, Any]:
    about = inspect.cleandoc(endpoint.handler.__doc__ or "")
    summary = re.split(r"(?<=\.)\s", about, maxsplit=1)[0]
    operation: dict[str, Any] = {
        "operationId": _id(endpoint),
        "tags": [endpoint.tag],
        "summary": summary.removesuffix("."),
        "description": f"{about}\n\nNeeds the role **{endpoint.role.word}**.",
        "parameters": _parameters(endpoint, components),
        "responses": {str(endpoint.status): _success(endpoint)} | _refusals(endpoint),
    }
    if endpoint.body is not None:
        schema = msgspec.json.schema_components([endpoint.body], ref_template=_REF)[0][0]
        operation["requestBody"] = {"required": True, "content": {endpoint.takes: {"schema": schema}}}
    return operation


def _id(endpoint: Endpoint) -> str:
    owner = getattr(endpoint.handler, "__qualname__", "").split(".")
    return "_".join(part.strip("_").lower() for part in owner if part)


def _parameters(endpoint: Endpoint, components: dict[str, Any]) -> list[dict[str, Any]]:
    schema = components[endpoint.query.__name__]
    required = set(schema.get("required", ()))
    return [
        {
            "name": name,
            "in": "path" if f"{{{name}}}" in endpoint.path else "query",
            "required": f"{{{name}}}" in endpoint.path or name in required,
            "schema": about,
        }
        for name, about in schema.get("properties", {}).items()
    ]


def _success(endpoint: Endpoint) -> dict[str, Any]:
    described: dict[str, Any] = {"description": "Done."}
    if endpoint.answer is not None:
        schema = msgspec.json.schema_components([endpoint.answer], ref_template=_REF)[0][0]
        described["content"] = {JSON: {"schema": schema}}
    elif endpoint.produces != JSON:
        described["content"] = {endpoint.produces: {"schema": {"type": "string"}}}
    return described


def _refusals(endpoint: Endpoint) -> dict[str, Any]:
    wanted = {400, 401, 403, 404, 503} if endpoint.method == "GET" else set(REFUSALS)
    schema = {"$ref": _REF.format(name="ProblemAnswer")}
    return {
        str(status): {"description": said, "content": {"application/problem+json": {"schema": schema}}}
        for status, said in REFUSALS.items()
        if status in wanted
    }
