"""Does a preview say what would be sent, and name what is missing?"""

import pytest

from .talk import Talk

GOOD = {"name": "Ana", "service": "limpeza", "date": "1/3", "time": "9h"}


async def test_the_clinics_templates_are_listed(talk: Talk) -> None:
    told = await talk.ask("GET", "/templates")
    assert (told["clinic"], told["languages"][0]) == ("demo", "pt")
    reminder = next(one for one in told["items"] if one["name"] == "reminder")
    assert reminder["variables"] == ["name", "service", "date", "time"]
    assert reminder["texts"]["es"].startswith("¡Hola, {name}!")
    by_name = await talk.ask("GET", "/templates", instance=None, clinic="demo")
    assert by_name == told


async def test_a_preview_fills_the_variables_in(talk: Talk) -> None:
    told = await talk.ask("POST", "/templates/reminder/preview", {"variables": GOOD, "language": "en"})
    assert told["language"] == "en"
    assert told["text"].startswith("Hello, Ana! Reminder: limpeza on 1/3 at 9h")
    braces = await talk.ask("POST", "/templates/reminder/preview", {"variables": GOOD | {"name": "{service}"}})
    assert braces["text"].startswith("Olá, {service}!")


@pytest.mark.parametrize(
    ("parameter", "body"),
    [("variables.time", {"variables": {k: v for k, v in GOOD.items() if k != "time"}}),
     ("variables.name", {"variables": GOOD | {"name": " "}}),
     ("variables.nme", {"variables": GOOD | {"nme": "Ana"}}),
     ("language", {"variables": GOOD, "language": "fr"}),
     ("variables[...]", {"variables": GOOD | {"name": 5}}),
     ("vars", {"vars": GOOD})],
)  # fmt: skip
async def test_a_faulty_variable_is_named(talk: Talk, parameter: str, body: dict) -> None:
    problem = await talk.ask("POST", "/templates/reminder/preview", body, 400)
    assert problem["parameter"] == parameter


async def test_what_is_not_there_is_told(talk: Talk) -> None:
    assert "did you mean reminder?" in await talk.refused(404, "name", "POST", "/templates/remindr/preview", {})
    await talk.refused(404, "clinic", "GET", "/templates", clinic="nope")
    await talk.refused(400, "clinic", "GET", "/templates", instance=None)


async def test_broken_clinic_files_stop_only_those_who_ask_for_them(new_admin, redis_url, streams, tmp_path) -> None:
    (tmp_path / "demo.yaml").write_text("name: [")
    talk = Talk(await new_admin(redis_url, clinics_dir=str(tmp_path)))
    problem = await talk.ask("GET", "/templates", status=503)
    assert "demo.yaml:" in problem["detail"]
    await talk.ask("GET", "/conversations")
