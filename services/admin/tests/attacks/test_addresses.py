"""Can somebody make us, or the gateway for us, ask an address of the inside?"""

from typing import Any

import pytest

INSIDE = [
    "http://localhost/x.png", "http://127.0.0.1/x.png", "http://127.1/x", "http://2130706433/x", "http://0x7f000001/x",
    "http://017700000001/x", "http://0.0.0.0/x", "http://[::1]/x", "http://[::ffff:127.0.0.1]/x", "http://[::]/x",
    "http://10.0.0.1/x", "http://172.16.0.1/x", "http://192.168.1.1/x", "http://169.254.169.254/latest/meta-data",
    "http://[fd00::1]/x", "http://[fe80::1]/x", "http://100.64.0.1/x", "http://redis:6379/", "http://LOCALHOST./x",
    "http://x.localhost/x", "http://user@127.0.0.1/x", "http://127.0.0.1.:80/x", "http://[64:ff9b::7f00:1]/x",
]  # fmt: skip
NO_WEB = [
    "file:///etc/passwd", "ftp://example.org/x", "gopher://example.org/", "dict://example.org", "//example.org/x",
    "http:///x", "https://", "http://exa mple.org/", "javascript:alert(1)", "jar:http://example.org!/",
]  # fmt: skip


@pytest.mark.parametrize("source", INSIDE + NO_WEB)
async def test_the_gateway_is_not_led_inside(admin, streams, source: str) -> None:
    media = {"mediatype": "image", "source": source}
    body = {"instance": "wa1", "to": "5511988887777", "media": media}
    answer = await admin.post("/admin/messages", json=body)
    problem = await answer.json()
    assert (answer.status, problem.get("parameter")) == (400, "media.source"), problem
    assert await streams.facts() == []


async def test_nothing_here_takes_an_address_that_we_ask_ourselves(admin) -> None:
    """Where the gateway, the model, Prometheus and our own webhook are, the settings say: never a request."""
    told = await (await admin.get("/admin/openapi.json")).json()
    operations = [about for methods in told["paths"].values() for about in methods.values()]
    named = {parameter["name"] for about in operations for parameter in about["parameters"]}
    for about in operations:
        named |= _fields(about.get("requestBody", {}), told["components"]["schemas"])
    assert {"instance", "to", "text"} <= named
    assert named.isdisjoint({"url", "webhook_url", "callback", "callback_url", "server_url", "endpoint", "host"})


def _fields(schema: Any, shapes: dict[str, Any]) -> set[str]:
    """The names of all fields, those of the shapes that it refers to included."""
    found: set[str] = set()
    todo, seen = [schema], set()
    while todo:
        item = todo.pop()
        if isinstance(item, dict):
            found |= set(item.get("properties", {}))
            if item.get("$ref", "") not in {"", *seen}:
                seen.add(item["$ref"])
                todo.append(shapes[item["$ref"].rpartition("/")[2]])
            todo += item.values()
        elif isinstance(item, list):
            todo += item
    return found
