"""Does whoever looks see how things stand, what happens, and who did what?"""

import asyncio
import contextlib
import json

import pytest
from aiohttp import web

from admin.overview.figures import percentiles
from admin.streams.workers import Workers
from shared.events import encode
from shared.streams import keys
from tests.support.replica import INSTANCE
from tests.support.waiting import until

from .talk import CHAT, OTHER, Talk, folded, patient, wrote

URL = "/admin/events"


async def test_the_overview_sums_up_what_waits_and_what_was_done(talk: Talk, client) -> None:
    await patient(client)
    await client.sadd(keys.INSTANCES, "wa2")
    await client.xadd(keys.outbound(INSTANCE), {"e": "x"})
    await client.xadd(keys.dead_letters("wa2"), {"e": "x"})
    await client.set(keys.live("sender", "s1"), "1")
    await talk.ask("POST", "/bot/pause", {"minutes": 5}, instance="wa2")
    await folded(client)
    await folded(client, "wa2")
    told = await talk.ask("GET", "/overview", instance=None)
    assert (told["waiting"]["depth"], told["waiting"]["dead"], told["status"]) == (1, 1, "degraded")
    assert told["consumers"]["sender"] == ["s1"]
    assert ({s: n for s, n in told["chats"].items() if n}, told["today"]["received"]) == ({"bot": 1}, 1)
    assert told["took"]["reply"] == {"count": 0, "p50": None, "p95": None, "p99": None}
    first, second = told["instances"]
    assert (first["instance"], first["connection"]["state"], first["bot_paused_until"]) == (INSTANCE, "", None)
    assert (second["reasons"], bool(second["bot_paused_until"])) == (["dead letters: 1"], True)
    assert (told["alerts"], told["alerts_problem"]) == (None, "")
    one = await talk.ask("GET", "/overview")
    assert [line["instance"] for line in one["instances"]] == [INSTANCE]
    await talk.refused(404, "instance", "GET", "/overview", instance="wa9")


async def test_a_view_of_another_type_is_its_own_instances_trouble(talk: Talk, client) -> None:
    await client.sadd(keys.INSTANCES, "wa2")
    for instance in (INSTANCE, "wa2"):
        await patient(client, instance=instance)
        await folded(client, instance)
    counts = keys.view("wa2", 1, "days")
    kept = await client.dump(counts)
    await client.set(counts, "x")
    first, second = (await talk.ask("GET", "/overview", instance=None))["instances"]
    assert (first["today"]["received"], second["today"]["received"]) == (1, 0)
    assert (first["status"], "cannot be read: WRONGTYPE" in second["reasons"][0]) == ("ok", True)
    await client.restore(counts, 0, kept, replace=True)
    _, second = (await talk.ask("GET", "/overview", instance=None))["instances"]
    assert (second["today"]["received"], second["reasons"]) == (1, [])


def test_percentiles_lie_between_the_bounds() -> None:
    told = percentiles([0, 0, 0, 90, 8, 2])
    assert (told.count, told.p50, told.p95) == (100, pytest.approx(38.9, abs=0.1), pytest.approx(81.25, abs=0.1))
    assert percentiles([0, 0]).p50 is None


async def test_alerts_come_from_prometheus(new_admin, redis_url, client, streams, aiohttp_server) -> None:
    alert = {
        "labels": {"alertname": "FrontdeskDown", "severity": "page", "wa_instance": "wa1"},
        "annotations": {"summary": "nobody sends"}, "state": "firing", "activeAt": "2026-11-24T10:00:00Z",
    }  # fmt: skip
    answers = [web.json_response({"data": {"alerts": [alert]}}), web.Response(text="what?")]

    async def answer(_request: web.Request) -> web.Response:
        return answers.pop(0)

    app = web.Application()
    app.router.add_get("/api/v1/alerts", answer)
    server = await aiohttp_server(app)
    talk = Talk(await new_admin(redis_url, prometheus_url=str(server.make_url("/"))))
    (found,) = (await talk.ask("GET", "/overview"))["alerts"]
    assert (found["name"], found["state"], found["summary"]) == ("FrontdeskDown", "firing", "nobody sends")
    told = await talk.ask("GET", "/overview")
    assert told["alerts"] is None
    assert "PROMETHEUS_URL" in told["alerts_problem"]
    await server.close()
    assert "cannot be asked" in (await talk.ask("GET", "/overview"))["alerts_problem"]


class Listener:
    """Somebody who listens to the events."""

    def __init__(self, talk: Talk, headers: dict[str, str] | None = None, **query: str) -> None:
        self._talk, self._query, self._headers = talk, {"instance": INSTANCE, **query}, headers
        self.lines: list[str] = []
        self.types: list[str] = []

    async def _listen(self) -> None:
        async with self._talk._admin.get(URL, params=self._query, headers=self._headers) as answer:
            assert answer.status == 200, await answer.text()
            async for line in answer.content:
                self.lines.append(line.decode().rstrip("\n"))

    async def __aenter__(self) -> "Listener":
        self._task = asyncio.create_task(self._listen())
        await until(lambda: self.lines)
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    @property
    def events(self) -> list[dict]:
        bodies = (line.removeprefix("data: ") for line in self.lines)
        return [json.loads(body) for body in bodies if body.startswith("{")]


