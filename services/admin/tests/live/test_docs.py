"""Do the examples of the API's page work as they are written?"""

import re
import shlex
from pathlib import Path

import pytest
from aiohttp import FormData

from shared.events import encode
from shared.streams import keys
from tests.support.replica import a_send

ID = "019a2b3c-4d5e-7f60-8a9b-0c1d2e3f4051"
PAGE = Path(__file__).parents[4] / "docs" / "reference" / "admin-api.md"
TEXT = PAGE.read_text(encoding="utf-8")


def _examples() -> list[list[str]]:
    """The words of every curl command on the page, without what they are piped into."""
    shell = "\n".join(re.findall(r"```sh\n(.*?)```", TEXT, re.S)).replace("\\\n", " ")
    found = re.findall(r"curl (?:'[^']*'|\"[^\"]*\"|[^'\"|\n)])*", shell)
    return [shlex.split(command)[1:] for command in found]


def _form() -> FormData:
    form = FormData()
    form.add_field("file", b"%PDF-1.7", filename="exame.pdf")
    return form


def _request(words: list[str]) -> tuple[str, str, str | None]:
    method, data, url = "", None, ""
    rest = iter(words)
    for word in rest:
        if word.startswith("-"):
            method = next(rest) if word.endswith("X") else method
            data = next(rest) if word in ("-d", "-F") else data
            assert not word.endswith("H") or next(rest) == "$AUTH"
        else:
            url = word
    return (
        method or ("POST" if data else "GET"),
        url.replace("$ADMIN", "").replace("$WORKER", "s1").replace("$ID", ID),
        data,
    )


@pytest.mark.parametrize(
    "words", _examples(), ids=lambda words: _request(words)[1].partition("?")[0].rpartition("/")[2]
)
async def test_an_example_works(client, admin, words: list[str]) -> None:
    await client.sadd(keys.INSTANCES, "demo")
    await client.set(keys.live("sender", "s1"), "1")
    send = a_send(id=ID, instance="demo")
    await client.xadd(keys.outbound("demo"), {"e": encode(send)})
    method, url, data = _request(words)
    if method == "DELETE" and "/tokens/" in url:
        await admin.post("/admin/tokens", json={"name": "ana", "role": "staff"})
    answer = await admin.request(method, url, data=_form() if "-F" in words else data)
    assert answer.status in (200, 201, 202), await answer.text()


async def test_every_example_is_of_a_route(admin) -> None:
    routes = {
        (route.method, route.resource.canonical)
        for route in admin.app.router.routes()
        if route.resource is not None and route.resource.canonical.startswith("/admin") and route.method != "HEAD"
    }
    shown = {
        (method, url.partition("?")[0].replace(ID, "{id}").replace("/ana", "/{name}"))
        for method, url, _ in map(_request, _examples())
    }
    assert shown <= routes


async def test_every_field_of_health_is_explained(client, admin) -> None:
    await client.sadd(keys.INSTANCES, "demo")
    health = await (await admin.get("/admin/streams/health?instance=demo")).json()
    part = TEXT[TEXT.index("## Health") : TEXT.index("## Operations")]
    assert [name for name in health if f"`{name}`" not in part and name != "instance"] == []
