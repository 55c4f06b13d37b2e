"""Does a route that is declared once check what it is asked, and describe itself truly?"""

from typing import Annotated

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient

from admin.access.principal import Principal, Role
from admin.http.describing import Describing
from admin.http.endpoint import PRINCIPAL, Asked, Endpoint, Reply, add
from admin.http.openapi import document
from admin.http.pages import Page, cursor_of, parts_of
from admin.http.problems import Problem, as_problems


class Which(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    limit: Annotated[int, msgspec.Meta(ge=1, le=10, description="How many.")] = 5


class Words(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    text: Annotated[str, msgspec.Meta(min_length=1)]
    """What is said."""


class Thing(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    text: str = ""


async def listed(asked: Asked[Which, None]) -> Page[Thing]:
    """The things of one id. There are as many as asked for."""
    return Page(items=[Thing(id=asked.query.id)] * asked.query.limit, next=cursor_of("a", 7))


async def changed(asked: Asked[Which, Words]) -> Reply[Thing]:
    """Change a thing."""
    return Reply(Thing(id=asked.query.id, text=asked.body.text), status=201, headers={"Location": "/here"})


ENDPOINTS = [
    Endpoint("GET", "/admin/things/{id}", Role.VIEWER, listed, "things"),
    Endpoint("POST", "/admin/things/{id}", Role.STAFF, changed, "things", status=201),
]


@pytest.fixture
async def client(aiohttp_client) -> TestClient:
    @web.middleware
    async def known(request: web.Request, handler) -> web.StreamResponse:
        request[PRINCIPAL] = Principal("ana", Role[request.headers.get("role", "STAFF")])
        return await handler(request)

    app = web.Application(middlewares=[as_problems, known])
    add(app, [*ENDPOINTS, *Describing(ENDPOINTS).endpoints])
    return await aiohttp_client(app)


async def test_path_and_query_come_typed(client) -> None:
    answer = await client.get("/admin/things/a?limit=2")
    assert await answer.json() == {"items": [{"id": "a", "text": ""}] * 2, "next": cursor_of("a", 7)}


@pytest.mark.parametrize(
    ("path", "parameter"),
    [("/admin/things/a?limit=x", "limit"), ("/admin/things/a?limit=11", "limit"), ("/admin/things/a?limt=2", "limt"),
     ("/admin/things/a?limit=2&limit=3", "limit"), ("/admin/things/a?id=b", "id")],
)  # fmt: skip
async def test_a_wrong_parameter_is_named(client, path: str, parameter: str) -> None:
    answer = await client.get(path)
    assert answer.status == 400
    assert (await answer.json())["parameter"] == parameter


@pytest.mark.parametrize(
    ("body", "parameter"),
    [('{"text": ""}', "text"), ('{"text": 1}', "text"), ("{}", "text"), ('{"text": "a", "more": 1}', "more")],
)
async def test_a_wrong_field_is_named(client, body: str, parameter: str) -> None:
    answer = await client.post("/admin/things/a", data=body)
    assert answer.status == 400
    assert (await answer.json())["parameter"] == parameter


async def test_a_body_that_is_no_json_is_told_so(client) -> None:
    answer = await client.post("/admin/things/a", data="{")
    assert answer.status == 400
    assert "not JSON" in (await answer.json())["detail"]


async def test_a_reply_has_its_own_status_and_headers(client) -> None:
    answer = await client.post("/admin/things/a", json={"text": "olá"})
    assert (answer.status, answer.headers["Location"]) == (201, "/here")
    assert await answer.json() == {"id": "a", "text": "olá"}


async def test_a_role_that_does_not_suffice_is_told_which_would(client) -> None:
    answer = await client.post("/admin/things/a", json={"text": "olá"}, headers={"role": "VIEWER"})
    assert answer.status == 403
    assert "needs the role staff" in (await answer.json())["detail"]


async def test_what_did_not_change_is_not_sent_again(client) -> None:
    first = await client.get("/admin/things/a")
    again = await client.get("/admin/things/a", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status, await again.read()) == (304, b"")
    other = await client.get("/admin/things/b", headers={"If-None-Match": first.headers["ETag"]})
    assert other.status == 200


async def test_the_document_says_what_the_routes_do(client) -> None:
    told = await (await client.get("/admin/openapi.json")).json()
    operation = told["paths"]["/admin/things/{id}"]["post"]
    assert {p["name"]: p["in"] for p in operation["parameters"]} == {
        "id": "path", "limit": "query", "Idempotency-Key": "header",
    }  # fmt: skip
    assert operation["requestBody"]["content"]["application/json"]["example"] == {"text": "a"}
    assert told["components"]["schemas"]["Words"]["properties"]["text"]["description"] == "What is said."
    assert operation["requestBody"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Words"}
    assert set(told["paths"]) == {"/admin/things/{id}", "/admin/openapi.json", "/admin/me"}
    assert "201" in operation["responses"]
    assert told["paths"]["/admin/things/{id}"]["get"]["summary"] == "The things of one id"


def test_a_cursor_of_something_else_is_refused() -> None:
    assert parts_of(cursor_of("a", 7), 2) == ["a", "7"]
    for wrong in ("x", cursor_of("a"), "ç", "===="):
        with pytest.raises(Problem):
            parts_of(wrong, 2)


def test_operations_have_names_of_their_own() -> None:
    told = document(ENDPOINTS, "1")
    names = [operation["operationId"] for path in told["paths"].values() for operation in path.values()]
    assert len(set(names)) == len(names)


class Left(msgspec.Struct, frozen=True, kw_only=True):
    """One of two answers."""

    left: int


async def either(asked: Asked[Which, None]) -> Left | Thing:
    """Either of two."""
    return Left(left=1)


def test_a_route_may_have_two_answers_and_names_of_structs_may_collide() -> None:
    other = msgspec.defstruct("Which", [("id", str), ("other", int)], frozen=True, module="elsewhere")

    async def looked(asked) -> Page[Thing]:
        """Another one's parameters have the same name."""

    looked.__annotations__["asked"] = Asked[other, None]
    told = document(
        [Endpoint("GET", "/admin/either/{id}", Role.VIEWER, either, "things"),
         Endpoint("GET", "/admin/looked/{id}", Role.VIEWER, looked, "things")], "1",
    )  # fmt: skip
    paths = told["paths"]
    schema = paths["/admin/either/{id}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert [ref["$ref"].rpartition("/")[2] for ref in schema["anyOf"]] == ["Left", "Thing"]
    assert [p["name"] for p in paths["/admin/either/{id}"]["get"]["parameters"]] == ["id", "limit"]
    assert [p["name"] for p in paths["/admin/looked/{id}"]["get"]["parameters"]] == ["id", "other"]
    assert not [name for name in told["components"]["schemas"] if "Which" in name]
