"""A mistake in a clinic's file is told with its file, line and field, so that it can be mended."""

from pathlib import Path

import pytest

from clinic import ClinicError, load

# what is replaced, by what, the line, and the error behind `clinics/small.yaml:<line>: `
MISTAKES = [
    (
        "[08:00-12:00, 14:00-18:00]",
        "[08:00-12:00, 14:00-12:00]",
        10,
        "hours.monday[1]: closes (12:00) before it opens (14:00)",
    ),
    (
        "[08:00-12:00, 14:00-18:00]",
        "[08:00-12:00, 11:00-18:00]",
        10,
        "hours.monday[1]: opens (11:00) before the span before it closes (12:00)",
    ),
    ("08:00-12:00,", "08:00-08:00,", 10, "hours.monday[0]: opens and closes at the same time (08:00)"),
    ("08:00-12:00,", "8h-12h,", 10, "hours.monday[0]: '8h-12h' is not a span such as 08:00-12:00"),
    ("08:00-12:00,", "08:00-25:00,", 10, "hours.monday[0]: '08:00-25:00' goes past the end of the day (24:00)"),
    ("08:00-12:00,", "08:00-11:75,", 10, "hours.monday[0]: '08:00-11:75': an hour has 60 minutes"),
    ("[08:00-12:00, 14:00-18:00]", "08:00-12:00", 10, "hours.monday: should be a list, as in [a, b]"),
    ("  monday:", "  mondy:", 10, "hours.mondy: unknown field (did you mean monday?)"),
    (
        "timezone: America/Sao_Paulo",
        "timezone: Brazil/Sampa",
        3,
        "timezone: 'Brazil/Sampa' is not a timezone such as America/Sao_Paulo",
    ),
    (
        "timezone: America/Sao_Paulo",
        "timezone: America/Sao_Paulo\ncountry: Brasil",
        4,
        "country: 'Brasil' is not a country's two letters such as BR",
    ),
    ("timezone: America/Sao_Paulo\n", "", 1, "timezone: is missing"),
    ("name: Small Clinic", "name:", 1, "name: is empty"),
    ("name: Small Clinic", "name: [a]", 1, "name: should be one plain value"),
    ("name: Small Clinic", "nome: Small Clinic", 1, "nome: unknown field (did you mean name?)"),
    ("name: Small Clinic", "name: Small Clinic\nname: Other", 2, "name: is given twice"),
    ("languages: [en, pt]", "languages: [en, fr]", 2, "languages[1]: 'fr' is not one of pt, es, en"),
    ("languages: [en, pt]", "languages: []", 2, "languages: needs at least one entry"),
    ("languages: [en, pt]", "languages: [en, en]", 2, "languages[1]: is listed twice"),
    ('  phone: "+55 11 5550-0200"', "  {}", 6, "contact.phone: is missing"),
    (
        "date: 12-25",
        "date: 25/12",
        14,
        "holidays[0].date: '25/12' is not a date such as 2027-02-09, or 12-25 for every year",
    ),
    ("date: 12-25", "date: 02-30", 14, "holidays[0].date: '02-30' is not a day of the calendar"),
    ("    price: 100.00", "    price: cem", 22, "services[0].price: 'cem' is not a number such as 180.00"),
    ("    price: 100.00", "    price: -1", 22, "services[0].price: -1 is not an amount such as 180.00"),
    ("    price: 100.00", "    price: NaN", 22, "services[0].price: NaN is not an amount such as 180.00"),
    ("    price: 100.00", "    price: Infinity", 22, "services[0].price: Infinity is not an amount such as 180.00"),
    ("    price: 100.00", "    price: 1e9999", 22, "services[0].price: 1E+9999 is not an amount such as 180.00"),
    ("    price: 100.00", "    price: 1.005", 22, "services[0].price: 1.005 is not an amount such as 180.00"),
    ("    price: 100.00", "    price_from: true", 22, "services[0].price_from: needs a price to start from"),
    ("    price: 100.00", "    price_from: si", 22, "services[0].price_from: 'si' is not true or false"),
    ("    minutes: 30", "    minutes: half", 23, "services[0].minutes: 'half' is not a whole number"),
    ("    minutes: 30", "    minutes: 0", 23, "services[0].minutes: '0' will not do: expected `int` >= 1"),
    (
        "insurances: [good-plan]",
        "insurances: [god-plan]",
        24,
        "services[0].insurances[0]: no insurance has the id 'god-plan' (did you mean good-plan?)",
    ),
    ("id: xray", "id: checkup", 25, "services[1].id: another service has this id"),
    ("id: xray", "id: X Ray", 25, "services[1].id: 'X Ray' will not do: write it in small letters, digits"),
    (
        "{en: X-ray, pt: Raio-X}",
        "{pt: Raio-X}",
        26,
        "services[1].name: needs a text in en, the clinic's first language",
    ),
    (
        'vips: ["+5511900000009"]',
        "categories: [{name: {en: tests}, services: [checkup, xay]}]",
        27,
        "categories[0].services[1]: no service has the id 'xay' (did you mean xray?)",
    ),
    (
        'vips: ["+5511900000009"]',
        "categories: [{name: {en: tests}, services: []}]",
        27,
        "categories[0].services: needs at least one",
    ),
    ('vips: ["+5511900000009"]', "vips: [ask Ana]", 27, "vips[0]: 'ask Ana' is not a number such as +5511912345678"),
    (
        'pt: "Olá {name}"',
        'pt: "Olá {nome}"',
        30,
        "templates.reminder.text.pt: {nome} is not in its variables (did you mean name?)",
    ),
    ('pt: "Olá {name}"', 'pt: "Olá {name"', 30, "templates.reminder.text.pt: a brace is opened or closed alone"),
    (
        "quiet_hours: 21:00-08:00",
        "quiet_hours: evenings",
        33,
        "policies.quiet_hours: 'evenings' is not a span such as 08:00-12:00",
    ),
    (
        "name: Small Clinic",
        "name: !!python/object/apply:os.system [id]",
        1,
        "name: the tag tag:yaml.org,2002:python/object/apply:os.system is not allowed here",
    ),
    ("name: Small Clinic", "name: !env HOME", 1, "name: the tag !env is not allowed here"),
    ("  monday: [", "  monday: {", 10, "not valid YAML"),
    (
        "{en: Call 192., pt: Ligue 192.}",
        "{en: In an emergency, call 192., pt: Ligue 192.}",
        34,
        "policies.emergency: 'call 192.' stands alone behind a comma: a text with a comma, a colon or a question mark",
    ),
    (
        "{en: One moment., pt: Um momento.}",
        "{en: One moment?, pt: Um momento?}",
        37,
        "not valid YAML: expected ',' or '}', but got '?' (a text with a comma, a colon or a question mark needs",
    ),
    (
        "name: Small Clinic",
        "name: Small: Clinic",
        1,
        "not valid YAML: mapping values are not allowed here (a text with",
    ),
]


