"""Are the page's parts right by themselves: pasted lists, charts, files, choices?"""

import datetime as dt

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from admin.http.problems import Problem
from admin.page.assets import Assets
from admin.page.charts import DAYS, SLOWEST_MS, WIDTH, columns, stages
from admin.page.choice import remember_choices
from admin.page.rooms.pasted import faults, lines
from admin.views.model import Day

BUDGET = 60_000  # bytes of our own for a page, before packing


class Took:
    def __init__(self, count: int, p50: int | None, p95: int | None, p99: int | None) -> None:
        self.count, self.p50, self.p95, self.p99 = count, p50, p95, p99


@pytest.mark.parametrize(
    "pasted",
    ["5511900000001;Ana;terça", "telefone;name;day\n5511900000001;Ana;terça",
     "day\tname\tTo\nterça\tAna\t5511900000001",
     "phone,name,day\n\n5511900000001,Ana,terça\n"],
)  # fmt: skip
def test_a_list_is_read_as_spreadsheets_give_it(pasted: str) -> None:
    assert [line.recipient for line in lines(pasted, ["name", "day"])] == [
        {"to": "5511900000001", "variables": {"name": "Ana", "day": "terça"}}
    ]


@pytest.mark.parametrize("titles", ["Telefone;Nome;Dia", "teléfono;nombre;día", "phone;NAME;day", "whatsapp;Nome;day"])
def test_a_column_may_be_called_as_any_language_calls_it(titles: str) -> None:
    assert lines(f"{titles}\n5511900000001;Ana;terça", ["name", "day"])[0].recipient["variables"] == {
        "name": "Ana", "day": "terça",
    }  # fmt: skip


def test_a_quoted_cell_may_hold_the_delimiter_and_lines_too_long_are_told() -> None:
    (quoted,) = lines('5511900000001,"Silva, Ana"', ["name"])
    assert quoted.recipient["variables"] == {"name": "Silva, Ana"}
    (longer,) = lines("5511900000001,Ana,more", ["name"])
    assert longer.recipient["variables"] == {"name": "Ana", "column 3": "more"}


def test_a_line_that_is_wrong_is_told_as_it_was_pasted() -> None:
    given = lines('telefone;name\n\n5511900000001;"Ana\nMaria"\n12;Bia\n5511900000003', ["name"])
    assert [line.number for line in given] == [4, 5, 6]
    told = [
        {"parameter": "recipients[1].to", "detail": "`recipients[1].to` is a phone number"},
        {"parameter": "recipients[2].variables.name", "detail": "the variable 'name' is missing; the template wants"},
        {"parameter": "recipients[9].to", "detail": "no line of ours"},
    ]
    found = faults(Problem(400, told[0]["detail"], parameter="recipients[1].to", faults=told), given)
    assert [(one.number, one.pasted, one.parameter) for one in found] == [
        (5, "12;Bia", "to"), (6, "5511900000003", "variables.name"),
    ]  # fmt: skip
    assert faults(Problem(400, "the list is empty", parameter="recipients"), given) == []


def test_a_title_that_is_wrong_is_told_once_with_its_own_line() -> None:
    given = lines("\ntelefone;nombe\n5511900000001;Ana\n5511900000002;Bia;mais", ["name"])
    unknown = "the template has no variable"
    told = [
        {"parameter": "recipients[0].variables.nombe", "detail": unknown},
        {"parameter": "recipients[1].variables.nombe", "detail": unknown},
        {"parameter": "recipients[1].variables.column 3", "detail": unknown},
    ]
    (one,) = faults(Problem(400, unknown, parameter=told[0]["parameter"], faults=told), given)
    assert (one.number, one.pasted, one.parameter) == (2, "telefone;nombe", "variables.nombe")
    (line,) = faults(Problem(400, unknown, parameter=told[2]["parameter"], faults=told[2:]), given)
    assert (line.number, line.of_titles) == (4, False)


@pytest.mark.parametrize("pasted", ["", "  \n\t\n"])
def test_an_empty_list_is_refused(pasted: str) -> None:
    with pytest.raises(Problem) as refused:
        lines(pasted, [])
    assert refused.value.more == {"parameter": "recipients"}


def test_bars_stay_within_their_chart() -> None:
    rows = stages({"reply": Took(9, 5, SLOWEST_MS, None), "think": Took(0, None, None, None)})
    assert [row.name for row in rows] == ["reply"]
    assert all(0 < bar.width <= WIDTH for bar in rows[0].bars)
    assert rows[0].bars[0].width < rows[0].bars[1].width


def test_days_without_anything_are_shown_as_such() -> None:
    today = dt.date(2026, 11, 24)
    found = columns([Day(instance="demo", day="2026-11-24", accepted=10, failed=5)], today)
    assert (len(found), found[-1].sent, found[-1].failed, found[0].bars) == (DAYS, 10, 5, [])
    assert all(bar.y >= 0 for bar in found[-1].bars)


async def test_files_are_served_from_memory_packed_and_for_ever(aiohttp_client) -> None:
    assets = Assets()
    app = web.Application()
    app.router.add_get("/static/{name}", assets.send)
    client = await aiohttp_client(app)
    answer = await client.get(assets.url("app.css"))
    assert (answer.status, answer.headers["Content-Encoding"], answer.content_type) == (200, "gzip", "text/css")
    assert "immutable" in answer.headers["Cache-Control"]
    for wrong in ("..%2fshell.py", "nothing.css", "%2e%2e"):
        assert (await client.get(f"/static/{wrong}")).status == 404


def test_our_own_files_are_small() -> None:
    own = [asset for asset in Assets().all if asset.name != "htmx.min.js"]
    assert sum(len(asset.data) for asset in own) < BUDGET


async def test_a_choice_is_kept_and_never_leads_elsewhere(aiohttp_client) -> None:
    async def shown(_request: web.Request) -> web.Response:
        return web.Response(text="here")

    app = web.Application(middlewares=[remember_choices])
    app.router.add_get("/{tail:.*}", shown)
    client = await aiohttp_client(app)
    answer = await client.get("/chats?lang=es&status=bot", allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/chats?status=bot")
    assert answer.cookies["lang"].value == "es"
    for path in ("//evil.example/?lang=es", "/\\evil.example/?lang=es", "/%2Fevil.example/?lang=es"):
        odd = await remember_choices(make_mocked_request("GET", path), shown)
        assert odd.headers["Location"].startswith("/")
        assert odd.headers["Location"][1:2] not in ("/", "\\")
    ignored = await client.get("/?theme=<script>", allow_redirects=False)
    assert "theme" not in ignored.cookies