async def test_facts_are_told_as_they_happen(talk: Talk, client) -> None:
    await patient(client, "before")
    async with Listener(talk, format="jsonl") as lines, Listener(talk) as sse, Listener(talk, chat=OTHER) as other:
        await asyncio.sleep(0)
        await patient(client, "now", chat=CHAT)
        await patient(client, "agora", chat=OTHER)
        await until(lambda: len(lines.events) == len(sse.events) == 2 and other.events)
    assert [event["text"] for event in lines.events] == ["now", "agora"]
    assert [event["text"] for event in other.events] == ["agora"]
    assert sum(line.startswith("id: ") for line in sse.lines) == 2
    assert lines.events[0]["recorded_at"].endswith("+00:00")


async def test_a_listener_who_comes_back_misses_nothing(talk: Talk, client) -> None:
    await patient(client, "a", "b", "c")
    first = (await client.xrange(keys.events(INSTANCE), count=1))[0][0].decode()
    async with Listener(talk, {"Last-Event-ID": first}) as listener:
        await until(lambda: len(listener.events) == 2)
    assert [event["text"] for event in listener.events] == ["b", "c"]


async def test_only_facts_of_the_wanted_types_are_told(talk: Talk, client) -> None:
    await patient(client)
    async with Listener(talk, types="bot.,handoff.") as listener:
        await client.xadd(keys.events(INSTANCE), {"e": encode(wrote())})
        await talk.ask("POST", "/bot/pause", {})
        await talk.ask("POST", f"/conversations/{CHAT}/take")
        await until(lambda: len(listener.events) == 2)
    assert [event["type"] for event in listener.events] == ["bot.paused.v1", "handoff.taken.v1"]


@pytest.mark.parametrize(
    ("parameter", "query"),
    [("types", {"types": "nothing."}), ("chat", {"chat": "maria"}), ("format", {"format": "xml"}),
     ("instance", {"instance": "{"})],
)  # fmt: skip
async def test_a_faulty_wish_is_named(talk: Talk, client, parameter: str, query: dict) -> None:
    await talk.refused(400, parameter, "GET", "/events", **query)


async def test_too_many_instances_are_not_followed_at_once(talk: Talk, client) -> None:
    await client.sadd(keys.INSTANCES, *(f"i{n}" for n in range(60)))
    await talk.refused(400, "instance", "GET", "/events", instance=None)


async def test_the_audit_names_who_did_what(talk: Talk, client) -> None:
    await patient(client, *("x" for _ in range(30)))
    await talk.ask("POST", f"/conversations/{CHAT}/take")
    await talk.ask("PATCH", f"/contacts/{CHAT}", {"opted_out": True})
    await talk.ask("POST", f"/conversations/{CHAT}/give-back")
    await talk.ask("POST", "/bot/pause", {"reason": "obras"})
    await patient(client, "y")
    page = await talk.ask("GET", "/audit", limit=2)
    rest = await talk.ask("GET", "/audit", cursor=page["next"])
    actions = [(one["who"], one["action"], one["reason"]) for one in page["items"] + rest["items"]]
    assert actions == [
        ("admin", "bot.paused.v1", "obras"), ("admin", "handoff.ended.v1", ""), ("admin", "contact.opt_out", ""),
        ("admin", "handoff.taken.v1", ""),
    ]  # fmt: skip
    assert rest["next"] is None
    await talk.refused(400, "cursor", "GET", "/audit", cursor="x")
    await talk.refused(404, "instance", "GET", "/audit", instance="wa9")


async def test_the_audit_of_no_instance_has_tokens(talk: Talk, client) -> None:
    await talk.ask("POST", "/tokens", {"name": "ana", "role": "staff"}, 201, instance=None)
    told = await talk.ask("GET", "/audit", instance=None)
    assert [one["who"] for one in told["items"]] == ["admin"]
    assert "ana" in str(told["items"][0])


async def test_whoever_is_alive_is_told_without_waiting_for_a_scan(client, streams) -> None:
    workers = Workers(client)
    await client.set(keys.live("sender", "s1"), "1")
    assert (await workers.lately())["sender"] == ["s1"]
    await client.delete(keys.live("sender", "s1"))
    assert (await workers.lately())["sender"] == []
    await client.set(keys.live("sender", "s2"), "1")

    async def told() -> bool:
        return (await workers.lately())["sender"] == ["s2"]

    await until(told)


async def test_a_scan_that_ends_while_the_found_are_asked_for_confuses_nobody(client, streams, monkeypatch) -> None:
    workers, pipeline = Workers(client), client.pipeline
    await client.set(keys.live("sender", "s1"), "1")
    await workers.lately()

    def slow(**about):
        pipe = pipeline(**about)
        execute = pipe.execute

        async def late():
            await client.set(keys.live("sender", "s2"), "1")
            await workers._scan()
            return await execute()

        pipe.execute = late
        return pipe

    monkeypatch.setattr(client, "pipeline", slow)
    assert (await workers.lately())["sender"] == ["s1"]
