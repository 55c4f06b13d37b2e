"""Does the page say everything in three languages, and write values as each language does?"""

import re
import string
from importlib import resources
from zoneinfo import ZoneInfo

import pytest
from aiohttp.test_utils import make_mocked_request

from admin.page.choice import language_of
from admin.page.formats import Formats
from admin.page.places import PLACES
from admin.page.words import LANGUAGES, Entry, Forms, Words, catalog

NOW = 1_795_534_189_500  # Tuesday, 24 November 2026, 12:29 in São Paulo
DAY = 86_400_000
TEMPLATES = [
    file for file in resources.files("admin.page").joinpath("templates").iterdir() if file.name.endswith(".html")
]


def _fields(said: str | Forms) -> set[str]:
    texts = [said.one, said.other] if isinstance(said, Forms) else [said]
    return {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize(("key", "entry"), catalog().items(), ids=lambda item: item if isinstance(item, str) else "")
def test_every_language_says_it_with_the_same_values(key: str, entry: Entry) -> None:
    wanted = _fields(entry.en)
    for language in LANGUAGES:
        said = getattr(entry, language)
        assert _fields(said) == wanted, f"{key} in {language}"
        assert isinstance(said, Forms) or said.strip()


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.name)
def test_a_template_asks_only_for_words_that_there_are(file) -> None:
    asked = re.findall(r"\bt\(\s*'([\w.]+)'\s*[,)]", file.read_text("utf-8"))
    assert [key for key in asked if key not in catalog()] == []


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.name)
def test_a_template_has_no_words_of_its_own(file) -> None:
    """What a person reads comes from the catalogs; names that are the same everywhere may stand there."""
    text = re.sub(r"{[{%#].*?[}%#]}|<(script|style|svg).*?</\1>|<[^>]+>", " ", file.read_text("utf-8"), flags=re.S)
    words = set(re.findall(r"[A-Za-zÀ-ÿ]{3,}", text))
    names = {"Frontdesk", "VIP", "UTC", "Português", "Español", "English", "doctype", "min"}
    attributes = {"aria", "invalid", "true", "describedby", "trouble", "chats", "data", "unsent"}
    assert words <= names | attributes


def test_every_page_of_the_navigation_has_a_name() -> None:
    assert [place.name for place in PLACES if f"nav.{place.name}" not in catalog()] == []


def test_a_number_chooses_the_form() -> None:
    words = Words("pt")
    assert words("dead.tries", n=1) == "1 tentativa"
    assert words("dead.tries", n=3) == "3 tentativas"


@pytest.mark.parametrize("language", LANGUAGES)
def test_values_can_be_written(language) -> None:
    f = Formats(Words(language).locale, ZoneInfo("America/Sao_Paulo"), NOW)
    for ms in (NOW, NOW - 3 * DAY, NOW - 30 * DAY, NOW - 400 * DAY, NOW + DAY, 0, 10**18):
        for write in (f.time, f.moment, f.day, f.short, f.when, f.iso, f.local_input, f.ago):
            assert write(ms)
    for ms in (0, 7, 1_499, 90_000, 10**7, 10**9):
        assert f.lasting(ms)
    assert f.day_name("2026-11-03")
    assert f.offset()


@pytest.mark.parametrize(
    ("chat", "shown"),
    [("5511987654321", "+55 11 98765-4321"), ("554191331500", "+55 41 9133-1500"), ("14155550123", "+14155550123"),
     ("77@lid", "77@lid"), ("551198765", "+551198765")],
)  # fmt: skip
def test_a_number_is_written_for_reading(chat: str, shown: str) -> None:
    assert Formats(Words("en").locale, ZoneInfo("UTC"), NOW).phone(chat) == shown


def test_values_are_written_as_the_language_does() -> None:
    pt, en = (Formats(Words(code).locale, ZoneInfo("America/Sao_Paulo"), NOW) for code in ("pt", "en"))
    assert (pt.number(12345.5), en.number(12345.5)) == ("12.345,5", "12,345.5")
    assert (pt.when(NOW), pt.lasting(1234), en.lasting(1234)) == ("12:29", "1,2 s", "1.2 s")
    assert pt.ms_of("2026-11-24T12:29") == NOW - NOW % 60_000


@pytest.mark.parametrize(
    ("cookie", "header", "language"),
    [("", "es-AR,es;q=0.9,en;q=0.8", "es"), ("", "fr, en;q=0.5, pt;q=0.7", "pt"), ("", "", "pt"), ("", "fr", "pt"),
     ("en", "es", "en"), ("xx", "es", "es"), ("", "q=;;,en;q=2.5,", "pt"), ("", "EN-us", "en")],
)  # fmt: skip
def test_the_language_is_the_chosen_one_else_the_browsers(cookie: str, header: str, language: str) -> None:
    headers = {"Accept-Language": header} | ({"Cookie": f"lang={cookie}"} if cookie else {})
    assert language_of(make_mocked_request("GET", "/", headers=headers)) == language