@pytest.mark.parametrize(("old", "new", "line", "told"), MISTAKES)
def test_a_mistake_is_told_with_its_line_and_field(written: Path, old: str, new: str, line: int, told: str) -> None:
    sound = written.read_text(encoding="utf-8")
    assert old in sound
    written.write_text(sound.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ClinicError) as wrong:
        load(written)
    assert str(wrong.value).startswith(f"clinics/small.yaml:{line}: {told}")


def test_a_sound_file_loads_with_its_first_language_filling_the_gaps(written: Path) -> None:
    clinic = load(written)
    assert clinic.services[0].name.say("pt") == "Consulta"
    assert clinic.services[0].name.say("es") == "Check-up"
    assert clinic.vips == ("5511900000009",)
    assert [one.source for one in clinic.documents] == ["knowledge/parking.md"]


@pytest.mark.parametrize(
    ("timezone", "country"),
    [
        ("America/Sao_Paulo", "BR"),
        ("America/Mexico_City", "MX"),
        ("America/Argentina/Cordoba", "AR"),
        ("Europe/Madrid", "ES"),
        ("Atlantic/Madeira", "PT"),
        ("UTC", ""),
        ("UTC\ncountry: US", "US"),
        ("America/Sao_Paulo\ncountry: PY", "PY"),
    ],
)
def test_a_clinics_country_is_its_timezones_unless_its_file_says(written: Path, timezone: str, country: str) -> None:
    text = written.read_text(encoding="utf-8").replace("America/Sao_Paulo", timezone)
    written.write_text(text, encoding="utf-8")
    assert load(written).country == country


def test_scalars_are_what_the_field_says_and_not_what_yaml_guesses(written: Path) -> None:
    text = written.read_text(encoding="utf-8").replace("name: Small Clinic", "name: no").replace("[small]", "[14:00]")
    written.write_text(text, encoding="utf-8")
    clinic = load(written)
    assert (clinic.name, clinic.instances) == ("no", ("14:00",))


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("parking.fr.md", b"# Parking", "parking.fr.md:1: 'fr' is not a language of this clinic"),
        ("empty.md", b"  \n", "empty.md:1: the file is empty"),
        ("latin.md", b"# A\nol\xe1\n", "latin.md:2: is not UTF-8"),
        ("large.md", b"a" * (1 << 21), "large.md:1: is larger than"),
    ],
)
def test_a_knowledge_file_that_cannot_be_used_is_told(written: Path, name: str, content: bytes, told: str) -> None:
    (written.parent / "small" / "knowledge" / name).write_bytes(content)
    with pytest.raises(ClinicError) as wrong:
        load(written)
    assert str(wrong.value).startswith(f"clinics/small/knowledge/{told}")


def test_a_file_that_is_no_mapping_or_no_text_is_told(written: Path) -> None:
    for content, told in ((b"- a", "list of fields"), (b"", "a clinic file"), (b"\xff", "not UTF-8")):
        written.write_bytes(content)
        with pytest.raises(ClinicError, match=told):
            load(written)
